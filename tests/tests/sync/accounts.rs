//! Accounts and their tokens.

use app::{
    AppError, KeyProblem, TokenProblem,
    domain::{ids::ProviderConfigId, provider::AccountLabel},
    providers,
    sync::Order,
    views::TokenState,
    workspace_key,
};
use cs_tests::{
    linode::TOKEN,
    workspace_db::{ask, run},
};
use secrecy::SecretString;

use super::shared::{World, new_account, operator, reach};

const DUMP: &str = "SELECT concat((SELECT string_agg(t::text, '') FROM provider_configs t), (SELECT string_agg(t::text, '') FROM provider_accounts t),
  (SELECT string_agg(t::text, '') FROM provider_states t), (SELECT string_agg(t::text, '') FROM provider_syncs t), (SELECT string_agg(t::text, '') FROM activity_logs t),
  (SELECT string_agg(t::text, '') FROM cs_auth.workspace_keys t))";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_checked_then_sealed_for_its_row() {
    let world = World::with(1).await;
    world.sync().await;
    let dump = world.ask(DUMP).await;
    assert!(dump.contains("cs1.1.") && !dump.contains(TOKEN), "{dump}");
    let accounts = providers::list(&world.session).await.unwrap();
    let account = accounts.iter().find(|row| row.id == world.account.get()).unwrap();
    assert_eq!(
        (
            account.label.as_str(),
            account.token,
            account.username.as_deref(),
            account.servers,
            account.unassigned
        ),
        ("Main", TokenState::Sealed, Some("reseller"), 1, 1)
    );
    assert!(account.observed_at.is_some());
    assert!(!serde_json::to_string(&accounts).unwrap().contains("cs1."));

    for (label, token, code) in [
        ("Wrong", "not-the-token", "provider_token_refused"),
        ("Blank", "a b", "provider_token_malformed"),
    ] {
        let refused = providers::create(
            &world.session,
            &world.key,
            &new_account(&world.stand_in, label, token),
            &reach(),
        )
        .await
        .unwrap_err();
        assert!(
            matches!(&refused, AppError::Provider(fault) if fault.code() == code),
            "{refused:?}"
        );
    }
    world.stand_in.account().scopes = "account:read_only images:read_only".to_owned();
    let refused = providers::create(
        &world.session,
        &world.key,
        &new_account(&world.stand_in, "Poor", TOKEN),
        &reach(),
    )
    .await
    .unwrap_err();
    assert!(refused.to_string().contains("linodes:read_only"), "{refused}");
    assert_eq!(
        world.ask("SELECT count(*) FROM provider_configs WHERE id <> 1").await,
        "1",
        "nothing is left of those that were refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_moved_to_another_row_stays_shut() {
    let world = World::with(1).await;
    run(
        &mut world.db.owner().await,
        &format!(
            "INSERT INTO provider_configs (id, provider_name, api_endpoint, credentials) SELECT 950, 'linode', 'http://127.0.0.1:9/stolen', credentials FROM provider_configs WHERE id = {}",
            world.account
        ),
    )
    .await;
    let order = Order {
        account: ProviderConfigId::new(950),
        ..world.order()
    };
    let refused = world.sync_with(&order).await.unwrap_err();
    assert!(
        matches!(refused, AppError::Token(TokenProblem::Unreadable)),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_programs_wrote_is_a_secret_whatever_its_shape() {
    let world = World::with(1).await;
    let shapes = [
        r#"{"api_key": "5ecret-in-clear"}"#,
        r#"{"apiKey": "5ecret-in-clear", "nested": {"token": ["5ecret-in-clear"]}}"#,
        r#"{"api_key_encrypted": "5ecret-in-clear"}"#,
        r#""5ecret-in-clear""#,
        r#""{\"token\": \"5ecret-in-clear\"}""#,
        r#"["5ecret-in-clear"]"#,
        r#"{"sealed": "5ecret-in-clear"}"#,
        r#"{"sealed": {"a": "5ecret-in-clear"}}"#,
        "42",
    ];
    for (index, shape) in shapes.iter().enumerate() {
        let id = 960 + i32::try_from(index).unwrap();
        run(
            &mut world.db.owner().await,
            &format!(
                "INSERT INTO provider_configs (id, provider_name, credentials) VALUES ({id}, 'Linode', '{shape}')"
            ),
        )
        .await;
        let rows = providers::list(&world.session).await.unwrap();
        let row = rows.iter().find(|row| row.id == id).unwrap();
        assert_eq!(row.token, TokenState::NotSealed, "{shape}");
        assert!(!serde_json::to_string(&rows).unwrap().contains("5ecret"), "{shape}");
        let order = Order {
            account: ProviderConfigId::new(id),
            ..world.order()
        };
        let refused = world.sync_with(&order).await.unwrap_err();
        assert!(
            matches!(refused, AppError::Token(TokenProblem::NotSealed)),
            "{shape}: {refused:?}"
        );
    }
    // Replaced, it is sealed, and the clear text is gone.
    run(
        &mut world.db.owner().await,
        &format!(
            "UPDATE provider_configs SET api_endpoint = '{}' WHERE id = 960",
            world.stand_in.base_url()
        ),
    )
    .await;
    let id = ProviderConfigId::new(960);
    providers::replace_token(&world.session, &world.key, id, &SecretString::from(TOKEN), &reach())
        .await
        .unwrap();
    let kept = world
        .ask("SELECT credentials FROM provider_configs WHERE id = 960")
        .await;
    assert!(kept.contains("cs1.1.") && !kept.contains("5ecret"), "{kept}");
    let log = world
        .ask("SELECT string_agg(details::text, '') FROM activity_logs")
        .await;
    assert!(!log.contains("5ecret") && !log.contains("cs1.1."), "{log}");
    assert_eq!(
        providers::list(&world.session)
            .await
            .unwrap()
            .iter()
            .filter(|row| row.label == "Linode 960")
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_renamed_and_switched_off() {
    let world = World::with(1).await;
    let label = AccountLabel::parse("  Frankfurt ").unwrap();
    providers::rename(&world.session, world.account, &label).await.unwrap();
    providers::set_active(&world.session, world.account, false)
        .await
        .unwrap();
    let rows = providers::list(&world.session).await.unwrap();
    let row = rows.iter().find(|row| row.id == world.account.get()).unwrap();
    assert_eq!((row.label.as_str(), row.is_active), ("Frankfurt", false));
    let refused = world.sync_with(&world.order()).await.unwrap_err();
    assert!(
        matches!(&refused, AppError::Store(store::StoreError::Rule(rule)) if rule == "sync_account_inactive"),
        "{refused:?}"
    );
    let nobody = ProviderConfigId::new(424_242);
    for refused in [
        providers::rename(&world.session, nobody, &label).await,
        providers::set_active(&world.session, nobody, true).await,
    ] {
        assert!(matches!(refused, Err(AppError::Store(store::StoreError::NotFound))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_recognized_by_its_fingerprint() {
    let world = World::with(1).await;
    workspace_key::check(&world.session, &world.key).await.unwrap();
    let other = workspace_key::draw(1).unwrap();
    let refused = workspace_key::check(&world.session, &other.clone().into())
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::WorkspaceKey(KeyProblem::Wrong)));
    let refused = workspace_key::register(&world.session, &other, async |_| Ok(()))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, AppError::Store(store::StoreError::Rule(rule)) if rule == "workspace_key_known"),
        "{refused:?}"
    );
    // The same again changes nothing; the next one makes the older one old.
    workspace_key::register(&world.session, world.key.newest(), async |_| Ok(()))
        .await
        .unwrap();
    let next = workspace_key::draw(2).unwrap();
    workspace_key::register(&world.session, &next, async |_| Ok(()))
        .await
        .unwrap();
    assert!(workspace_key::check(&world.session, &world.key).await.is_err());
    let rows = providers::list(&world.session).await.unwrap();
    assert_eq!(
        rows.iter().find(|row| row.id == world.account.get()).unwrap().token,
        TokenState::SealedBefore
    );
    let order = Order {
        key: Some(&next.into()),
        ..world.order()
    };
    let refused = world.sync_with(&order).await.unwrap_err();
    assert!(
        matches!(refused, AppError::Token(TokenProblem::Unreadable)),
        "{refused:?}"
    );
    // A key that could not be kept is not made known.
    let third = workspace_key::draw(3).unwrap();
    let kept = workspace_key::register(&world.session, &third, async |_| Err(AppError::Internal("no keychain"))).await;
    assert!(kept.is_err());
    assert_eq!(workspace_key::newest_version(&world.session).await.unwrap(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_without_a_key_says_so() {
    let db = cs_tests::workspace_db::WorkspaceDb::new().await;
    let session = operator(&db).await;
    let key = workspace_key::draw(1).unwrap();
    let refused = workspace_key::check(&session, &key.into()).await.unwrap_err();
    assert!(matches!(refused, AppError::WorkspaceKey(KeyProblem::NotMade)));
    assert_eq!(
        ask(&mut db.owner().await, "SELECT count(*) FROM cs_auth.workspace_keys").await,
        "0"
    );
}
