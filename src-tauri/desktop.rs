//! The window, its place on the screen, and the end of the program.

use std::{env, error::Error, io, sync::Arc};

use sha2::{Digest, Sha256};
use tauri::{
    App, AppHandle, Manager, RunEvent, Url, WebviewUrl, WebviewWindowBuilder, async_runtime, plugin::TauriPlugin,
};
use tauri_plugin_window_state::StateFlags;
use tokio::signal::unix::{SignalKind, signal};

use local::{IDENTIFIER, Local, Places};

use crate::{host::DesktopHost, ipc, logging};

const WINDOW: &str = "main";
const TITLE: &str = "ContainerStacks";
const USUAL_SIZE: (f64, f64) = (1440.0, 900.0);
const SMALLEST_SIZE: (f64, f64) = (960.0, 600.0);

/// Runs the program until its window is closed. A second start brings the first one's window to the front instead.
pub fn run() -> Result<(), Box<dyn Error>> {
    if cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .all(|name| env::var_os(name).is_none())
    {
        return Err(
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). csctl works without one.".into(),
        );
    }
    let app = tauri::Builder::default()
        .plugin(one_program()?)
        .plugin(tauri_plugin_store::Builder::default().build())
        .plugin(window_state()?)
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(tauri::generate_handler![ipc::call])
        .setup(|app| set_up(app))
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event
            && let Some(local) = app.try_state::<Arc<Local>>()
        {
            async_runtime::block_on(local.stop());
        }
    });
    Ok(())
}

fn set_up(app: &App) -> Result<(), Box<dyn Error>> {
    let places = Places::find()?;
    places.make()?;
    logging::start(&places.logs)?;
    tracing::info!(version = %app.package_info().version, "the program has started");

    let bundled = app.path().resource_dir().ok().map(|folder| folder.join("postgresql"));
    let local = Arc::new(Local::new(places.workspace.clone(), bundled));
    let host = DesktopHost::new(app.handle(), &places, Arc::clone(&local))?;
    app.manage(local);
    app.manage(api::desk(Arc::new(host)));

    WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::default())
        .title(TITLE)
        .inner_size(USUAL_SIZE.0, USUAL_SIZE.1)
        .min_inner_size(SMALLEST_SIZE.0, SMALLEST_SIZE.1)
        .data_directory(places.web)
        // Links to elsewhere open in the system's browser; nothing else may take the page's place.
        .on_navigation(is_own_page)
        .build()?;
    async_runtime::spawn(end_when_told(app.handle().clone()));
    Ok(())
}

fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => {
            matches!(url.host_str(), Some("tauri.localhost"))
                || (tauri::is_dev() && url.host_str() == Some("localhost"))
        }
        _ => false,
    }
}

/// A home of its own makes another program: the name on the session bus carries it.
fn one_program() -> io::Result<TauriPlugin<tauri::Wry>> {
    let plugin = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| show(app));
    Ok(match Places::home()? {
        Some(home) => {
            let hash = Sha256::digest(home.as_os_str().as_encoded_bytes());
            let tag = hash.iter().take(8).fold(0_u64, |tag, byte| tag << 8 | u64::from(*byte));
            plugin.dbus_id(format!("{IDENTIFIER}.home{tag:016x}")).build()
        }
        None => plugin.build(),
    })
}

fn window_state() -> io::Result<TauriPlugin<tauri::Wry>> {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    let plugin = tauri_plugin_window_state::Builder::default().with_state_flags(kept);
    Ok(match Places::home()? {
        // An absolute name takes the place of the platform's folder.
        Some(home) => plugin
            .with_filename(home.join("window-state.json").to_string_lossy())
            .build(),
        None => plugin.build(),
    })
}

fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(WINDOW) else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// From a terminal or the session's manager: ends the program as closing its window does, so that the local server
/// stops too.
async fn end_when_told(app: AppHandle) {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
    app.exit(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_own_page_takes_the_window() {
        for (url, own) in [
            ("tauri://localhost/tickets", true),
            ("http://tauri.localhost/", true),
            ("https://example.com/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_own_page(&url.parse().unwrap()), own, "{url}");
        }
    }
}
