//! The real window, driven over `WebDriver` as a person would: by roles, labels and text.

mod browser;
mod close;
mod helper;
mod keyboard;
mod stage;

use std::{
    io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, Key, TypingData, WebDriver, WebElement, error::WebDriverError};

pub use helper::Helper;
use helper::{LOOK_AGAIN, wait_until};
pub use stage::{Keychain, Stage};

/// The name of the program, which the system cuts off after fifteen bytes.
const PROGRAM: &str = "containerstacks";
const FIND: &str = include_str!("window/find.js");
/// How long the window may take to show what a person waits for. The first start makes a database.
const PATIENCE: Duration = Duration::from_mins(1);

/// What keeps a window from being driven.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// A program that is needed is not installed.
    #[error("{name} could not be started: {source}")]
    Missing {
        /// The program.
        name: String,
        /// Why not.
        source: io::Error,
    },
    /// A helper ended or stayed silent.
    #[error("{name} did not become ready: {said}")]
    Helper {
        /// The helper.
        name: String,
        /// The last that it said.
        said: String,
    },
    /// The desktop program was not built.
    #[error("{0} is missing: cargo build -p containerstacks --features tauri/custom-protocol")]
    NotBuilt(PathBuf),
    /// The window was closed, but the program goes on.
    #[error("the program does not end when its window is closed")]
    DoesNotEnd,
    /// The display refused.
    #[error("the display: {0}")]
    Display(String),
    /// Something did not appear in time.
    #[error("waited in vain for {what}; the window shows:\n{shows}")]
    NotSeen {
        /// What was waited for.
        what: String,
        /// The text of the page.
        shows: String,
    },
    /// The driver refused.
    #[error(transparent)]
    Driver(#[from] WebDriverError),
    /// The HTTP client could not be made.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
    /// A file could not be used.
    #[error(transparent)]
    File(#[from] io::Error),
}

/// A client for a driver on this computer.
fn driver_client() -> Result<reqwest::Client, reqwest::Error> {
    // A client wants to know its cryptography even where none is used; that somebody has said so already is fine.
    let _already = rustls::crypto::ring::default_provider().install_default();
    // A proxy of the environment is not meant for this computer.
    reqwest::Client::builder().no_proxy().build()
}

impl WindowError {
    fn helper(name: &str, log: &Path) -> Self {
        let said = std::fs::read_to_string(log).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(5).collect();
        Self::Helper {
            name: name.to_owned(),
            said: last.into_iter().rev().collect::<Vec<_>>().join("\n"),
        }
    }
}

/// The desktop program as cargo has built it, beside the running test.
pub fn program() -> Result<PathBuf, WindowError> {
    let here = std::env::current_exe()?;
    let mut folder = here.parent().unwrap_or(&here);
    if folder.ends_with("deps") {
        folder = folder.parent().unwrap_or(folder);
    }
    let program = folder.join(PROGRAM);
    if program.exists() {
        Ok(program)
    } else {
        Err(WindowError::NotBuilt(program))
    }
}

/// A running window. [`Window::close`] it; when it is only dropped, everything is ended the hard way.
pub struct Window {
    session: WebDriver,
    driver: Helper,
}

impl Window {
    /// Starts the program on the stage.
    pub async fn open(stage: &Stage) -> Result<Self, WindowError> {
        Self::open_with(stage, &[]).await
    }

    /// Starts it with more in its environment.
    pub async fn open_with(stage: &Stage, environment: &[(&str, &str)]) -> Result<Self, WindowError> {
        let port = free_port()?;
        let mut command = Command::new("WebKitWebDriver");
        stage.dress(&mut command);
        command
            .args(["--host=127.0.0.1".to_owned(), format!("--port={port}")])
            // Without these the program does not let itself be driven.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().copied());
        let log = stage.log("window");
        let mut driver = Helper::start(command, &log)?;
        let listens = wait_until(PATIENCE, || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() || !driver.is_running()
        });
        if !listens || !driver.is_running() {
            return Err(WindowError::helper(driver.name(), &log));
        }

        let mut wanted = Capabilities::new();
        wanted.set("webkitgtk:browserOptions", json!({ "binary": program()?, "args": [] }))?;
        let client = driver_client()?;
        let session = WebDriver::builder(format!("http://127.0.0.1:{port}"), wanted)
            .client(client)
            .await?;
        Ok(Self { session, driver })
    }

    /// Ends the program as a logout does, and waits until it has put everything away. (The driver's own way of closing
    /// a window is to kill the program.)
    pub async fn close(self) -> Result<(), WindowError> {
        self.signal(Signal::TERM);
        let is_gone = wait_until(PATIENCE, || self.driver.running(PROGRAM).is_empty());
        // The driver has nothing left to drive, and may say so.
        let _ = self.session.quit().await;
        if is_gone { Ok(()) } else { Err(WindowError::DoesNotEnd) }
    }

    /// Ends the program as a crash would: nothing is saved, nothing is stopped.
    pub async fn kill(self) -> Result<(), WindowError> {
        self.signal(Signal::KILL);
        let _ = self.session.quit().await;
        Ok(())
    }

    /// Waits until the program has ended by itself.
    pub async fn gone(self) -> Result<(), WindowError> {
        let is_gone = wait_until(PATIENCE, || self.driver.running(PROGRAM).is_empty());
        let _ = self.session.quit().await;
        if is_gone { Ok(()) } else { Err(WindowError::DoesNotEnd) }
    }

    fn signal(&self, signal: Signal) {
        for pid in self.driver.running(PROGRAM) {
            // It may have ended meanwhile.
            let _ = kill_process(pid, signal);
        }
    }

    /// The page's script, for what a person can't see.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value, WindowError> {
        Ok(self.session.execute(script, arguments).await?.json().clone())
    }

    /// The visible things of a role (or `field`) with this name; with a `…` at its end the name need only begin so.
    pub async fn all(&self, role: &str, name: &str) -> Result<Vec<WebElement>, WindowError> {
        let begins = name.ends_with('…');
        let name = name.trim_end_matches('…');
        let found = self
            .session
            .execute(FIND, vec![json!(role), json!(name), json!(begins)])
            .await?;
        Ok(found.elements()?)
    }

    /// The first of them, waited for.
    pub async fn one(&self, role: &str, name: &str) -> Result<WebElement, WindowError> {
        let what = format!("the {role} “{name}”");
        self.until(&what, async || Ok(self.all(role, name).await?.into_iter().next()))
            .await
    }

    /// Presses a button, follows a link, chooses an option, opens a row. What is drawn anew meanwhile is looked for again.
    pub async fn click(&self, role: &str, name: &str) -> Result<(), WindowError> {
        let what = format!("the {role} “{name}”, ready to be clicked");
        self.until(&what, async || {
            let Some(element) = self.all(role, name).await?.into_iter().next() else {
                return Ok(None);
            };
            let is_enabled =
                element.attr("aria-disabled").await?.as_deref() != Some("true") && element.is_enabled().await?;
            if !is_enabled {
                return Ok(None);
            }
            element.scroll_into_view().await?;
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Types into the field with this label, in place of what is in it.
    pub async fn fill(&self, label: &str, text: &str) -> Result<(), WindowError> {
        let field = self.one("field", label).await?;
        field.click().await?;
        if field.prop("value").await?.is_some_and(|value| !value.is_empty()) {
            field.send_keys(Key::Control + "a").await?;
        }
        field.send_keys(text).await?;
        Ok(())
    }

    /// Chooses an option of the list with this label.
    pub async fn choose(&self, label: &str, option: &str) -> Result<(), WindowError> {
        self.click("field", label).await?;
        self.click("option", option).await
    }

    /// Opens a row of a list by the text of one of its cells, as a double click does.
    pub async fn open_row(&self, text: &str) -> Result<(), WindowError> {
        let cell = self.one("rowheader", text).await?;
        self.session
            .action_chain()
            .double_click_element(&cell)
            .perform()
            .await?;
        Ok(())
    }

    /// Waits until nothing is being read and nothing moves.
    pub async fn settled(&self) -> Result<(), WindowError> {
        const QUIET: &str = "return document.querySelector('[aria-busy=\"true\"]') === null \
            && document.getAnimations().every((each) => each.playState !== 'running' \
            || each.effect?.getComputedTiming().iterations === Infinity)";
        self.until("the page to settle", async || {
            Ok((self.run(QUIET, Vec::new()).await? == json!(true)).then_some(()))
        })
        .await
    }

    /// Presses keys, wherever the focus is.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<(), WindowError> {
        let keys: String = keys.into().as_vec().into_iter().collect();
        // The focus may move on at this very moment: what had it then takes nothing.
        self.until("something that takes keys", async || {
            self.session.active_element().await?.send_keys(&keys).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Waits until the page shows this text.
    pub async fn see(&self, text: &str) -> Result<(), WindowError> {
        self.see_within(PATIENCE, text).await
    }

    /// The same, for what a slow machine takes longer for.
    pub async fn see_within(&self, patience: Duration, text: &str) -> Result<(), WindowError> {
        let what = format!("the text “{text}”");
        self.until_within(patience, &what, async || {
            Ok(self.text().await?.contains(text).then_some(()))
        })
        .await
    }

    /// Waits until the page doesn't show this text any more.
    pub async fn see_no(&self, text: &str) -> Result<(), WindowError> {
        let what = format!("the text “{text}” to go");
        self.until(&what, async || Ok((!self.text().await?.contains(text)).then_some(())))
            .await
    }

    /// All the text that the page shows, in single spaces.
    pub async fn text(&self) -> Result<String, WindowError> {
        let text = self.run("return document.body.innerText", Vec::new()).await?;
        Ok(text
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "))
    }

    /// Saves what the window shows, once it has drawn what the page holds: `WebKitGTK` draws behind the script's back.
    pub async fn screenshot(&self, file: &Path) -> Result<(), WindowError> {
        const DRAWN: &str = "const done = arguments[0]; document.fonts.ready.then(() => \
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))";
        let mut before = None;
        let picture = self
            .until("the window to be drawn", async || {
                self.session.execute_async(DRAWN, Vec::new()).await?;
                let picture = self.session.screenshot_as_png().await?;
                let is_still = before.as_ref() == Some(&picture);
                before = Some(picture);
                Ok(if is_still { before.take() } else { None })
            })
            .await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(file, picture)?)
    }

    /// Tries again until there is an answer. An element that the page has just replaced is no failure yet.
    pub async fn until<T>(
        &self,
        what: &str,
        attempt: impl AsyncFnMut() -> Result<Option<T>, WindowError>,
    ) -> Result<T, WindowError> {
        self.until_within(PATIENCE, what, attempt).await
    }

    async fn until_within<T>(
        &self,
        patience: Duration,
        what: &str,
        mut attempt: impl AsyncFnMut() -> Result<Option<T>, WindowError>,
    ) -> Result<T, WindowError> {
        let began = Instant::now();
        loop {
            match attempt().await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(WindowError::Driver(error)) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
            if began.elapsed() > patience {
                let shows = self.text().await.unwrap_or_default();
                return Err(WindowError::NotSeen {
                    what: what.to_owned(),
                    shows,
                });
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// Whether the page was only being drawn anew.
fn is_passing(error: &WebDriverError) -> bool {
    use thirtyfour::error::WebDriverErrorInner as Inner;
    matches!(
        error.as_inner(),
        Inner::StaleElementReference(_)
            | Inner::NoSuchElement(_)
            | Inner::ElementClickIntercepted(_)
            | Inner::ElementNotInteractable(_)
    )
}

fn free_port() -> Result<u16, WindowError> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_for_a_driver_can_be_made_more_than_once() {
        assert!(driver_client().is_ok());
        assert!(driver_client().is_ok());
    }
}
