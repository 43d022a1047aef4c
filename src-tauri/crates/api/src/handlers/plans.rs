//! Plans and prices.

use app::{
    export::Exportable,
    plans::{self, ImportReport, NewPlanRow, PlanFields},
    views::{ListRequest, Page, PlanRow},
};
use domain::{
    money::{Markup, Money, Rate},
    plan::{CpuCores, PlanName, PlanPrice, PlanRef, ProviderName, ProviderWord, ResourceKind, ResourceRef},
    role::Action as Deed,
};

use super::{field, records::export};
use crate::{
    ApiError, Desk,
    contract::{
        Action, ChangePriceAnswer, ChangePriceRequest, CreatePlanRequest, Created, EditPlanRequest, Empty,
        ExportAnswer, ExportRequest, ImportPlansRequest, PlanChoices, PlanChoicesRequest, PlanDetail, PlanFormFields,
        PlanRequest, PriceAnswer, PriceFields, SetPlanActiveRequest,
    },
};

/// An empty field is none.
fn optional<T, E: std::fmt::Display>(
    name: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    field(name, parse(text)).map(Some)
}

fn price(fields: &PriceFields) -> Result<PlanPrice, ApiError> {
    let base_cost = optional("base_cost", &fields.base_cost, Rate::parse)?;
    let markup = optional("markup", &fields.markup, Markup::parse)?.unwrap_or_default();
    let by_hand = optional("hourly_rate", &fields.hourly_rate, Rate::parse)?;
    let cap = optional("monthly_rate", &fields.monthly_rate, Money::parse)?;
    if cap.is_some_and(Money::is_negative) {
        return field("monthly_rate", Err("The cap can't be less than zero."));
    }
    field("markup", PlanPrice::new(base_cost, markup, by_hand, cap))
}

fn words(name: &'static str, list: &[String]) -> Result<Vec<ProviderWord>, ApiError> {
    list.iter().map(|word| field(name, ProviderWord::parse(word))).collect()
}

fn fields(form: &PlanFormFields) -> Result<PlanFields, ApiError> {
    let name = field("name", PlanName::parse(&form.name))?;
    Ok(match form.kind {
        ResourceKind::Vps => PlanFields::Vps {
            name,
            provider: field("provider", ProviderName::parse(&form.provider))?,
            linode_type: optional("linode_type", &form.linode_type, ProviderWord::parse)?,
            vcpus: form.vcpus,
            memory_mb: form.memory_mb,
            disk_gb: form.disk_gb,
            transfer_gb: form.transfer_gb,
            network_out_mbps: form.network_out_mbps,
            regions: words("regions", &form.regions)?,
        },
        ResourceKind::Container => PlanFields::Container {
            name,
            cpu_cores: optional("cpu_cores", &form.cpu_cores, CpuCores::parse)?,
            memory_mb: form.memory_mb,
            disk_gb: form.disk_gb,
        },
    })
}

pub(crate) async fn list(desk: &Desk, request: ListRequest) -> Result<Page<PlanRow>, ApiError> {
    Ok(plans::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn get(desk: &Desk, request: PlanRequest) -> Result<PlanDetail, ApiError> {
    let session = desk.session().await?;
    let detail = plans::detail(&session, PlanRef::new(request.kind, request.id)).await?;
    let refusal = session.role().may(Deed::EditPlan).err();
    let actions = ["edit", "change_price", "set_active"].map(|name| Action {
        name: name.to_owned(),
        allowed: refusal.is_none(),
        reason: refusal.map(|refusal| refusal.to_string()),
    });
    Ok(PlanDetail {
        plan: detail.plan,
        history: detail.history,
        full_month: detail.full_month,
        actions: actions.into(),
    })
}

pub(crate) async fn price_of(_: &Desk, request: PriceFields) -> Result<PriceAnswer, ApiError> {
    let price = price(&request)?;
    Ok(PriceAnswer {
        rate: price.hourly_rate(),
        by_hand: price.rate_by_hand(),
        monthly_rate: price.monthly_rate(),
    })
}

pub(crate) async fn choices(desk: &Desk, request: PlanChoicesRequest) -> Result<PlanChoices, ApiError> {
    let resource = request.resource_id.map(|id| ResourceRef::new(request.kind, id));
    Ok(PlanChoices {
        choices: plans::choices(&desk.session().await?, request.kind, resource, Some(&request.search)).await?,
    })
}

pub(crate) async fn create(desk: &Desk, request: CreatePlanRequest) -> Result<Created, ApiError> {
    let new = NewPlanRow {
        fields: fields(&request.fields)?,
        price: price(&request.price)?,
    };
    let plan = plans::create(&desk.session().await?, &new, request.without_rate).await?;
    Ok(Created { id: plan.get() })
}

pub(crate) async fn edit(desk: &Desk, request: EditPlanRequest) -> Result<Empty, ApiError> {
    let plan = PlanRef::new(request.fields.kind, request.id);
    plans::edit(
        &desk.session().await?,
        plan,
        &fields(&request.fields)?,
        request.expected_updated_at,
    )
    .await?;
    Ok(Empty {})
}

pub(crate) async fn change_price(desk: &Desk, request: ChangePriceRequest) -> Result<ChangePriceAnswer, ApiError> {
    let plan = PlanRef::new(request.kind, request.id);
    let changed = plans::change_price(
        &desk.session().await?,
        plan,
        price(&request.price)?,
        request.expected_updated_at,
    )
    .await?;
    Ok(ChangePriceAnswer {
        old_rate: changed.old.hourly_rate(),
        rate: changed.new.hourly_rate(),
        old_monthly_rate: changed.old.monthly_rate(),
        monthly_rate: changed.new.monthly_rate(),
        affected: changed.affected,
    })
}

pub(crate) async fn set_active(desk: &Desk, request: SetPlanActiveRequest) -> Result<Empty, ApiError> {
    let plan = PlanRef::new(request.kind, request.id);
    plans::set_active(&desk.session().await?, plan, request.active).await?;
    Ok(Empty {})
}

pub(crate) async fn export_plans(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Plans, request).await
}

async fn imported(desk: &Desk, request: ImportPlansRequest, dry_run: bool) -> Result<ImportReport, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditPlan)?;
    let wanted = plans::ImportRequest {
        markup: optional("markup", &request.markup, Markup::parse)?.unwrap_or_default(),
        regions: words("regions", &request.regions)?,
        types: words("types", &request.types)?,
        update_prices: request.update_prices,
        dry_run,
    };
    let base_url = Some(request.base_url.trim()).filter(|url| !url.is_empty());
    let offers = plans::read_offers(base_url).await?;
    Ok(plans::import(&session, &offers, &wanted).await?)
}

pub(crate) async fn import_preview(desk: &Desk, request: ImportPlansRequest) -> Result<ImportReport, ApiError> {
    imported(desk, request, true).await
}

pub(crate) async fn import(desk: &Desk, request: ImportPlansRequest) -> Result<ImportReport, ApiError> {
    imported(desk, request, false).await
}
