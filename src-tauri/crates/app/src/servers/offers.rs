//! What an account's provider offers for an order or a rebuild: regions and what can be had there, images, StackScripts. Kept
//! by the desk for some minutes, since the provider allows few of these lists. A list that is not answered leaves the others.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{ids::ProviderConfigId, role::Action};
use providers::linode::{Availability, Call, Field, FieldKind, Image, Linode, LinodeError, Region, StackScript};
use serde::Serialize;
use ts_rs::TS;

use super::live::LiveReach;
use crate::{
    AppError, providers as accounts,
    scripts::{self, ScriptRow},
    session::Session,
};

/// So long what was read is offered again.
const KEPT: Duration = Duration::from_mins(5);

/// A region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfferedRegion {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: String,
    /// The country's two letters.
    pub country: Option<String>,
    /// ok or outage; an open set.
    pub status: Option<String>,
    /// Types that can't be had there now.
    pub sold_out: Vec<String>,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfferedImage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Who made the system.
    pub vendor: Option<String>,
    /// Whether it is everybody's.
    pub is_public: bool,
    /// What the disk needs at least, MB.
    #[ts(type = "number | null")]
    pub size_mb: Option<u64>,
}

/// Something that a StackScript asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfferedField {
    /// Under which the answer is sent.
    pub name: String,
    /// The question.
    pub label: String,
    /// header, text, password, `one_of` or `many_of`.
    pub kind: &'static str,
    /// Of which one may choose.
    pub choices: Vec<String>,
    /// What is taken where nothing is answered.
    pub default: Option<String>,
    /// What an answer may look like.
    pub example: Option<String>,
    /// What the business answers, where whoever orders doesn't.
    pub answer: Option<String>,
    /// Whether that stays, whoever orders.
    pub locked: bool,
    /// Whether it has to be answered.
    pub required: bool,
}

/// A StackScript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OfferedScript {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// Its name.
    pub label: String,
    /// What it says about itself.
    pub description: Option<String>,
    /// The ids of the images that it is for; `any/all` is all of them.
    pub images: Vec<String>,
    /// What it asks for, in its order.
    pub fields: Vec<OfferedField>,
}

/// A list that was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Unread {
    /// regions, images or stackscripts.
    pub part: &'static str,
    /// For programs.
    pub code: &'static str,
    /// Why, in a sentence.
    pub message: String,
}

/// What an account's provider offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Offer {
    /// Where.
    pub regions: Vec<OfferedRegion>,
    /// From what.
    pub images: Vec<OfferedImage>,
    /// Set up by what.
    pub scripts: Vec<OfferedScript>,
    /// What was not answered.
    pub unread: Vec<Unread>,
}

/// A workspace, an account in it, and how the scripts stand that are offered there.
type Of = (String, ProviderConfigId, String);
type Kept = HashMap<Of, (Instant, Arc<Offer>)>;

/// What a desk has been offered lately.
#[derive(Debug, Default)]
pub struct OfferCache(Mutex<Kept>);

impl OfferCache {
    fn get(&self, of: &Of) -> Option<Arc<Offer>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, offer) = kept.get(of)?;
        (since.elapsed() < KEPT).then(|| Arc::clone(offer))
    }

    fn put(&self, of: Of, offer: Arc<Offer>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (since, _)| since.elapsed() < KEPT);
        kept.insert(of, (Instant::now(), offer));
    }
}

/// What the account's provider offers, read now or some minutes ago. `workspace` tells one database from another.
pub async fn offers(
    session: &Session,
    live: LiveReach<'_>,
    cache: &OfferCache,
    workspace: &str,
    account: ProviderConfigId,
) -> Result<Arc<Offer>, AppError> {
    session.may(Action::EditServer)?;
    let offered: Vec<ScriptRow> = scripts::list(session).await?;
    let offered: Vec<ScriptRow> = offered
        .into_iter()
        .filter(|row| row.is_active && row.script_id.is_some())
        .collect();
    let stands: Vec<String> = offered
        .iter()
        .map(|row| format!("{} {}", row.id, row.updated_at.timestamp_micros()))
        .collect();
    let of = (workspace.to_owned(), account, stands.join(","));
    if let Some(kept) = cache.get(&of) {
        return Ok(kept);
    }
    let account = accounts::linode(accounts::get(session, account).await?)?;
    let token = accounts::open_token(session, &account, live.keys).await?;
    let linode = live.reach.linode(account.endpoint.as_deref(), &token)?;
    let offer = Arc::new(read(&linode, &offered).await?);
    if offer.unread.is_empty() {
        cache.put(of, Arc::clone(&offer));
    }
    Ok(offer)
}

async fn read(linode: &Linode, offered: &[ScriptRow]) -> Result<Offer, AppError> {
    let call = Call::new();
    let (regions, availability, images, scripts) = tokio::join!(
        linode.regions(&call),
        linode.availability(&call),
        linode.images(&call),
        all_scripts(linode, offered, &call)
    );
    let mut unread = Vec::new();
    let regions = told("regions", regions.map(|listing| listing.items), &mut unread);
    // Which types are sold out where is a hint: an order of one is refused by the provider with its own words.
    let availability = availability.map(|listing| listing.items).unwrap_or_default();
    let images = told("images", images.map(|listing| listing.items), &mut unread);
    let scripts = told("stackscripts", scripts, &mut unread);
    if let Some((first, _)) = unread.first().filter(|_| unread.len() == 3) {
        return Err(AppError::Provider(first.clone()));
    }
    Ok(Offer {
        regions: regions.into_iter().map(|one| region(one, &availability)).collect(),
        images: images
            .into_iter()
            .filter(|image| image.is_available() && image.deprecated != Some(true))
            .map(image)
            .collect(),
        scripts,
        unread: unread
            .into_iter()
            .map(|(error, part)| Unread {
                part,
                code: error.code(),
                message: error.to_string(),
            })
            .collect(),
    })
}

/// What the business offers, as the provider has it now; where it offers nothing, the account's own.
async fn all_scripts(linode: &Linode, offered: &[ScriptRow], call: &Call) -> Result<Vec<OfferedScript>, LinodeError> {
    if offered.is_empty() {
        let own = linode.my_stackscripts(call).await?.items;
        return Ok(own.into_iter().map(script).collect());
    }
    let asked = offered.iter().map(|row| async move {
        let id = row.script_id.and_then(|id| u64::try_from(id).ok()).unwrap_or_default();
        Ok::<_, LinodeError>(linode.stackscript(id, call).await?.map(|found| configured(row, found)))
    });
    let found = futures_util::future::try_join_all(asked).await?;
    // One that the provider doesn't have can't be ordered.
    Ok(found.into_iter().flatten().collect())
}

/// A script with what the business has set beside it.
fn configured(row: &ScriptRow, found: StackScript) -> OfferedScript {
    let mut offered = script(found);
    offered.label.clone_from(&row.name);
    offered.description = row.description.clone().or(offered.description);
    if !row.images.is_empty() {
        offered.images.clone_from(&row.images);
    }
    for field in &mut offered.fields {
        field.answer = row.answers.get(&field.name).cloned();
        field.locked = row.locked.contains(&field.name) && field.answer.is_some();
        field.required &= field.answer.is_none();
    }
    offered
}

fn told<T>(
    part: &'static str,
    listing: Result<Vec<T>, LinodeError>,
    unread: &mut Vec<(LinodeError, &'static str)>,
) -> Vec<T> {
    match listing {
        Ok(items) => items,
        Err(error) => {
            unread.push((error, part));
            Vec::new()
        }
    }
}

fn region(of: Region, availability: &[Availability]) -> OfferedRegion {
    let sold_out: BTreeSet<String> = availability
        .iter()
        .filter(|pair| pair.region == of.id && !pair.available)
        .map(|pair| pair.type_id.clone())
        .collect();
    OfferedRegion {
        label: if of.label.is_empty() { of.id.clone() } else { of.label },
        id: of.id,
        country: of.country,
        status: of.status,
        sold_out: sold_out.into_iter().collect(),
    }
}

fn image(of: Image) -> OfferedImage {
    OfferedImage {
        label: if of.label.is_empty() { of.id.clone() } else { of.label },
        is_public: of.is_public.unwrap_or_else(|| of.id.starts_with("linode/")),
        id: of.id,
        vendor: of.vendor,
        size_mb: of.size_mb,
    }
}

fn script(of: StackScript) -> OfferedScript {
    OfferedScript {
        id: of.id,
        label: of.label,
        description: of.description,
        images: of.images,
        fields: of.fields.into_iter().map(field).collect(),
    }
}

fn field(of: Field) -> OfferedField {
    let required = of.is_required();
    let (kind, choices) = match of.kind {
        FieldKind::Header => ("header", Vec::new()),
        FieldKind::Text => ("text", Vec::new()),
        FieldKind::Password => ("password", Vec::new()),
        FieldKind::OneOf(choices) => ("one_of", choices),
        FieldKind::ManyOf(choices) => ("many_of", choices),
    };
    OfferedField {
        name: of.name,
        label: of.label,
        kind,
        choices,
        // That of a secret stays at the provider.
        default: of.default.filter(|_| kind != "password"),
        example: of.example,
        answer: None,
        locked: false,
        required,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept_for_one_workspace_and_account() {
        let cache = OfferCache::default();
        let of = |workspace: &str, account: i32, scripts: &str| {
            (workspace.to_owned(), ProviderConfigId::new(account), scripts.to_owned())
        };
        assert_eq!(cache.get(&of("one", 1, "7 1")), None);
        cache.put(of("one", 1, "7 1"), Arc::default());
        assert!(cache.get(&of("one", 1, "7 1")).is_some());
        for other in [of("other", 1, "7 1"), of("one", 2, "7 1"), of("one", 1, "7 2")] {
            assert_eq!(cache.get(&other), None);
        }
    }
}
