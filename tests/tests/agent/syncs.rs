//! Syncs by the agent: with the key, account by account.

use app::{
    agent::Keys,
    domain::{agent::JobKind, provider::AccountLabel},
    providers::{self, NewAccount, Reach},
    workspace_key,
};
use cs_tests::{
    linode::{Account, Fault, LinodeStandIn, Reply, TOKEN},
    workspace_db::ADMIN,
};
use secrecy::SecretString;
use store::connect::Address;

use super::shared::{World, outcomes, plan_with};

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_read_on_their_own_schedule_and_one_that_fails_stops_no_other() {
    let mut world = World::new().await;
    let administrator = app::session::Session::operator(&Address::from_url(world.db.admin_url()).unwrap(), "tests")
        .await
        .unwrap();
    let key = workspace_key::draw(1).unwrap();
    workspace_key::register(&administrator, &key, async |_| Ok(()))
        .await
        .unwrap();
    let key: workspace_key::Ring = key.into();
    let mut stand_ins = Vec::new();
    for label in ["First", "Second"] {
        let stand_in = LinodeStandIn::start(Account::with_instances(2)).await;
        let new = NewAccount {
            label: AccountLabel::parse(label).unwrap(),
            endpoint: Some(stand_in.base_url()),
            token: SecretString::from(TOKEN),
        };
        providers::create(&administrator, &key, &new, &Reach::patient())
            .await
            .unwrap();
        stand_ins.push(stand_in);
    }
    for (instance, id) in stand_ins[1].account().instances.iter_mut().zip([3, 4]) {
        instance["id"] = id.into();
    }
    let only_syncs = |with_key: bool| {
        let key = with_key.then(|| key.clone());
        plan_with(|plan| {
            plan.key = key.map(|ring| Keys::new(ring, |_| ()));
            plan.leave_out = JobKind::ALL
                .iter()
                .copied()
                .filter(|kind| *kind != JobKind::Sync)
                .collect();
        })
    };
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 10:00", &only_syncs(false)).await),
        "",
        "nothing opens the tokens"
    );

    let ids = world
        .ask("SELECT string_agg(id::text, ' ' ORDER BY id) FROM provider_accounts WHERE label IN ('First', 'Second')")
        .await;
    let ids: Vec<&str> = ids.split(' ').collect();
    for nth in [1, 2] {
        stand_ins[0].on(
            "/linode/instances",
            nth,
            Fault::Answer(Reply::error(401, "Invalid Token")),
        );
    }
    let both = world.pass_as("2030-01-01 10:00", &only_syncs(true)).await;
    assert_eq!(
        outcomes(&both),
        format!("sync {} failed, sync {} completed", ids[0], ids[1])
    );
    assert_eq!(both[0].label.as_deref(), Some("First"));
    assert_eq!(
        world.told(ADMIN).await,
        "agent_job_failed",
        "a token that is refused doesn't mend itself"
    );
    assert_eq!(
        world
            .ask("SELECT DISTINCT title FROM notifications WHERE metadata ->> 'kind' = 'agent_job_failed'")
            .await,
        "The agent can't do its job: sync of First"
    );
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 10:01", &only_syncs(true)).await),
        format!("sync {} failed", ids[0])
    );
    assert_eq!(world.told(ADMIN).await, "agent_job_failed");
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 10:03", &only_syncs(true)).await),
        format!("sync {} completed", ids[0])
    );
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 10:59", &only_syncs(true)).await),
        ""
    );
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 11:00", &only_syncs(true)).await),
        format!("sync {} completed", ids[1])
    );
    assert_eq!(
        world
            .ask("SELECT count(*) FROM vps_instances WHERE provider_config_id IS NOT NULL")
            .await,
        "4"
    );

    // More than a tenth gone is for a person, and is said; an account that is switched off is left alone.
    stand_ins[1].account().remove(4);
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 12:00", &only_syncs(true)).await),
        format!("sync {} completed, sync {} failed", ids[0], ids[1])
    );
    assert_eq!(world.told(ADMIN).await, "agent_job_failed agent_job_failed");
    world
        .at(
            "2030-01-01 12:00",
            &format!("UPDATE provider_configs SET is_active = false WHERE id = {}", ids[1]),
        )
        .await;
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 13:00", &only_syncs(true)).await),
        format!("sync {} completed", ids[0])
    );
}
