//! Whose servers and containers are, and containers themselves.

use app::{
    assignment::{self, Assign, AssignedTogether, PlanChanged, Release},
    containers,
    export::Exportable,
    views::{ContainerRow, ListRequest, Page},
};
use domain::{
    container::{self, ContainerName, ContainerStatus, HostContainerId, ImageName},
    ids::OrganizationId,
    plan::{PlanRef, ResourceRef},
};

use super::{field, records::export};
use crate::{
    ApiError, Desk,
    contract::{
        AssignRequest, ChangePlanRequest, Created, ExportAnswer, ExportRequest, RecordContainerRequest, ResourceRequest,
    },
};

fn assigns(request: &AssignRequest) -> Vec<Assign> {
    request
        .resource_ids
        .iter()
        .map(|id| Assign {
            resource: ResourceRef::new(request.kind, *id),
            organization: OrganizationId::new(request.organization_id),
            plan: PlanRef::new(request.kind, request.plan_id),
            start: request.start,
        })
        .collect()
}

pub(crate) async fn preview(desk: &Desk, request: AssignRequest) -> Result<AssignedTogether, ApiError> {
    Ok(assignment::assign_together(&desk.session().await?, &assigns(&request), true).await?)
}

pub(crate) async fn assign(desk: &Desk, request: AssignRequest) -> Result<AssignedTogether, ApiError> {
    Ok(assignment::assign_together(&desk.session().await?, &assigns(&request), false).await?)
}

pub(crate) async fn preview_plan(desk: &Desk, request: ChangePlanRequest) -> Result<PlanChanged, ApiError> {
    let resource = ResourceRef::new(request.kind, request.id);
    let plan = PlanRef::new(request.kind, request.plan_id);
    Ok(assignment::preview_plan(&desk.session().await?, resource, plan).await?)
}

pub(crate) async fn change_plan(desk: &Desk, request: ChangePlanRequest) -> Result<PlanChanged, ApiError> {
    let resource = ResourceRef::new(request.kind, request.id);
    let plan = PlanRef::new(request.kind, request.plan_id);
    Ok(assignment::change_plan(&desk.session().await?, resource, plan, request.seen_plan_id).await?)
}

pub(crate) async fn release(desk: &Desk, request: ResourceRequest) -> Result<Release, ApiError> {
    Ok(assignment::release(&desk.session().await?, ResourceRef::new(request.kind, request.id)).await?)
}

pub(crate) async fn undo(desk: &Desk, request: ResourceRequest) -> Result<Release, ApiError> {
    Ok(assignment::undo(&desk.session().await?, ResourceRef::new(request.kind, request.id)).await?)
}

pub(crate) async fn end(desk: &Desk, request: ResourceRequest) -> Result<Release, ApiError> {
    Ok(assignment::end(&desk.session().await?, ResourceRef::new(request.kind, request.id)).await?)
}

pub(crate) async fn containers(desk: &Desk, request: ListRequest) -> Result<Page<ContainerRow>, ApiError> {
    Ok(containers::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn record(desk: &Desk, request: RecordContainerRequest) -> Result<Created, ApiError> {
    let lines =
        |list: &[String]| -> Vec<String> { list.iter().filter(|line| !line.trim().is_empty()).cloned().collect() };
    let (ports, volumes) = (lines(&request.ports), lines(&request.volumes));
    let environment = lines(&request.environment);
    let new = containers::NewContainer {
        container_id: field("container_id", HostContainerId::parse(&request.container_id))?,
        name: field("name", ContainerName::parse(&request.name))?,
        image: field("image", ImageName::parse(&request.image))?,
        status: field("status", ContainerStatus::parse(&request.status))?,
        ports: field("ports", container::write_ports(ports.iter().map(String::as_str)))?,
        volumes: field("volumes", container::write_volumes(volumes.iter().map(String::as_str)))?,
        environment: field(
            "environment",
            container::write_environment(environment.iter().map(String::as_str)),
        )?,
    };
    let id = containers::record(&desk.session().await?, &new).await?;
    Ok(Created { id: id.get() })
}

pub(crate) async fn export_containers(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Containers, request).await
}
