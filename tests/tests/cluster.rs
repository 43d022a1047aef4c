//! The harness itself: what every other test builds on.

#[cfg(test)]
mod cluster {
    use std::fs;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::{Duration, Instant};

    use cs_tests::cluster::{VARIABLE, cluster};
    use sqlx::{Connection, PgConnection};

    const TOLD: &str = "own cluster: ";
    /// Set for the process that a test runs and kills.
    const TELL: &str = "CS_TEST_TELL_CLUSTER";

    async fn ask(url: &str, question: &'static str) -> String {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let answer = sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        answer
    }

    async fn exists(name: &str) -> bool {
        let mut connection = PgConnection::connect(cluster().await.admin_url()).await.unwrap();
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn every_test_has_a_database_of_its_own_that_goes_with_it() {
        let cluster = cluster().await;
        let (one, other) = tokio::join!(cluster.fresh_database(None), cluster.fresh_database(None));
        assert_ne!(one.name, other.name);
        let name = ask(&one.admin_url, "SELECT current_database()::text").await;
        assert_eq!(name, one.name);

        let still_open = PgConnection::connect(&one.admin_url).await.unwrap();
        let name = one.name.clone();
        drop(one);
        assert!(!exists(&name).await);
        assert!(exists(&other.name).await);
        drop(still_open);
    }

    #[tokio::test]
    async fn another_login_has_its_own_url() {
        let database = cluster().await.fresh_database(None).await;
        let url = database.url_as("some body", "p@ss/word");
        let refused = PgConnection::connect(&url).await.unwrap_err();
        let code = refused.as_database_error().unwrap().code();
        assert_eq!(code.as_deref(), Some("28P01"), "{refused}");
    }

    #[tokio::test]
    async fn a_template_is_built_once_and_copied() {
        let cluster = cluster().await;
        // One per process: the run's cluster may be older than this process.
        let name = format!("harness_{}", std::process::id());
        let builds = AtomicU32::new(0);
        let build = async |url: String| {
            builds.fetch_add(1, Ordering::SeqCst);
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::query("CREATE TABLE kept AS SELECT 'from the template'::text AS word")
                .execute(&mut connection)
                .await
                .unwrap();
            // Not closed: it must not hold up those who copy.
            std::mem::forget(connection);
        };
        tokio::join!(cluster.template(&name, &build), cluster.template(&name, &build));
        cluster.template(&name, &build).await;
        assert_eq!(builds.load(Ordering::SeqCst), 1);

        let (one, other) = tokio::join!(cluster.fresh_database(Some(&name)), cluster.fresh_database(Some(&name)));
        for database in [&one, &other] {
            let word = ask(&database.admin_url, "SELECT word FROM kept").await;
            assert_eq!(word, "from the template");
        }
    }

    /// Not a test of its own: the process whose end [`a_cluster_ends_with_its_process`] looks at.
    #[tokio::test]
    async fn process_to_be_killed() {
        if std::env::var_os(TELL).is_none() {
            return;
        }
        let cluster = cluster().await;
        let folder = ask(cluster.admin_url(), "SHOW data_directory").await;
        eprintln!("{TOLD}{folder}");
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    }

    #[test]
    fn a_cluster_ends_with_its_process() {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cluster::process_to_be_killed", "--nocapture"])
            .env(TELL, "1")
            .env_remove(VARIABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        let folder = said
            .lines()
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix(TOLD).map(str::to_owned))
            .unwrap();
        let folder = std::path::PathBuf::from(folder);
        let pid = fs::read_to_string(folder.join("postmaster.pid")).unwrap();
        let arguments = format!("/proc/{}/cmdline", pid.lines().next().unwrap());
        let runs = || fs::read_to_string(&arguments).is_ok_and(|arguments| arguments.contains("postgres"));
        assert!(runs());

        process.kill().unwrap();
        process.wait().unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        while runs() || folder.exists() {
            assert!(Instant::now() < deadline, "the server outlived its process");
            std::thread::yield_now();
        }
    }

    #[tokio::test]
    async fn a_process_of_a_run_uses_the_runs_cluster() {
        let cluster = cluster().await;
        let folder = ask(cluster.admin_url(), "SHOW data_directory").await;
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cluster::process_to_be_killed", "--nocapture"])
            .env(TELL, "1")
            .env(VARIABLE, cluster.admin_url())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("{TOLD}{folder}")), "{said}");
        let own = std::env::var_os(VARIABLE).is_none();
        assert_eq!(cluster.own_pid().is_some(), own);
    }
}
