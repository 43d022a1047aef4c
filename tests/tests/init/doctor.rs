//! `csctl doctor`, as a script runs it: green on what `csctl db init` made, red with the name of what was broken.

use std::fs;

use cs_tests::workspace_db::{connect, run};

use super::shared::{BY_HAND, Script, lines};

#[tokio::test]
async fn a_workspace_just_made_is_sound_whether_made_or_adopted() {
    for sql in ["SELECT 1", BY_HAND] {
        let script = Script::new(sql).await;
        assert_eq!(script.init(&["--test"]).code, 0);
        let head = script.folder.path().join("head");
        let doctor = |more: &[&str]| {
            let head = head.to_string_lossy();
            let mut arguments = vec![
                "doctor",
                "--json",
                "--database-url",
                script.url.as_str(),
                "--head",
                &*head,
            ];
            arguments.extend(more);
            script.run(&arguments, "")
        };
        let said = doctor(&["--matrix"]);
        assert_eq!(said.code, 0, "{said:?}");
        let answer = said.json();
        assert_eq!(answer["sound"], true);
        assert_eq!(answer["attacks"].as_array().unwrap().len(), 8);
        assert_eq!(answer["matrix"]["public.transactions"]["finance"], "riu");
        let entries = answer["log"]["entries"].as_i64().unwrap();
        assert!(entries > 0 && head.exists(), "{answer}");
        assert_eq!(doctor(&[]).json()["log"]["remembered_head"], "found");

        // Over the agent's login the same catalogue, as far as it may be seen.
        let agent = script.folder.path().join("agent");
        fs::write(&agent, lines(&script.file()).last().unwrap()).unwrap();
        fs::set_permissions(&agent, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let said = script.run(&["doctor", "--database-url-file", &agent.to_string_lossy()], "");
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("Attacks as agent"), "{said:?}");

        let mut admin = connect(&script.database.admin_url).await;
        run(
            &mut admin,
            "GRANT SELECT (password_hash) ON users TO PUBLIC;
             BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM log_chain; UPDATE activity_logs SET user_agent = 'other';
             UPDATE cs_ledger.log_seal SET home = NULL, sealed = NULL, target = NULL; COMMIT",
        )
        .await;
        let said = doctor(&[]);
        assert_eq!(said.code, 1, "{said:?}");
        let answer = said.json();
        assert_eq!(
            answer["findings"][0]["object"],
            "grant SELECT on public.users to PUBLIC"
        );
        assert_eq!(
            answer["findings"][0]["remedy"],
            "REVOKE SELECT (password_hash) ON public.users FROM PUBLIC;"
        );
        assert_eq!(answer["log"]["remembered_head"], "rewritten");
        // For a person: a line for each, and the head stays what it was.
        let said = script.run(
            &[
                "doctor",
                "--database-url",
                &script.url,
                "--head",
                &head.to_string_lossy(),
            ],
            "",
        );
        assert_eq!(said.code, 1);
        assert!(
            said.out.contains("RED: grant SELECT on public.users to PUBLIC"),
            "{said:?}"
        );
    }
}
