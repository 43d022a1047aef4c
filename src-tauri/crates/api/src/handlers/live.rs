//! Live updates: from the database's topics to the tags of cached answers.

use app::{
    live,
    views::{Change, Topic},
};

use crate::{
    ApiError, Desk, Tag,
    contract::{LiveAnswer, LiveRequest, StaleTag},
};

pub(crate) async fn poll(desk: &Desk, request: LiveRequest) -> Result<LiveAnswer, ApiError> {
    let poll = live::poll(&desk.session().await?, request.cursor.as_deref()).await?;
    desk.watch_hosts().await;
    Ok(LiveAnswer {
        cursor: poll.cursor,
        everything: poll.everything,
        stale: stale(poll.changes),
    })
}

/// The topic's own tag first, then those of answers in which its rows show too: names, counts, sums.
const fn tags(topic: Topic) -> &'static [Tag] {
    match topic {
        Topic::Organizations => &[
            Tag::Organizations,
            Tag::Users,
            Tag::Servers,
            Tag::Containers,
            Tag::Transactions,
            Tag::Invoices,
            Tag::Tickets,
            Tag::Billing,
            Tag::Shell,
            Tag::Dashboard,
        ],
        Topic::Users => &[Tag::Users, Tag::Organizations, Tag::Tickets, Tag::Shell],
        Topic::Servers => &[Tag::Servers, Tag::Organizations, Tag::Shell, Tag::Dashboard],
        Topic::Containers => &[Tag::Containers, Tag::Organizations, Tag::Shell, Tag::Dashboard],
        Topic::Plans => &[Tag::Plans, Tag::Servers, Tag::Containers, Tag::Dashboard],
        Topic::Wallets => &[Tag::Wallets, Tag::Dashboard],
        Topic::Transactions => &[Tag::Transactions, Tag::Dashboard],
        Topic::Invoices => &[Tag::Invoices, Tag::Shell, Tag::Dashboard],
        Topic::Billing => &[Tag::Billing, Tag::Shell, Tag::Dashboard],
        Topic::Tickets => &[Tag::Tickets, Tag::Organizations, Tag::Shell, Tag::Dashboard],
        Topic::Notifications => &[Tag::Notifications, Tag::Shell],
        Topic::Themes => &[Tag::Theme],
        Topic::Settings => &[Tag::Settings],
        Topic::Intents => &[Tag::Intents, Tag::Servers],
        Topic::Providers => &[Tag::Providers, Tag::Dashboard],
        Topic::Activity => &[Tag::Activity],
    }
}

fn stale(changes: Vec<Change>) -> Vec<StaleTag> {
    let mut stale: Vec<StaleTag> = Vec::new();
    for Change { topic, by_others, ids } in changes {
        let mut ids = Some(ids);
        for tag in tags(topic).iter().copied() {
            // Ids are of the topic's own tag.
            let ids = ids.take().flatten();
            match stale.iter_mut().find(|known| known.tag == tag) {
                None => stale.push(StaleTag { tag, by_others, ids }),
                Some(known) => {
                    known.by_others |= by_others;
                    known.ids = None;
                }
            }
        }
    }
    stale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_two_topics_is_there_once_and_names_no_rows() {
        let change = |topic, by_others| Change {
            topic,
            by_others,
            ids: Some(vec![7]),
        };
        let stale = stale(vec![change(Topic::Tickets, false), change(Topic::Users, true)]);
        let of = |tag| stale.iter().filter(|stale| stale.tag == tag).collect::<Vec<_>>();
        assert_eq!(of(Tag::Users).len(), 1);
        assert_eq!(of(Tag::Users)[0].ids, Some(vec![7]));
        assert_eq!(of(Tag::Tickets).len(), 1);
        assert_eq!(
            (of(Tag::Tickets)[0].by_others, of(Tag::Tickets)[0].ids.clone()),
            (true, None)
        );
        assert_eq!(of(Tag::Shell)[0].ids, None);
    }
}
