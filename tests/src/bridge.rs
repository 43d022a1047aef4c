//! The loopback bridge: the built UI and the real `api` behind one HTTP address, so that an ordinary browser can play
//! the window. Only tests build it. It listens on loopback, on a free port, and wants a token with every call.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use api::Desk;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

/// The policy of the real window (`tauri.conf.json`), without Tauri's own addresses.
const POLICY: &str = "default-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'";

struct Shared {
    desk: Arc<Desk>,
    token: String,
    files: PathBuf,
}

/// A bridge that is listening. Ends when dropped.
pub struct Bridge {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Bridge {
    /// Listens for a desk.
    pub async fn start(desk: Arc<Desk>) -> Self {
        let files = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
        assert!(
            files.join("index.html").exists(),
            "the UI is not built: run `npm run build` in ui"
        );
        // A token per bridge: another program on this computer must not be able to speak to a signed-in desk.
        let token = std::fs::read_to_string("/proc/sys/kernel/random/uuid")
            .expect("randomness")
            .trim()
            .to_owned();
        let shared = Arc::new(Shared { desk, token, files });
        let routes = Router::new()
            .route("/call/{name}", post(call))
            .route("/", get(index))
            .fallback(get(file))
            .with_state(shared);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("the bridge serves");
        });
        Self { address, server }
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(payload): Json<Value>,
) -> Response {
    if headers.get("x-bridge-token").and_then(|value| value.to_str().ok()) != Some(shared.token.as_str()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match api::dispatch(&shared.desk, &name, payload).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response(),
    }
}

async fn index(State(shared): State<Arc<Shared>>) -> Response {
    let Ok(page) = std::fs::read_to_string(shared.files.join("index.html")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let page = page.replacen(
        "<head>",
        &format!("<head><meta name=\"bridge-token\" content=\"{}\">", shared.token),
        1,
    );
    (
        [
            (header::CONTENT_TYPE, "text/html"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
        ],
        page,
    )
        .into_response()
}

async fn file(State(shared): State<Arc<Shared>>, uri: axum::http::Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        // A route of the program: the same page.
        _ => return index(State(shared)).await,
    };
    if path.contains("..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match std::fs::read(shared.files.join(path)) {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
