//! Shows the real window where there is no display: `tour FOLDER` leaves screenshots in the folder.

use std::{
    env,
    error::Error,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use cs_tests::{
    tour::Tour,
    window::{Keychain, Stage, Window},
};

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("Usage: tour FOLDER");
        return ExitCode::from(2);
    };
    match show(&folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The window could not be shown: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn show(folder: &Path) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    remove_old(folder)?;
    eprintln!("There is no display: the window opens under a virtual one, on a workspace of its own.");
    let stage = Stage::set(Keychain::Unlocked)?;
    let window = Window::open(&stage).await?;
    let seen = Tour::of(&window, folder).whole().await?;
    window.close().await?;
    let mut out = io::stdout().lock();
    for file in &seen {
        writeln!(out, "{}", file.display())?;
    }
    writeln!(
        out,
        "Signed in, walked the pages and left {} screenshots in {} ({:.0} s).",
        seen.len(),
        folder.display(),
        began.elapsed().as_secs_f32()
    )?;
    Ok(())
}

/// Screenshots of an earlier walk would be taken for this one's.
fn remove_old(folder: &Path) -> io::Result<()> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "png") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
