//! A login session of a test's own: home, bus and keychain, gone when it ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use tempfile::TempDir;

const STEPS: &str = "KEYCHAIN_TEST_STEPS";
const SAID: &str = "said: ";

/// The daemon ends with its bus.
const UNLOCKED: &str = r#"
printf password | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
exec "$@"
"#;
const LOCKED: &str = r#"
gnome-keyring-daemon --start --components=secrets > /dev/null 2>&1
exec "$@"
"#;
/// A bus that can start no service.
const BARE_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

pub struct Session {
    home: TempDir,
}

impl Session {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
        Self { home }
    }

    pub fn run_unlocked(&self, steps: &[&str]) -> Vec<String> {
        self.run(on_bus(&[], UNLOCKED), steps)
    }

    pub fn run_locked(&self, steps: &[&str]) -> Vec<String> {
        self.run(on_bus(&[], LOCKED), steps)
    }

    pub fn run_without_service(&self, steps: &[&str]) -> Vec<String> {
        let config = self.home.path().join("bus.conf");
        fs::write(&config, BARE_BUS).unwrap();
        let option = format!("--config-file={}", config.display());
        self.run(on_bus(&[&option], "exec \"$@\""), steps)
    }

    pub fn run_without_bus(&self, steps: &[&str]) -> Vec<String> {
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$@\"", "sh"]);
        self.run(command, steps)
    }

    /// What the program said to each step.
    fn run(&self, mut around: Command, steps: &[&str]) -> Vec<String> {
        let home = self.home.path();
        let output = around
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "keychain::program_in_a_session", "--nocapture"])
            .env(STEPS, steps.join("\n"))
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_RUNTIME_DIR", home)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        // The bus's messages go there too.
        let all = String::from_utf8_lossy(&output.stderr);
        let said: Vec<String> = all
            .lines()
            // Another program's message may lack the end of its line.
            .filter_map(|line| line.split_once(SAID))
            .filter_map(|(_, line)| line.split_once(": "))
            .map(|(_, said)| said.to_owned())
            .collect();
        assert_eq!(said.len(), steps.len(), "{all}");
        said
    }
}

fn on_bus(options: &[&str], script: &str) -> Command {
    let mut command = Command::new("dbus-run-session");
    command.args(options).args(["--", "sh", "-c", script, "sh"]);
    command
}

/// What this process is told to do, if it is the program in a session.
pub fn steps() -> Option<Vec<String>> {
    let steps = std::env::var(STEPS).ok()?;
    Some(steps.lines().map(str::to_owned).collect())
}

pub fn say(step: &str, came_of_it: &str) {
    eprintln!("{SAID}{step}: {came_of_it}");
}
