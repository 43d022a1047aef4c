//! Makes the README's pictures: `demo-screenshots FOLDER` shows the demonstration in the real window under a virtual
//! display. The same seed gives the same business; what the pictures show moves with the calendar.

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use cs_tests::{
    tour::{CUSTOMER, Tour},
    window::{Keychain, Stage, Window},
};

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("Usage: demo-screenshots FOLDER");
        return ExitCode::from(2);
    };
    match show(&folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The pictures could not be made: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn show(folder: &Path) -> Result<(), Box<dyn Error>> {
    let stage = Stage::set(Keychain::Unlocked)?;
    let window = Window::open(&stage).await?;
    let passing = tempfile::tempdir()?;
    let mut tour = Tour::of(&window, passing.path());
    tour.make_demonstration().await?;
    // The toast that says so hides a corner, and goes by itself.
    window.see_no("Staff sign in with your password").await?;
    let picture = async |name: &str| {
        window.settled().await?;
        window.screenshot(&folder.join(format!("{name}.png"))).await
    };
    tour.go_to("Dashboard").await?;
    window.see("Needs attention").await?;
    picture("dashboard").await?;
    tour.go_to("Tickets").await?;
    window.click("radio", "All open…").await?;
    window.see("Reply").await?;
    picture("ticket").await?;
    tour.go_to("Organizations").await?;
    window.open_row(CUSTOMER).await?;
    window.one("heading", CUSTOMER).await?;
    window.click("link", "INV-…").await?;
    window.one("button", "Save PDF…").await?;
    picture("invoice").await?;
    window.close().await?;
    Ok(())
}
