//! An ordinary browser in place of the window: Debian's Chromium, for pages over the loopback bridge.

use std::{
    net::{Ipv4Addr, TcpStream},
    path::Path,
    process::Command,
};

use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};

use super::{Helper, PATIENCE, Window, WindowError, free_port, wait_until};

impl Window {
    /// Opens an address. What the browser writes stays in `folder`.
    pub async fn browse(folder: &Path, address: &str) -> Result<Self, WindowError> {
        let port = free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).env("HOME", folder);
        let log = folder.join("chromedriver.log");
        let mut driver = Helper::start(command, &log)?;
        let listens = wait_until(PATIENCE, || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() || !driver.is_running()
        });
        if !listens || !driver.is_running() {
            return Err(WindowError::helper(driver.name(), &log));
        }
        let profile = folder.join("profile");
        let mut wanted = Capabilities::new();
        wanted.set(
            "goog:chromeOptions",
            json!({"args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1440,900", "--hide-scrollbars",
                format!("--user-data-dir={}", profile.display()),
            ]}),
        )?;
        let client = super::driver_client()?;
        let session = WebDriver::builder(format!("http://127.0.0.1:{port}"), wanted)
            .client(client)
            .await?;
        session.goto(address).await?;
        Ok(Self { session, driver })
    }

    /// Ends the browser.
    pub async fn leave(self) -> Result<(), WindowError> {
        Ok(self.session.quit().await?)
    }

    /// A script that answers by calling its last argument.
    pub async fn run_async(&self, script: &str) -> Result<serde_json::Value, WindowError> {
        Ok(self.session.execute_async(script, Vec::new()).await?.json().clone())
    }

    /// Gives the page this many CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), WindowError> {
        Ok(self.session.set_window_rect(0, 0, width, height).await?)
    }

    /// What axe finds wrong with the page, a line each.
    pub async fn violations(&self) -> Result<Vec<String>, WindowError> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        self.run(&std::fs::read_to_string(file)?, Vec::new()).await?;
        let found = self
            .run_async("const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary}`))))")
            .await?;
        let lines = found.as_array().into_iter().flatten();
        Ok(lines.map(|line| line.as_str().unwrap_or_default().to_owned()).collect())
    }

    /// A picture of the page as it rests, in `target/screenshots/browser`.
    pub async fn shot(&self, name: &str) -> Result<(), WindowError> {
        self.settled().await?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots/browser");
        self.screenshot(&folder.join(format!("{name}.png"))).await
    }
}
