//! A person without a mouse.

use serde_json::json;
use thirtyfour::{Key, TypingData};

use super::{Window, WindowError};

/// More stops than any page has.
const STOPS_MAX: usize = 150;
const IS_IN_DIALOG: &str = "const top = [...document.querySelectorAll('[role=\"dialog\"], [role=\"alertdialog\"]')].pop(); \
    return top === undefined || top.contains(document.activeElement)";
/// How many of them a failure tells of.
const STOPS_TOLD: usize = 20;

impl Window {
    /// Goes from stop to stop until the focus is on something of this role with this name (as [`Window::all`] has
    /// them).
    pub async fn tab_to(&self, role: &str, name: &str) -> Result<(), WindowError> {
        self.one(role, name).await?;
        // A dialog takes the focus a moment after it is drawn; a key that is pressed before goes to what is behind it.
        self.until("the focus in the dialog", async || {
            Ok((self.run(IS_IN_DIALOG, Vec::new()).await? == json!(true)).then_some(()))
        })
        .await?;
        let mut stops = Vec::new();
        for _ in 0..STOPS_MAX {
            if self.has_focus(role, name).await? {
                return Ok(());
            }
            stops.push(self.stop().await?);
            self.press(TypingData::from(Key::Tab)).await?;
        }
        stops.truncate(STOPS_TOLD);
        Err(WindowError::NotSeen {
            what: format!("the focus on the {role} “{name}” (it was on {})", stops.join(", ")),
            shows: self.text().await.unwrap_or_default(),
        })
    }

    /// What has the focus, for whoever reads why it is not where it should be.
    async fn stop(&self) -> Result<String, WindowError> {
        const STOP: &str = "const e = document.activeElement; \
            return `${e?.tagName} ${e?.getAttribute('aria-label') ?? e?.getAttribute('name') ?? e?.textContent?.slice(0, 30) ?? ''}`";
        Ok(self
            .run(STOP, Vec::new())
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Waits until the page has put the focus there by itself.
    pub async fn focus_comes_to(&self, role: &str, name: &str) -> Result<(), WindowError> {
        self.until(&format!("the focus on the {role} “{name}”"), async || {
            Ok(self.has_focus(role, name).await?.then_some(()))
        })
        .await
    }

    async fn has_focus(&self, role: &str, name: &str) -> Result<bool, WindowError> {
        let Ok(active) = self.session.active_element().await else {
            return Ok(false);
        };
        Ok(self
            .all(role, name)
            .await?
            .iter()
            .any(|found| found.element_id() == active.element_id()))
    }

    /// Finds something with the command palette and opens it, or runs a command.
    pub async fn command(&self, typed: &str, option: &str) -> Result<(), WindowError> {
        self.press(Key::Control + "k").await?;
        self.focus_comes_to("field", "Search or run a command").await?;
        self.press(typed).await?;
        let is_first = async || {
            let options = self.all("option", "").await?;
            let wanted = self.all("option", option).await?;
            Ok(match (options.first(), wanted.first()) {
                (Some(first), Some(wanted)) if first.element_id() == wanted.element_id() => Some(()),
                _ => None,
            })
        };
        self.until(&format!("“{option}” to be the first that the palette offers"), is_first)
            .await?;
        self.press(TypingData::from(Key::Enter)).await
    }
}
