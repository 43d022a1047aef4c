//! What a desktop has around a window: a display, a session bus, a keychain, a home. All private and all temporary.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use super::{
    WindowError,
    helper::{Helper, wait_until},
};

/// In which state the program finds the keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    /// A service runs and is unlocked, as after a login at a desktop.
    Unlocked,
    /// No service runs.
    Missing,
}

const SIZE: &str = "1600x1000x24";
const READY: Duration = Duration::from_secs(20);

/// A private desktop. Dropping it ends everything on it.
#[derive(Debug)]
pub struct Stage {
    // In the order in which they go.
    keyring: Option<Helper>,
    _display: Helper,
    _bus: Helper,
    display_name: String,
    folder: TempDir,
}

impl Stage {
    /// Sets one up.
    pub fn set(keychain: Keychain) -> Result<Self, WindowError> {
        // As root, the local server runs under another account, which has to get through.
        let folder = tempfile::Builder::new()
            .prefix("containerstacks-window-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()?;
        let root = folder.path();
        for name in ["home", "share", "config", "cache", "runtime"] {
            fs::DirBuilder::new().mode(0o700).create(root.join(name))?;
        }
        fs::DirBuilder::new().mode(0o711).create(root.join("data"))?;
        fs::write(root.join("bus.conf"), bus_configuration(&root.join("bus")))?;

        let mut bus = Command::new("dbus-daemon");
        bus.arg("--nofork")
            .arg("--print-address=1")
            .arg(format!("--config-file={}", root.join("bus.conf").display()));
        let (bus, _) = Helper::start_and_hear(bus, &root.join("bus.log"))?;

        let mut display = Command::new("Xvfb");
        display.args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"]);
        let (display, number) = Helper::start_and_hear(display, &root.join("display.log"))?;

        let mut stage = Self {
            keyring: None,
            _display: display,
            _bus: bus,
            display_name: format!(":{number}"),
            folder,
        };
        if keychain == Keychain::Unlocked {
            stage.keyring = Some(stage.unlocked_keyring()?);
        }
        Ok(stage)
    }

    /// The folder of all that the program keeps.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The name of its display.
    pub(super) fn display_name(&self) -> &str {
        &self.display_name
    }

    /// A file that takes what a program of this name prints.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    /// Puts a program on this stage and nowhere else.
    pub fn dress(&self, command: &mut Command) {
        let root = self.folder.path();
        for name in [
            "WAYLAND_DISPLAY",
            "XAUTHORITY",
            "DESKTOP_STARTUP_ID",
            "GNOME_KEYRING_CONTROL",
            "SSH_AUTH_SOCK",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", root.join("home"))
            .env("XDG_DATA_HOME", root.join("share"))
            .env("XDG_CONFIG_HOME", root.join("config"))
            .env("XDG_CACHE_HOME", root.join("cache"))
            .env("XDG_RUNTIME_DIR", root.join("runtime"))
            .env(
                "DBUS_SESSION_BUS_ADDRESS",
                format!("unix:path={}", root.join("bus").display()),
            )
            .env("DISPLAY", &self.display_name)
            .env("GDK_BACKEND", "x11")
            // Assistive technology would be asked for over the bus, where nobody answers.
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("CONTAINERSTACKS_HOME", self.data());
    }

    /// What a command prints here, such as `secret-tool`.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> Result<String, WindowError> {
        let mut command = Command::new(program);
        self.dress(&mut command);
        let output = command.args(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(|source| WindowError::Missing {
            name: program.to_owned(),
            source,
        })?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn unlocked_keyring(&self) -> Result<Helper, WindowError> {
        let mut command = Command::new("gnome-keyring-daemon");
        self.dress(&mut command);
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        let log = self.log("keyring");
        // The password of a keychain that lives for minutes.
        let helper = Helper::start_with(command, "window", &log)?;
        let is_there = || {
            let name = "string:org.freedesktop.secrets";
            let to = "--dest=org.freedesktop.DBus";
            let asked = self.ask(
                "dbus-send",
                &[
                    "--session",
                    "--print-reply",
                    to,
                    "/",
                    "org.freedesktop.DBus.NameHasOwner",
                    name,
                ],
            );
            asked.is_ok_and(|answer| answer.contains("true"))
        };
        if wait_until(READY, is_there) {
            Ok(helper)
        } else {
            Err(WindowError::helper(helper.name(), &log))
        }
    }

    /// The local server outlives a program that was killed.
    fn end_server(&self) {
        let Ok(file) = fs::read_to_string(self.data().join("workspace/pgdata/postmaster.pid")) else {
            return;
        };
        let Some(pid) = file
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .and_then(Pid::from_raw)
        else {
            return;
        };
        // Nothing to end when it is gone.
        let _ = kill_process(pid, Signal::INT);
        wait_until(READY, || test_kill_process(pid).is_err());
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.end_server();
    }
}

/// A bus that starts no services by itself: what is not on this stage must not appear on it.
fn bus_configuration(socket: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}
