//! A new user's first day in the real window: the local workspace is made, a customer comes, pays and gets a user, and
//! every page is looked at. `make run` shows it where there is no display; the window's test does the same.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::window::{Window, WindowError};

/// Who sets the workspace up.
pub const BUSINESS: &str = "Halyard Hosting";
/// The address of the first administrator.
pub const EMAIL: &str = "maya.okafor@halyard.example";
/// Their password.
pub const PASSWORD: &str = "correct horse battery staple";
/// Some 15 seconds on a machine that does nothing else.
const FOR_A_DEMONSTRATION: Duration = Duration::from_mins(5);
/// The first customer.
pub const CUSTOMER: &str = "Brightwater Labs GmbH";

/// The pages of the sidebar, in its order.
pub const PAGES: [&str; 16] = [
    "Dashboard",
    "Tickets",
    "Notifications",
    "Organizations",
    "Users",
    "Servers",
    "Containers",
    "Providers",
    "Plans & pricing",
    "Transactions",
    "Billing runs",
    "Invoices",
    "Activity log",
    "API keys",
    "Themes",
    "Settings",
];

/// A walk through a window, with a folder for what is seen.
pub struct Tour<'w> {
    window: &'w Window,
    folder: PathBuf,
    seen: Vec<PathBuf>,
}

impl<'w> Tour<'w> {
    /// Screenshots go to `folder`.
    pub fn of(window: &'w Window, folder: &Path) -> Self {
        Self {
            window,
            folder: folder.to_path_buf(),
            seen: Vec::new(),
        }
    }

    /// The whole of it. Where something does not come, the last screenshot shows what came instead.
    pub async fn whole(mut self) -> Result<Vec<PathBuf>, WindowError> {
        match self.steps().await {
            Ok(()) => Ok(self.seen),
            Err(error) => {
                // The first error is the one to tell.
                let _ = self.look("failure").await;
                Err(error)
            }
        }
    }

    async fn steps(&mut self) -> Result<(), WindowError> {
        self.make_workspace().await?;
        self.add_organization(CUSTOMER).await?;
        self.deposit("250.00").await?;
        self.add_user("ana@brightwater.example", CUSTOMER).await?;
        for scheme in ["Light", "Dark"] {
            self.choose_scheme(scheme).await?;
            self.walk(&scheme.to_lowercase()).await?;
        }
        Ok(())
    }

    /// From the first start to a workspace in which six months have passed.
    pub async fn make_demonstration(&mut self) -> Result<(), WindowError> {
        let window = self.window;
        self.fill_first_run().await?;
        window.click("radio", "With a demonstration").await?;
        self.look("first-run-demonstration").await?;
        window.click("button", "Create").await?;
        window.one("link", "Organizations…").await?;
        // The status bar says how many tasks are under way, then how many have ended.
        window.see("1 task").await?;
        window.see_within(FOR_A_DEMONSTRATION, "1 ended").await
    }

    /// From the first start to the shell.
    pub async fn make_workspace(&mut self) -> Result<(), WindowError> {
        let window = self.window;
        self.fill_first_run().await?;
        window.click("radio", "Empty").await?;
        self.look("first-run-form").await?;
        window.click("button", "Create").await?;
        window.one("link", "Organizations…").await?;
        Ok(())
    }

    async fn fill_first_run(&mut self) -> Result<(), WindowError> {
        let window = self.window;
        window.one("heading", "Where is your business kept?").await?;
        self.look("first-run").await?;
        window.click("button", "Try it on this computer").await?;
        window.fill("Business", BUSINESS).await?;
        window.fill("First name", "Maya").await?;
        window.fill("Last name", "Okafor").await?;
        window.fill("E-mail", EMAIL).await?;
        window.fill("Password", PASSWORD).await
    }

    /// From a start with a profile to the shell.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Result<(), WindowError> {
        let window = self.window;
        window.one("heading", "Sign in").await?;
        window.fill("E-mail", email).await?;
        window.fill("Password", password).await?;
        window.click("button", "Sign in").await
    }

    /// Ends at the new organization's own page.
    pub async fn add_organization(&mut self, name: &str) -> Result<(), WindowError> {
        let window = self.window;
        self.go_to("Organizations").await?;
        window.click("button", "New organization").await?;
        window.fill("Name", name).await?;
        self.look("organization-new").await?;
        window.click("button", "Create organization").await?;
        window.one("heading", name).await?;
        Ok(())
    }

    /// On an organization's page; ends there, with the money in the wallet.
    pub async fn deposit(&mut self, amount: &str) -> Result<(), WindowError> {
        let window = self.window;
        window.click("button", "Post deposit").await?;
        window.one("dialog", "Post deposit").await?;
        window.fill("Amount", amount).await?;
        window.fill("Payment method", "Bank transfer").await?;
        window.fill("Reason", "First payment").await?;
        self.look("deposit").await?;
        window.click("button", "Post deposit").await?;
        window.one("dialog", "Deposit posted").await?;
        window.see(&format!("${amount}")).await?;
        self.look("deposit-posted").await?;
        window.click("button", "Done").await
    }

    /// A customer's user, with a password that the program makes up.
    pub async fn add_user(&mut self, email: &str, organization: &str) -> Result<(), WindowError> {
        let window = self.window;
        self.go_to("Users").await?;
        window.click("button", "New user").await?;
        window.fill("E-mail", email).await?;
        window.fill("First name…", "Ana").await?;
        window.fill("Last name…", "Brandt").await?;
        window.fill("Organization", organization).await?;
        window.click("option", &format!("{organization}…")).await?;
        window.click("button", "Generate").await?;
        self.look("user-new").await?;
        window.click("button", "Create user").await?;
        window.one("dialog", "User created").await?;
        window.click("button", "Done").await?;
        window.see(email).await
    }

    /// Every page of the sidebar.
    pub async fn walk_pages(&mut self, suffix: &str) -> Result<(), WindowError> {
        for page in PAGES {
            self.go_to(page).await?;
            let name = page.to_lowercase().replace(" & ", "-").replace(' ', "-");
            self.look(&format!("{name}-{suffix}")).await?;
        }
        Ok(())
    }

    /// Every page of the sidebar, and the customer's own.
    pub async fn walk(&mut self, suffix: &str) -> Result<(), WindowError> {
        self.walk_pages(suffix).await?;
        self.go_to("Organizations").await?;
        self.window.open_row(CUSTOMER).await?;
        self.window.one("heading", CUSTOMER).await?;
        self.look(&format!("organization-{suffix}")).await
    }

    /// By the settings, as a person would.
    pub async fn choose_scheme(&mut self, scheme: &str) -> Result<(), WindowError> {
        self.go_to("Settings").await?;
        self.window.click("radio", scheme).await
    }

    /// By the sidebar; what the page reads has come when this ends.
    pub async fn go_to(&mut self, page: &str) -> Result<(), WindowError> {
        let window = self.window;
        let link = format!("{page}…");
        window.click("link", &link).await?;
        // A page may be headed by what is open on it; the sidebar says which page it is.
        window
            .until(&format!("the page {page}"), async || {
                let Some(link) = window.all("link", &link).await?.into_iter().next() else {
                    return Ok(None);
                };
                Ok((link.attr("aria-current").await?.as_deref() == Some("page")).then_some(()))
            })
            .await?;
        window.settled().await
    }

    /// Saves what the window shows.
    pub async fn look(&mut self, name: &str) -> Result<(), WindowError> {
        self.window.settled().await?;
        let file = self.folder.join(format!("{:02}-{name}.png", self.seen.len() + 1));
        self.window.screenshot(&file).await?;
        self.seen.push(file);
        Ok(())
    }
}
