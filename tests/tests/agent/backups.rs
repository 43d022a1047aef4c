//! Backups by the agent: taken, read again, kept by rule; whatever fails is told and leaves no half.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

use app::{
    agent::{Backups, Plan},
    backup::{Lock, Opener, Retention, SecretKey, State, Toolbox, Tools, Verify, list, verify},
    domain::agent::JobKind,
};
use chrono::TimeDelta;
use cs_tests::{
    csctl::{command, command_over, json, program},
    pg_dump::with_pg_dump,
    process::Process,
    workspace_db::{ADMIN, FINANCE, SUPPORT, run},
};
use rustix::process::Signal;
use secrecy::ExposeSecret;
use serde_json::Value;
use store::{connect::Address, roles::LoginKind};
use workspace::{Clients, SearchPath};

use super::shared::{World, outcome, outcomes, plan_with, time, wait_for};

/// A workspace, a login for backups, a key and a folder.
struct Yard {
    world: World,
    login: String,
    key: SecretKey,
    root: tempfile::TempDir,
}

fn clients() -> Clients {
    let found = Clients::find_all(&SearchPath::new(std::env::var_os("PATH")));
    found.into_iter().min_by_key(Clients::major).unwrap()
}

fn toolbox() -> Toolbox {
    let clients = clients();
    Toolbox::new(vec![Tools {
        folder: clients.folder().to_owned(),
        major: clients.major(),
    }])
}

impl Yard {
    async fn new() -> Self {
        let world = World::new().await;
        Self {
            login: world.db.login(LoginKind::Backup).await.url,
            world,
            key: SecretKey::random(),
            root: tempfile::tempdir().unwrap(),
        }
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("backups")
    }

    fn backups(&self) -> Backups {
        Backups {
            place: Address::from_url(&self.login).unwrap(),
            client: "tests".to_owned(),
            toolbox: toolbox(),
            folder: self.folder(),
            lock: Lock::PublicKeys(vec![self.key.public_key()]),
            keep: Retention {
                last: 2,
                ..Retention::default()
            },
        }
    }

    /// An agent that does nothing else.
    fn plan(&self, change: impl FnOnce(&mut Backups)) -> Plan {
        let mut backups = self.backups();
        change(&mut backups);
        plan_with(|plan| {
            plan.leave_out = JobKind::ALL
                .iter()
                .copied()
                .filter(|kind| *kind != JobKind::Backup)
                .collect();
            plan.intervals.backup = Some(TimeDelta::days(1));
            plan.backups = Some(backups);
        })
    }

    async fn pass(&self, at: &str, change: impl FnOnce(&mut Backups)) -> (String, String) {
        let done = self.world.pass_as(at, &self.plan(change)).await;
        let message = done.first().map(|one| one.message.clone());
        (outcome(&done, JobKind::Backup), message.unwrap_or_default())
    }

    async fn row(&mut self, columns: &str) -> String {
        self.world
            .ask(&format!(
                "SELECT concat_ws(' ', {columns}) FROM agent_jobs WHERE name = 'backup'"
            ))
            .await
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder())
            .map(|entries| {
                entries
                    .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                    .collect()
            })
            .unwrap_or_default();
        names.sort();
        names
    }

    /// How far each backup in the folder is to be believed, newest first.
    fn states(&self) -> Vec<State> {
        list(&self.folder(), true)
            .unwrap()
            .iter()
            .map(|entry| entry.state)
            .collect()
    }

    fn private(&self, name: &str, content: &str) -> String {
        let path = self.root.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// `csctl agent` with what it needs for backups, for a public key.
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let all = ["agent", "--backup-folder", self.folder().to_str().unwrap()].map(str::to_owned);
        let recipient = ["--backup-recipient".to_owned(), self.key.public_key().to_string()];
        all.into_iter()
            .chain(recipient)
            .chain(more.iter().map(|word| (*word).to_owned()))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_a_day_is_taken_read_again_and_old_ones_go() {
    let mut yard = Yard::new().await;
    let (how, said) = yard.pass("2030-01-01 03:00", |_| ()).await;
    assert_eq!(how, "completed", "{said}");
    assert_eq!(yard.states(), [State::Verified]);
    // What it says is what is there.
    let newest = list(&yard.folder(), false).unwrap().remove(0);
    let result: Value = serde_json::from_str(&yard.row("result").await).unwrap();
    assert_eq!(result["rows"], newest.rows.unwrap());
    assert_eq!(result["file"], newest.file);
    assert_eq!(result["state"], "verified");
    assert!(
        said.contains(&newest.file) && said.contains(&format!(" {} rows ", newest.rows.unwrap())),
        "{said}"
    );
    // The key of the business opens it, and no key was left behind that does too.
    let order = |opener| {
        let archive = newest.path.clone();
        async move {
            verify(&Verify {
                archive: &archive,
                opener: &opener,
                toolbox: &toolbox(),
                client: "tests",
                now: time("2030-01-01 04:00"),
            })
            .await
        }
    };
    assert_eq!(
        order(Opener::SecretKey(yard.key.clone()))
            .await
            .unwrap()
            .manifest
            .rows(),
        newest.rows.unwrap()
    );
    order(Opener::SecretKey(SecretKey::random())).await.unwrap_err();

    for (at, expected) in [
        ("2030-01-02 02:59", "not begun"),
        ("2030-01-02 03:00", "completed"),
        ("2030-01-02 03:01", "not begun"),
        ("2030-01-05 03:00", "completed"),
    ] {
        assert_eq!(yard.pass(at, |_| ()).await.0, expected, "{at}");
    }
    assert_eq!(yard.states(), [State::Verified; 2], "the newest two are kept");
    assert!(!yard.files().contains(&newest.file));
    assert_eq!(
        yard.row("failures, outcome, result ->> 'removed'").await,
        "0 completed 1"
    );
    assert_eq!(
        yard.row("to_char(next_due, 'MM-DD HH24:MI')").await,
        "01-06 03:00",
        "a day after it began"
    );
    // Where there are no rules nothing goes.
    let keep_all = |backups: &mut Backups| backups.keep = Retention::default();
    assert_eq!(yard.pass("2030-01-07 03:00", keep_all).await.0, "completed");
    assert_eq!(yard.states().len(), 3);
    // An agent without a place for them claims none.
    assert_eq!(
        outcomes(
            &yard
                .world
                .pass_as("2031-01-01 03:00", &{
                    let mut plan = yard.plan(|_| ());
                    plan.backups = None;
                    plan
                })
                .await
        ),
        ""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_folder_that_others_use_only_its_own_go() {
    let yard = Yard::new().await;
    let others = Yard::new().await;
    // Both are copies of one workspace.
    run(
        &mut others.world.db.admin().await,
        "UPDATE cs_meta.workspace SET id = gen_random_uuid()",
    )
    .await;
    let shared = |backups: &mut Backups| backups.folder = yard.folder();
    for day in ["01", "02", "03"] {
        let at = format!("2030-01-{day} 03:00");
        let (how, said) = others
            .pass(&at, |backups| {
                shared(backups);
                backups.keep.last = 3;
            })
            .await;
        assert_eq!(how, "completed", "{said}");
        assert_eq!(yard.pass(&at, |backups| backups.keep.last = 1).await.0, "completed");
    }
    assert_eq!(yard.states().len(), 4, "three of theirs, one of ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_told_leaves_nothing_and_is_tried_again() {
    let mut yard = Yard::new().await;
    let tools = yard.root.path().join("tools");
    let dies = with_pg_dump(
        &tools,
        r#"REAL "$@" | head -c 3000; echo "pg_dump: error: no more memory" >&2; exit 1"#,
    );
    let mut wrong_password = Address::from_url(&yard.login).unwrap();
    wrong_password.password = "not-the-password".to_owned();
    let elsewhere = Yard::new().await;
    let blocked = yard.root.path().join("a-file");
    fs::write(&blocked, "").unwrap();
    let agents = Address::from_url(&yard.world.agent).unwrap();
    let mut minute = 0;
    let mut failures = 0;
    for (what, change, code, sentence) in [
        (
            "pg_dump that dies",
            Box::new(|backups: &mut Backups| backups.toolbox = dies.clone()) as Box<dyn Fn(&mut Backups)>,
            "backup",
            "pg_dump failed (no more memory)",
        ),
        (
            "no pg_dump",
            Box::new(|backups: &mut Backups| backups.toolbox = Toolbox::default()),
            "backup",
            "postgresql-client",
        ),
        (
            "a wrong password",
            Box::new(|backups: &mut Backups| backups.place = wrong_password.clone()),
            "backup",
            "",
        ),
        (
            "no folder",
            Box::new(|backups: &mut Backups| backups.folder = blocked.join("below")),
            "backup",
            "can't be written",
        ),
        (
            "another database",
            Box::new(|backups: &mut Backups| backups.place = Address::from_url(&elsewhere.login).unwrap()),
            "backup",
            "another database",
        ),
        (
            "a login that sees a part",
            Box::new(|backups: &mut Backups| backups.place = agents.clone()),
            "backup",
            "does not see everything",
        ),
    ] {
        let at = format!("2030-01-01 {:02}:{:02}", 3 + minute / 60, minute % 60);
        let (how, said) = yard.pass(&at, change).await;
        assert_eq!(how, "failed", "{what}: {said}");
        assert!(said.contains(sentence), "{what}: {said}");
        failures += 1;
        assert_eq!(yard.files(), [""; 0], "{what}");
        let row = yard
            .world
            .ask("SELECT concat_ws(' ', failures, outcome, error_code, succeeded_at) FROM agent_jobs WHERE name = 'backup'")
            .await;
        assert_eq!(row, format!("{failures} failed {code}"), "{what}");
        let kept = yard
            .world
            .ask("SELECT error FROM agent_jobs WHERE name = 'backup'")
            .await;
        assert_eq!(kept, said, "{what}");
        // Not before its time.
        let wait = (1i64 << (failures - 1)).min(30);
        minute += wait;
    }
    assert_eq!(yard.world.told(ADMIN).await, "agent_job_failed", "once");
    assert_eq!(
        (yard.world.told(FINANCE).await, yard.world.told(SUPPORT).await),
        Default::default()
    );
    assert_eq!(yard.pass("2030-01-01 03:35", |_| ()).await.0, "not begun");
    let (how, said) = yard.pass("2030-01-01 12:00", |_| ()).await;
    assert_eq!(how, "completed", "{said}");
    assert_eq!(yard.row("failures, outcome, error, told_at").await, "0 completed");
    assert_eq!(yard.states(), [State::Verified]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_no_half() {
    let mut yard = Yard::new().await;
    // As much as a process may write into a file; what else it writes is shorter.
    let output = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; ulimit -f 20; exec "$0" "$@""#])
        .arg(program())
        .args(yard.arguments(&["--once", "--json"]))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("CONTAINERSTACKS_DATABASE_URL", &yard.world.agent)
        .env("CONTAINERSTACKS_BACKUP_DATABASE_URL", &yard.login)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let row = yard.row("outcome, error_code, error").await;
    assert!(
        row.starts_with("failed backup_file") && row.contains("can't be written"),
        "{row}"
    );
    assert_eq!(yard.files(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn csctl_takes_it_with_what_files_and_the_environment_say_and_never_from_its_arguments() {
    let mut yard = Yard::new().await;
    let url = yard.login.clone();
    let with_password = yard.arguments(&["--once", "--backup-database-url", &url]);
    let refused = command_over(
        &yard.world.agent,
        &with_password.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .output()
    .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let parsed = Address::from_url(&url).unwrap();
    assert!(said.contains("refused") && !said.contains(&parsed.password), "{said}");
    for (wrong, sentence) in [
        (&["--once"][..], "No login for backups is named"),
        (&["--once", "--backup-every", "0"], "backup-every"),
        (&["--once", "--backup-passphrase-file", "x"], "cannot be used"),
    ] {
        let arguments = yard.arguments(wrong);
        let output = command_over(
            &yard.world.agent,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )
        .output()
        .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(2) && said.contains(sentence),
            "{wrong:?}: {said}"
        );
    }
    let lonely = command_over(&yard.world.agent, &["agent", "--once", "--backup-every", "5"])
        .output()
        .unwrap();
    assert_eq!(lonely.status.code(), Some(2), "without a folder it means nothing");
    assert_eq!(yard.row("runs").await, "∅", "none of these began anything");

    // A URL without its password, which a password file has; the agent's own password is none of this login's.
    let bare = url.replace(&format!(":{}@", parsed.password), "@");
    assert_ne!(bare, url);
    let passwords = yard.private("passwords", &format!("*:*:*:{}:{}\n", parsed.login, parsed.password));
    let run_it = |more: &[&str]| {
        let arguments = yard.arguments(more);
        command_over(
            &yard.world.agent,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("PGPASSWORD", "the-agents")
        .env("PGPASSFILE", &passwords)
        .output()
        .unwrap()
    };
    let dry = json(&run_it(&["--dry-run", "--json", "--backup-database-url", &bare]), 0);
    let would = dry["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|job| job["job"] == "backup")
        .unwrap()
        .clone();
    assert!(
        would["due"] == true && would["would"].as_str().unwrap().contains("take a backup into"),
        "{would}"
    );
    assert_eq!(yard.files(), [""; 0]);
    let done = json(
        &run_it(&[
            "--once",
            "--json",
            "--backup-database-url",
            &bare,
            "--backup-keep-daily",
            "1",
        ]),
        0,
    );
    let backup = done["done"]
        .as_array()
        .unwrap()
        .iter()
        .find(|job| job["job"] == "backup")
        .unwrap()
        .clone();
    assert_eq!(
        (&backup["outcome"], &backup["result"]["state"]),
        (&"completed".into(), &"verified".into()),
        "{backup}"
    );

    let status = command_over(&yard.world.agent, &["agent", "status"]).output().unwrap();
    let status = String::from_utf8(status.stdout).unwrap();
    assert!(
        status.contains("The last backup by an agent was taken 20")
            && status.contains(" rows")
            && !status.contains("takes any"),
        "{status}"
    );
    // `csctl doctor` says so too, over any login that may read it.
    for (login, says) in [
        (yard.world.agent.clone(), "Backups: the last by an agent was taken 20"),
        (
            yard.world.db.admin_url().to_owned(),
            "Backups: the last by an agent was taken 20",
        ),
        (
            yard.world.db.desk().await.url,
            "Backups: not to be seen over this login",
        ),
    ] {
        let output = command_over(&login, &["doctor"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(says), "{said}");
    }
    let opened = command(&[
        "backup",
        "verify",
        "--folder",
        yard.folder().to_str().unwrap(),
        "--json",
    ])
    .env("PATH", std::env::var_os("PATH").unwrap())
    .env("CONTAINERSTACKS_BACKUP_KEY", yard.key.to_text().expose_secret())
    .output()
    .unwrap();
    assert_eq!(json(&opened, 0)["state"], "verified");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_take_one() {
    let mut yard = Yard::new().await;
    let other = yard.world.db.login(LoginKind::Agent).await.url;
    let starts = [yard.world.agent.clone(), other].map(|url| {
        let arguments = yard.arguments(&["--once", "--json"]);
        let login = yard.login.clone();
        tokio::task::spawn_blocking(move || {
            command_over(&url, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
                .env("PATH", std::env::var_os("PATH").unwrap())
                .env("CONTAINERSTACKS_BACKUP_DATABASE_URL", login)
                .output()
                .unwrap()
        })
    });
    for start in starts {
        json(&start.await.unwrap(), 0);
    }
    assert_eq!(yard.row("runs, outcome").await, "1 completed");
    assert_eq!(yard.states(), [State::Verified]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_stays_does_the_rest_meanwhile_and_drops_it_when_it_is_stopped() {
    let mut yard = Yard::new().await;
    // What holds a table holds the backup up for as long.
    let mut blocker = yard.world.db.owner().await;
    run(
        &mut blocker,
        "BEGIN; LOCK TABLE theme_settings IN ACCESS EXCLUSIVE MODE",
    )
    .await;
    let arguments = yard.arguments(&["--host", "here"]);
    let url_file = yard.private("backup.url", &yard.login);
    let arguments: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .chain(["--backup-database-url-file", &url_file])
        .collect();
    let mut agent = Process::start(&yard.world.agent, &arguments);
    wait_for(
        &mut yard.world.owner,
        "SELECT count(*) FROM agent_jobs WHERE name = 'backup' AND lease IS NOT NULL",
        "1",
    )
    .await;
    wait_for(
        &mut yard.world.owner,
        "SELECT count(*) FROM agent_jobs WHERE name IN ('billing', 'grace', 'sessions', 'log') AND outcome = 'completed'",
        "4",
    )
    .await;
    assert_eq!(yard.row("outcome").await, "", "it goes on");
    agent.signal(Signal::TERM);
    assert!(agent.end().success(), "{:?}", agent.said);
    assert_eq!(yard.row("outcome, failures, lease").await, "stopped 0");
    assert_eq!(yard.files(), [""; 0]);
    drop(blocker);
}
