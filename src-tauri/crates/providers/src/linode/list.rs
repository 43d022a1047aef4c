//! Whole lists. Linode pages without a snapshot: what is added or removed while the pages are read moves the rest, so
//! that one is read twice and another not at all. A list that shows signs of it is read once more.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The largest page that Linode gives.
pub(super) const PAGE_SIZE: u64 = 500;

/// What a list is of.
pub(super) trait Item: Sized + Send {
    /// What tells two of them apart.
    type Key: Ord + Clone + Send;
    fn key(&self) -> Self::Key;
    /// Reads one; nothing if it can't be told apart from others.
    fn read(json: &str) -> Option<Self>;
}

/// A number alone: what stays of something that was handed on.
impl Item for u64 {
    type Key = Self;

    fn key(&self) -> Self {
        *self
    }

    fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

/// A whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// Each thing once, in Linode's order.
    pub items: Vec<T>,
    /// How many entries could not be read and are missing from `items`.
    pub unreadable: usize,
    /// False if things moved between the pages twice in a row. `items` then holds all that either reading saw: some
    /// may be gone since, some may be missing.
    pub settled: bool,
}

impl<T> Listing<T> {
    /// Whether what is missing here was missing at Linode. Even then only a question by id proves that it is gone.
    pub fn is_complete(&self) -> bool {
        self.settled && self.unreadable == 0
    }
}

/// One page, read.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) number: u64,
    pub(super) pages: u64,
    pub(super) results: u64,
    pub(super) items: Vec<T>,
    pub(super) unreadable: usize,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    pages: u64,
    results: u64,
}

impl<T: Item> Page<T> {
    /// Reads the page of this number; nothing if it is no page.
    pub(super) fn read(number: u64, json: &[u8]) -> Option<Self> {
        let envelope: Envelope<'_> = serde_json::from_slice(json).ok()?;
        let entries = envelope.data.len();
        let items: Vec<T> = envelope
            .data
            .into_iter()
            .filter_map(|entry| T::read(entry.get()))
            .collect();
        Some(Self {
            number,
            pages: envelope.pages,
            results: envelope.results,
            unreadable: entries - items.len(),
            items,
        })
    }

    /// The same page with what stays of its items once they are handed on.
    pub(super) fn handed<U>(self, hand: impl FnOnce(Vec<T>) -> Vec<U>) -> Page<U> {
        Page {
            number: self.number,
            pages: self.pages,
            results: self.results,
            unreadable: self.unreadable,
            items: hand(self.items),
        }
    }

    /// A page that is no longer there: the list became shorter.
    pub(super) fn vanished(number: u64) -> Self {
        Self {
            number,
            pages: 0,
            results: 0,
            items: Vec::new(),
            unreadable: 0,
        }
    }
}

/// Puts pages together; settled if they fit each other.
pub(super) fn assemble<T: Item>(mut pages: Vec<Page<T>>) -> Listing<T> {
    pages.sort_by_key(|page| page.number);
    let said = pages.first().map(|page| (page.pages, page.results));
    let agree = pages.iter().all(|page| Some((page.pages, page.results)) == said);
    let unreadable: usize = pages.iter().map(|page| page.unreadable).sum();
    let all = pages.into_iter().flat_map(|page| page.items);
    let (items, twice) = unique(all);
    let counted = u64::try_from(items.len() + unreadable).ok();
    Listing {
        settled: agree && !twice && counted == said.map(|(_, results)| results),
        items,
        unreadable,
    }
}

/// All that either reading saw, as the later one describes it.
pub(super) fn union<T: Item>(earlier: Listing<T>, later: Listing<T>) -> Listing<T> {
    let (items, _) = unique(later.items.into_iter().chain(earlier.items));
    Listing {
        items,
        unreadable: later.unreadable.max(earlier.unreadable),
        settled: false,
    }
}

/// The first of each key, and whether there was a second.
fn unique<T: Item>(all: impl Iterator<Item = T>) -> (Vec<T>, bool) {
    let mut seen = BTreeSet::new();
    let mut twice = false;
    let items = all
        .filter(|item| {
            let new = seen.insert(item.key());
            twice |= !new;
            new
        })
        .collect();
    (items, twice)
}

#[cfg(test)]
pub(super) mod fuzz {
    //! JSON of any shape, and documented JSON with parts of any shape.

    use proptest::prelude::*;
    use serde_json::{Map, Value};

    pub(in crate::linode) fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            "(203\\.0\\.113\\.[0-9]{1,4}|2600::[0-9a-f]{1,5}/[0-9]{1,3}|20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8})"
                .prop_map(Value::from),
        ];
        let key = prop_oneof![
            "id|label|ipv4|ipv6|specs|price|region_prices|hourly|data|pages|results",
            ".{0,6}"
        ];
        leaf.prop_recursive(4, 48, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..6)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// `whole` with some of its fields replaced.
    pub(in crate::linode) fn broken(whole: Value) -> impl Strategy<Value = Value> {
        prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..5).prop_map(move |changes| {
            let mut value = whole.clone();
            if let Some(object) = value.as_object_mut() {
                let keys: Vec<String> = object.keys().cloned().collect();
                for (index, change) in changes {
                    object.insert(index.get(&keys).clone(), change);
                }
            }
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{
        fuzz::{any_json, broken},
        *,
    };
    use crate::linode::Instance;

    fn page(number: u64, results: u64, ids: &[u64]) -> Page<Instance> {
        let data: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        let json = json!({"data": data, "page": number, "pages": 2, "results": results});
        Page::read(number, json.to_string().as_bytes()).unwrap()
    }

    fn ids(listing: &Listing<Instance>) -> Vec<u64> {
        listing.items.iter().map(|instance| instance.id).collect()
    }

    #[test]
    fn pages_that_fit_are_settled_in_any_order() {
        let listing = assemble(vec![page(2, 3, &[3]), page(1, 3, &[1, 2])]);
        assert_eq!(ids(&listing), [1, 2, 3]);
        assert!(listing.is_complete());
    }

    #[test]
    fn pages_that_shift_are_not() {
        for pages in [
            vec![page(1, 3, &[1, 2]), page(2, 3, &[2])],
            vec![page(1, 3, &[1, 2]), page(2, 4, &[3, 4])],
            vec![page(1, 4, &[1, 2]), page(2, 4, &[3])],
            vec![page(1, 3, &[1, 2]), Page::vanished(2)],
        ] {
            assert!(!assemble(pages).settled);
        }
    }

    #[test]
    fn an_entry_without_a_key_leaves_the_list_incomplete() {
        let json = br#"{"data": [{"id": 1}, {"id": null}, 7], "pages": 1, "results": 3}"#;
        let listing = assemble(vec![Page::<Instance>::read(1, json).unwrap()]);
        assert_eq!((listing.unreadable, listing.settled), (2, true));
        assert!(!listing.is_complete());
    }

    #[test]
    fn a_union_prefers_what_was_read_later() {
        let named = |id: u64, label: &str| {
            let json = json!({"data": [{"id": id, "label": label}], "pages": 1, "results": 9});
            assemble(vec![Page::<Instance>::read(1, json.to_string().as_bytes()).unwrap()])
        };
        let both = union(union(named(1, "old"), named(2, "two")), named(1, "new"));
        assert_eq!(ids(&both), [1, 2]);
        assert_eq!(both.items[0].label, "new");
        assert!(!both.is_complete());
    }

    proptest! {
        #[test]
        fn any_json_is_a_page_or_refused(json in any_json()) {
            let _page = Page::<Instance>::read(1, json.to_string().as_bytes());
        }

        #[test]
        fn a_broken_page_is_read_or_refused(
            json in broken(json!({"data": [{"id": 1}], "page": 1, "pages": 1, "results": 1})),
        ) {
            if let Some(page) = Page::<Instance>::read(1, json.to_string().as_bytes()) {
                let _listing = assemble(vec![page]);
            }
        }
    }
}
