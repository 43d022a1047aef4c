//! StackScripts, networking, regions on sale.

use app::{
    networking::{self, NetworkRow},
    providers::{self, Reach},
    scripts::{self, Script},
};
use domain::{
    ids::{NetworkingConfigId, ProviderConfigId, StackScriptId},
    networking::{NetworkConfig, NetworkKind},
    plan::ProviderWord,
    provider::RegionsOnSale,
    role::Action as Deed,
    script::{FieldName, ImageId, ScriptDescription, ScriptName, ScriptSettings},
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{
        Action, AddressName, AddressRequest, CreateNetworkRequest, Created, EditNetworkRequest, EditScriptRequest,
        Empty, GetRequest, LookUpScriptRequest, LookedUpScript, NetworkList, RegionList, ScriptFields, ScriptList,
        SeenRequest, SetRegionsRequest,
    },
};

fn script(fields: &ScriptFields) -> Result<Script, ApiError> {
    let images = fields
        .images
        .iter()
        .map(|image| field("images", ImageId::parse(image)))
        .collect::<Result<_, _>>()?;
    let answers = fields
        .answers
        .iter()
        .map(|(name, answer)| Ok((field("answers", FieldName::parse(name))?, answer.clone())))
        .collect::<Result<_, ApiError>>()?;
    let locked = fields
        .locked
        .iter()
        .map(|name| field("locked", FieldName::parse(name)))
        .collect::<Result<_, _>>()?;
    let description = match fields.description.trim() {
        "" => None,
        text => Some(field("description", ScriptDescription::parse(text))?),
    };
    Ok(Script {
        name: field("name", ScriptName::parse(&fields.name))?,
        script_id: fields.script_id,
        description,
        settings: field("answers", ScriptSettings::new(images, answers, locked))?,
        is_active: fields.is_active,
    })
}

pub(crate) async fn scripts(desk: &Desk, _: Empty) -> Result<ScriptList, ApiError> {
    let session = desk.session().await?;
    Ok(ScriptList {
        scripts: scripts::list(&session).await?,
        actions: vec![Action::of(session.role(), "edit", Deed::EditScript)],
    })
}

pub(crate) async fn create_script(desk: &Desk, request: ScriptFields) -> Result<Created, ApiError> {
    let id = scripts::create(&desk.session().await?, &script(&request)?).await?;
    Ok(Created { id: id.get() })
}

pub(crate) async fn edit_script(desk: &Desk, request: EditScriptRequest) -> Result<Empty, ApiError> {
    let id = StackScriptId::new(request.id);
    scripts::edit(
        &desk.session().await?,
        id,
        &script(&request.fields)?,
        request.expected_updated_at,
    )
    .await?;
    Ok(Empty {})
}

pub(crate) async fn remove_script(desk: &Desk, request: SeenRequest) -> Result<Empty, ApiError> {
    let id = StackScriptId::new(request.id);
    scripts::remove(&desk.session().await?, id, request.expected_updated_at).await?;
    Ok(Empty {})
}

pub(crate) async fn look_up_script(desk: &Desk, request: LookUpScriptRequest) -> Result<LookedUpScript, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditScript)?;
    let number = field(
        "script_id",
        u64::try_from(request.script_id).map_err(|_| "Give the script's number at Linode."),
    )?;
    let keys = desk.workspace_key().await.ok();
    let account = request.account_id.map(ProviderConfigId::new);
    let script = scripts::look_up(&session, keys.as_ref(), account, number, &Reach::patient()).await?;
    Ok(LookedUpScript { script })
}

pub(crate) async fn networking(desk: &Desk, _: Empty) -> Result<NetworkList, ApiError> {
    let session = desk.session().await?;
    let rows = networking::list(&session).await?;
    let base = |row: &&NetworkRow| row.is_active && row.rdns_base.is_some();
    Ok(NetworkList {
        rdns_base: rows.iter().find(base).and_then(|row| row.rdns_base.clone()),
        rows,
        actions: vec![Action::of(session.role(), "edit", Deed::EditNetworking)],
    })
}

pub(crate) async fn create_network(desk: &Desk, request: CreateNetworkRequest) -> Result<Created, ApiError> {
    let kind = field("type", NetworkKind::parse(&request.kind))?;
    let config = field("config", NetworkConfig::parse(&kind, &request.config))?;
    let id = networking::create(&desk.session().await?, &kind, config, request.is_active).await?;
    Ok(Created { id: id.get() })
}

pub(crate) async fn edit_network(desk: &Desk, request: EditNetworkRequest) -> Result<Empty, ApiError> {
    let session = desk.session().await?;
    let id = NetworkingConfigId::new(request.id);
    let rows = networking::list(&session).await?;
    let row = rows.iter().find(|row| row.id == request.id);
    // A word that this program would not write is another program's, and has no rules of ours.
    let kind = row
        .and_then(|row| NetworkKind::parse(&row.kind).ok())
        .map_or_else(|| NetworkKind::parse("other"), Ok);
    let config = field("config", NetworkConfig::parse(&field("type", kind)?, &request.config))?;
    networking::edit(&session, id, config, request.is_active, request.expected_updated_at).await?;
    Ok(Empty {})
}

pub(crate) async fn remove_network(desk: &Desk, request: SeenRequest) -> Result<Empty, ApiError> {
    let id = NetworkingConfigId::new(request.id);
    networking::remove(&desk.session().await?, id, request.expected_updated_at).await?;
    Ok(Empty {})
}

pub(crate) async fn name_of(desk: &Desk, request: AddressRequest) -> Result<AddressName, ApiError> {
    Ok(AddressName {
        name: networking::name_of(&desk.session().await?, request.address).await?,
    })
}

pub(crate) async fn regions(desk: &Desk, request: GetRequest) -> Result<RegionList, ApiError> {
    let id = ProviderConfigId::new(request.id);
    Ok(RegionList {
        regions: providers::regions(&desk.session().await?, id, &Reach::patient()).await?,
    })
}

pub(crate) async fn set_regions(desk: &Desk, request: SetRegionsRequest) -> Result<Empty, ApiError> {
    let words = request
        .regions
        .iter()
        .map(|word| field("regions", ProviderWord::parse(word)))
        .collect::<Result<_, _>>()?;
    let regions = field("regions", RegionsOnSale::new(words))?;
    let id = ProviderConfigId::new(request.id);
    providers::set_regions(&desk.session().await?, id, &regions, request.expected_updated_at).await?;
    Ok(Empty {})
}
