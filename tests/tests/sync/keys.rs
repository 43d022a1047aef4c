//! Rotating the workspace key: cut off at any instant, at two places at once, beside colleagues, and after a loss.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    AppError, KeyProblem, TokenProblem,
    domain::ids::ProviderConfigId,
    providers,
    rotation::{self, KeyPlace, Rotated, Why},
    workspace_key::{self, Key, Ring},
};
use cs_tests::{
    linode::TOKEN,
    workspace_db::{WorkspaceDb, ask, broken_rule, run},
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection;
use store::{
    StoreError,
    workspace_keys::{self as stored, Resealed},
};
use tokio::sync::Barrier;
use vault::Place;

use super::shared::{World, new_account, operator, reach};

/// Keys in a test's pocket.
struct Pocket {
    ring: Mutex<Ring>,
    /// The program ends when it has kept something.
    ends_after_keeping: AtomicBool,
    /// Whoever looks at the keys first waits for the other.
    meets: Option<Arc<Barrier>>,
    has_met: AtomicBool,
}

impl Pocket {
    fn of(ring: &Ring) -> Self {
        Self {
            ring: Mutex::new(ring.clone()),
            ends_after_keeping: AtomicBool::new(false),
            meets: None,
            has_met: AtomicBool::new(false),
        }
    }

    fn ring(&self) -> Ring {
        self.ring.lock().unwrap().clone()
    }

    fn versions(&self) -> Vec<u32> {
        versions(&self.ring())
    }
}

impl KeyPlace for Pocket {
    async fn load(&self) -> Result<Ring, AppError> {
        if let Some(meets) = &self.meets
            && !self.has_met.swap(true, Ordering::SeqCst)
        {
            meets.wait().await;
        }
        Ok(self.ring())
    }

    async fn add(&self, keys: &[Key]) -> Result<(), AppError> {
        let mut ring = self.ring();
        for key in keys {
            ring = ring.with(key.clone());
        }
        *self.ring.lock().unwrap() = ring;
        if self.ends_after_keeping.load(Ordering::SeqCst) {
            return Err(AppError::Internal("the test ends it here"));
        }
        Ok(())
    }

    async fn forget(&self, key: &Key) -> Result<(), AppError> {
        let rest = self
            .ring()
            .only(|other| other.fingerprint() != key.fingerprint())
            .unwrap();
        *self.ring.lock().unwrap() = rest;
        Ok(())
    }
}

fn versions(ring: &Ring) -> Vec<u32> {
    ring.keys().map(Key::version).collect()
}

fn password_place(row: i64) -> Place<'static> {
    Place {
        table: "vps_instances",
        row,
        column: "root_password",
    }
}

impl World {
    /// So many servers whose root passwords are sealed under the newest key of the ring, numbered from 5001.
    async fn with_passwords(&self, count: i64) {
        let key = self.key.newest();
        let mut rows = Vec::new();
        for id in 5001..5001 + count {
            let nonce: [u8; 24] = std::array::from_fn(|at| u8::try_from((id >> (8 * (at % 4))) & 255).unwrap());
            let sealed = key.seal(password_place(id), &format!("root {id}"), nonce).unwrap();
            rows.push(format!("({id}, 'web-{id}', 'running', '{sealed}')"));
        }
        run(
            &mut self.db.owner().await,
            &format!(
                "INSERT INTO vps_instances (id, label, status, root_password) VALUES {}",
                rows.join(", ")
            ),
        )
        .await;
    }

    /// How many values are sealed under each version, and which versions are retired.
    async fn sealed(&self) -> String {
        self.ask(
            "SELECT concat_ws(' ', (SELECT string_agg(c.version || ':' || c.sealed, ' ' ORDER BY c.version) FROM cs_auth.sealed_counts() c),
               'retired', (SELECT string_agg(k.version::text, ',' ORDER BY k.version) FROM cs_auth.workspace_keys k WHERE k.retired_at IS NOT NULL))",
        )
        .await
    }

    /// Every root password, opened with these keys.
    async fn opens_all(&self, ring: &Ring) {
        let text = self
            .ask("SELECT string_agg(id || ' ' || root_password, E'\\n') FROM vps_instances WHERE root_password IS NOT NULL")
            .await;
        for line in text.lines().filter(|line| line.contains("cs1.")) {
            let (id, sealed) = line.split_once(' ').unwrap();
            let opened = ring.open(password_place(id.parse().unwrap()), sealed).unwrap();
            assert_eq!(opened.expose_secret(), format!("root {id}"));
        }
    }

    async fn rotate(&self, pocket: &Pocket, why: &Why) -> Result<Rotated, AppError> {
        rotation::run(&self.session, pocket, why, |_, _| ControlFlow::Continue(())).await
    }

    /// Rotates until so many values are done, as if it were killed then.
    async fn rotate_until(&self, pocket: &Pocket, why: &Why, stop: u64) -> Rotated {
        let done = rotation::run(&self.session, pocket, why, |done, _| {
            if done >= stop {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .await
        .unwrap();
        assert!(done.is_stopped);
        done
    }

    /// Somebody with these keys syncs, and replaces the token: both have to work.
    async fn works_with(&self, ring: &Ring) {
        let checked = workspace_key::check(&self.session, ring).await.unwrap().ring;
        let order = app::sync::Order {
            key: Some(&checked),
            ..self.order()
        };
        self.sync_with(&order).await.unwrap();
        let token = SecretString::from(TOKEN);
        providers::replace_token(&self.session, &checked, self.account, &token, &reach())
            .await
            .unwrap();
        self.sync_with(&order).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_at_any_instant_it_is_finished_by_the_next() {
    let world = World::with(2).await;
    world.with_passwords(250).await;
    let old = world.key.clone();
    let pocket = Pocket::of(&old);
    assert_eq!(world.sealed().await, "1:251 retired");

    // Kept, and not yet known: nothing has happened.
    pocket.ends_after_keeping.store(true, Ordering::SeqCst);
    assert!(world.rotate(&pocket, &Why::Routine).await.is_err());
    pocket.ends_after_keeping.store(false, Ordering::SeqCst);
    assert_eq!(pocket.versions(), [2, 1]);
    assert_eq!(workspace_key::newest_version(&world.session).await.unwrap(), Some(1));
    world.works_with(&pocket.ring()).await;
    world.works_with(&old).await;

    // Known, and nothing sealed anew yet: whoever holds the old key alone follows.
    let begun = world.rotate_until(&pocket, &Why::Routine, 0).await;
    assert_eq!((begun.version, begun.is_new, begun.resealed), (2, true, 0));
    assert_eq!(world.sealed().await, "1:251 retired");
    let learned = workspace_key::check(&world.session, &old).await.unwrap();
    assert_eq!((versions(&learned.ring), learned.learned.len()), (vec![2, 1], 1));
    world.opens_all(&learned.ring).await;
    world.works_with(&old).await;
    assert_eq!(
        world.sealed().await,
        "1:250 2:1 retired",
        "what is written is under the newest"
    );

    // In the middle.
    let part = world.rotate_until(&pocket, &Why::Routine, 100).await;
    assert_eq!((part.version, part.is_new, part.resealed), (2, false, 100));
    assert_eq!(world.sealed().await, "1:150 2:101 retired");
    world.opens_all(&learned.ring).await;
    world.works_with(&old).await;

    // All is sealed anew, and the old one not yet retired.
    let all = world.rotate_until(&pocket, &Why::Routine, 150).await;
    assert_eq!((all.resealed, all.retired.len()), (150, 0));
    assert_eq!(world.sealed().await, "2:251 retired");
    let end = world.rotate(&pocket, &Why::Routine).await.unwrap();
    assert_eq!(
        (end.version, end.is_new, end.resealed, end.retired, end.unopened.len()),
        (2, false, 0, vec![1], 0)
    );
    assert_eq!(world.sealed().await, "2:251 retired 1");

    // Who has slept through all of it follows, too, and the old key opens nothing any more.
    let late = workspace_key::check(&world.session, &old).await.unwrap().ring;
    assert_eq!(versions(&late), [2]);
    world.opens_all(&late).await;
    world.works_with(&old).await;
    let log = world
        .ask("SELECT string_agg(concat_ws(' ', action, resource_id, details->>'wrapped_under'), ', ' ORDER BY id) FROM activity_logs WHERE resource_type = 'workspace_key'")
        .await;
    assert_eq!(
        log,
        "workspace_key.create 1, workspace_key.create 2 1, workspace_key.retire 1"
    );
    // The next one is another rotation.
    let next = world.rotate(&pocket, &Why::Routine).await.unwrap();
    assert_eq!((next.version, next.is_new, next.resealed), (3, true, 251));
    assert_eq!(
        versions(&workspace_key::check(&world.session, &old).await.unwrap().ring),
        [3]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_make_one_key_and_seal_everything() {
    let world = World::with(1).await;
    world.with_passwords(300).await;
    let both = Arc::new(Barrier::new(2));
    let pocket = || Pocket {
        meets: Some(Arc::clone(&both)),
        ..Pocket::of(&world.key)
    };
    let (one, two) = (pocket(), pocket());
    let other = operator(&world.db).await;
    let (first, second) = tokio::join!(
        world.rotate(&one, &Why::Routine),
        rotation::run(&other, &two, &Why::Routine, |_, _| ControlFlow::Continue(()))
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.version, second.version), (2, 2));
    assert_ne!(first.is_new, second.is_new, "one has made it");
    assert_eq!(first.resealed + second.resealed, 301, "each value once");
    assert_eq!([first.retired, second.retired].concat(), [1]);
    assert_eq!(world.sealed().await, "2:301 retired 1");
    assert!(one.ring().is_same_as(&two.ring()), "what was made for nothing is gone");
    world.opens_all(&one.ring()).await;

    // Lost: the one who was too late can't come by the other's key, and is told so.
    let meets = Arc::new(Barrier::new(2));
    let pocket = || Pocket {
        meets: Some(Arc::clone(&meets)),
        ..Pocket::of(&one.ring())
    };
    let (one, two) = (pocket(), pocket());
    let lost = Why::Lost("desk_lost".to_owned());
    let (first, second) = tokio::join!(
        world.rotate(&one, &lost),
        rotation::run(&other, &two, &lost, |_, _| ControlFlow::Continue(()))
    );
    let ((Ok(done), Err(refused)) | (Err(refused), Ok(done))) = (first, second) else {
        panic!("one makes it");
    };
    assert_eq!((done.version, done.resealed), (3, 301));
    assert!(
        matches!(refused, AppError::WorkspaceKey(KeyProblem::Wrong)),
        "{refused:?}"
    );
    assert_eq!(world.sealed().await, "3:301 retired 1,2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_change_meanwhile_stays() {
    let world = World::with(1).await;
    let old = world.key.clone();
    let pocket = Pocket::of(&old);
    world.rotate_until(&pocket, &Why::Routine, 0).await;
    // Read, then replaced by a colleague, then written: the colleague's stays.
    let mut connection = world.session.read().await.unwrap();
    let read = stored::sealed_before(&mut connection, None, 10).await.unwrap();
    assert_eq!((read.len(), read[0].label.as_deref()), (1, Some("Main")));
    world.works_with(&old).await;
    let theirs = world
        .ask(&format!(
            "SELECT credentials ->> 'sealed' FROM provider_configs WHERE id = {}",
            world.account
        ))
        .await;
    let place = Place {
        table: "provider_configs",
        row: read[0].row,
        column: "credentials",
    };
    let becomes = pocket.ring().newest().seal(place, "older", [1; 24]).unwrap();
    let batch = [Resealed {
        value: &read[0],
        becomes,
    }];
    assert_eq!(stored::reseal(&mut connection, &batch).await.unwrap(), 0);
    assert_eq!(
        world
            .ask(&format!(
                "SELECT credentials ->> 'sealed' FROM provider_configs WHERE id = {}",
                world.account
            ))
            .await,
        theirs
    );

    // Under an older key nothing is written any more, by whatever way.
    let under_old = old.newest().seal(place, "older", [2; 24]).unwrap();
    let mut owner = world.db.owner().await;
    for sql in [
        format!(
            "UPDATE provider_configs SET credentials = '{{\"sealed\": \"{under_old}\"}}' WHERE id = {}",
            world.account
        ),
        format!("INSERT INTO vps_instances (label, status, root_password) VALUES ('x', 'running', '{under_old}')"),
        format!(
            "UPDATE vps_instances SET root_password = '{}'",
            under_old.replacen("cs1.1.", "cs1.7.", 1)
        ),
    ] {
        run(&mut owner, "INSERT INTO vps_instances (label, status) SELECT 'y', 'running' WHERE NOT EXISTS (SELECT FROM vps_instances)").await;
        assert_eq!(broken_rule(&mut owner, &sql).await, "sealed_under_newest", "{sql}");
    }
    // What another program writes in its own way is its own.
    run(&mut owner, "UPDATE vps_instances SET root_password = 'cs1.in.clear'").await;
    assert_eq!(world.rotate(&pocket, &Why::Routine).await.unwrap().retired, [1]);

    // A column that no rotation would find takes nothing that is sealed.
    let refused = stored::sealing_key(&mut connection, "containers", "environment")
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, StoreError::Rule(rule) if rule == "sealed_column_known"),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sealing_is_waited_for() {
    let world = World::with(1).await;
    let pocket = Pocket::of(&world.key);
    let mut writer = world.db.owner().await;
    let mut writing = writer.begin().await.unwrap();
    let (version, _) = stored::sealing_key(&mut writing, "provider_configs", "credentials")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(version, 1);
    let rotating = async { world.rotate(&pocket, &Why::Routine).await.unwrap() };
    let finishing = async {
        // The key can't be registered as long as somebody seals under the one before it.
        let waits = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%register_workspace_key%'";
        let mut admin = world.db.admin().await;
        tokio::time::timeout(Duration::from_mins(1), async {
            while ask(&mut admin, waits).await != "true" {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("the registration waits");
        let place = Place {
            table: "provider_configs",
            row: i64::from(world.account.get()),
            column: "credentials",
        };
        let sealed = world
            .key
            .newest()
            .seal(place, "the last under the old key", [3; 24])
            .unwrap();
        run(
            &mut writing,
            &format!(
                "UPDATE provider_configs SET credentials = '{{\"sealed\": \"{sealed}\", \"more\": 1}}' WHERE id = {}",
                world.account
            ),
        )
        .await;
        writing.commit().await.unwrap();
        place
    };
    let (done, place) = tokio::join!(rotating, finishing);
    assert_eq!((done.resealed, done.retired), (1, vec![1]));
    let kept = world
        .ask(&format!(
            "SELECT credentials ->> 'sealed' FROM provider_configs WHERE id = {}",
            world.account
        ))
        .await;
    let opened = pocket.ring().open(place, &kept).unwrap();
    assert_eq!(opened.expose_secret(), "the last under the old key");
    assert_eq!(
        world
            .ask(&format!(
                "SELECT credentials ->> 'more' FROM provider_configs WHERE id = {}",
                world.account
            ))
            .await,
        "1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_loss_the_old_key_leads_nowhere() {
    let world = World::with(1).await;
    world.with_passwords(2).await;
    let old = world.key.clone();
    let pocket = Pocket::of(&old);
    // A routine rotation before, cut off: its key was known to the lost computer as well.
    world.rotate_until(&pocket, &Why::Routine, 0).await;
    let lost = Why::parse(Some(" desk_lost ")).unwrap();
    let part = world.rotate_until(&pocket, &lost, 0).await;
    assert_eq!((part.version, part.is_new), (3, true));
    // The same again finishes it.
    let done = world.rotate(&pocket, &lost).await.unwrap();
    assert_eq!(
        (done.version, done.is_new, done.resealed, done.retired),
        (3, false, 3, vec![1, 2])
    );
    assert_eq!(world.sealed().await, "3:3 retired 1,2");
    for held in [old.clone(), pocket.ring().only(|key| key.version() < 3).unwrap()] {
        let refused = workspace_key::check(&world.session, &held).await.unwrap_err();
        assert!(
            matches!(refused, AppError::WorkspaceKey(KeyProblem::Wrong)),
            "{refused:?}"
        );
        let token = SecretString::from(TOKEN);
        let refused = providers::replace_token(&world.session, &held, world.account, &token, &reach()).await;
        assert!(matches!(refused, Err(AppError::WorkspaceKey(KeyProblem::Wrong))));
        let order = app::sync::Order {
            key: Some(&held),
            ..world.order()
        };
        assert!(world.sync_with(&order).await.is_err());
    }
    // Nor does anything in the database, whatever one holds.
    assert_eq!(
        world.ask("SELECT count(wrapped) FROM cs_auth.workspace_keys").await,
        "0"
    );
    // Given by hand it works.
    world.works_with(&pocket.ring().newest().clone().into()).await;

    // What was readable with the lost key: the token was replaced just now, the passwords are still the same.
    let exposed = rotation::standing(&world.session).await.unwrap().exposed;
    let shown: Vec<_> = exposed
        .iter()
        .map(|row| (row.table.as_str(), row.row, row.label.as_deref(), row.lost.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("vps_instances", 5001, Some("web-5001"), Some("desk_lost")),
            ("vps_instances", 5002, Some("web-5002"), Some("desk_lost")),
        ]
    );
    rotation::settle(&world.session, "vps_instances", "root_password", 5001)
        .await
        .unwrap();
    // A routine rotation changes no secret.
    world.rotate(&pocket, &Why::Routine).await.unwrap();
    let exposed = rotation::standing(&world.session).await.unwrap().exposed;
    assert_eq!(exposed.iter().map(|row| row.row).collect::<Vec<_>>(), [5002]);
    let again = rotation::settle(&world.session, "vps_instances", "root_password", 5001).await;
    assert!(matches!(again, Err(AppError::Store(StoreError::NotFound))));
    // Lost again: a new key, not the end of the one before.
    let done = world.rotate(&pocket, &lost).await.unwrap();
    assert_eq!((done.version, done.is_new), (5, true));
    assert!(Why::parse(Some("  ")).is_err() && Why::parse(Some(&"x".repeat(101))).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_retired_only_when_nothing_is_left_under_it() {
    let world = World::with(1).await;
    let pocket = Pocket::of(&world.key);
    // Moved from its row by somebody: it opens with no key.
    let moved = ProviderConfigId::new(950);
    run(
        &mut world.db.owner().await,
        &format!(
            "INSERT INTO provider_configs (id, provider_name, api_endpoint, credentials) SELECT 950, 'linode', '{}', credentials FROM provider_configs WHERE id = {}",
            world.stand_in.base_url(),
            world.account
        ),
    )
    .await;
    let done = world.rotate(&pocket, &Why::Routine).await.unwrap();
    assert_eq!((done.version, done.resealed, done.retired.len()), (2, 1, 0));
    assert_eq!(done.unopened.len(), 1);
    assert_eq!(done.unopened[0].label.as_deref(), Some("Linode 950"));
    assert_eq!(world.sealed().await, "1:1 2:1 retired");
    let order = app::sync::Order {
        account: moved,
        ..world.order()
    };
    let refused = world.sync_with(&order).await.unwrap_err();
    assert!(
        matches!(refused, AppError::Token(TokenProblem::Unreadable)),
        "{refused:?}"
    );
    // It keeps nobody from rotating.
    let next = world.rotate(&pocket, &Why::Routine).await.unwrap();
    assert_eq!((next.version, next.is_new, next.retired), (3, true, vec![2]));
    let token = SecretString::from(TOKEN);
    providers::replace_token(&world.session, &pocket.ring(), moved, &token, &reach())
        .await
        .unwrap();
    let end = world.rotate(&pocket, &Why::Routine).await.unwrap();
    assert_eq!((end.version, end.is_new, end.retired), (3, false, vec![1]));
    assert_eq!(world.sealed().await, "3:2 retired 1,2");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_and_owners_rotate() {
    let db = WorkspaceDb::new().await;
    let owner = operator(&db).await;
    let key = super::shared::made_key(&owner).await;
    let agent = db.login(store::roles::LoginKind::Agent).await;
    let session = app::session::Session::operator(&app::database::Address::from_url(&agent.url).unwrap(), "tests")
        .await
        .unwrap();
    let pocket = Pocket::of(&key);
    let refused = rotation::run(&session, &pocket, &Why::Routine, |_, _| ControlFlow::Continue(())).await;
    assert!(
        matches!(refused, Err(AppError::Store(StoreError::Forbidden))),
        "{refused:?}"
    );
    assert_eq!(pocket.versions(), [1], "nothing was made");
    // It reads how to follow, and seals.
    rotation::run(&owner, &pocket, &Why::Routine, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    assert_eq!(versions(&workspace_key::check(&session, &key).await.unwrap().ring), [2]);
    let stand_in = cs_tests::linode::LinodeStandIn::start(cs_tests::linode::Account::with_instances(1)).await;
    providers::create(&session, &key, &new_account(&stand_in, "Main", TOKEN), &reach())
        .await
        .unwrap();
    // A key for another place in the chain, and one of the same version.
    let mut connection = owner.read().await.unwrap();
    let wrong = workspace_key::draw(3).unwrap();
    let wrapped = key.newest().wrap(&wrong, [1; 24]).unwrap();
    for (version, wrapped, rule) in [
        (3, Some(wrapped.as_str()), "workspace_key_wrapped_under"),
        (2, None, "workspace_key_known"),
        (4, None, "workspace_key_known"),
    ] {
        let new = stored::NewKey {
            version,
            fingerprint: &wrong.fingerprint(),
            wrapped,
            lost: None,
        };
        let refused = stored::register(&mut connection, &new).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Rule(found) if found == rule),
            "{refused:?}"
        );
    }
}
