//! A registry of images on this computer, as an engine asks one: one image of one layer, whose way an engine can be kept
//! waiting on.

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::Semaphore};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// The image's name and tag in the registry.
const NAME: &str = "shop/web";
const TAG: &str = "2";

/// A registry that ends with the test.
pub struct Registry {
    port: u16,
    gate: Arc<Semaphore>,
}

struct Image {
    manifest: (String, Vec<u8>),
    config: (String, Vec<u8>),
    layer: (String, Vec<u8>),
    gate: Arc<Semaphore>,
}

impl Registry {
    /// With an image that sleeps, made of this layer (a tar). The layer is held back until [`Registry::let_through`].
    pub async fn holding_back(layer: Vec<u8>) -> Self {
        let gate = Arc::new(Semaphore::new(0));
        let image = Arc::new(Image::of(layer, Arc::clone(&gate)));
        let routes = Router::new()
            .route("/v2/", get(async || ()))
            .route("/v2/{group}/{name}/manifests/{reference}", get(manifest))
            .route("/v2/{group}/{name}/blobs/{digest}", get(blob))
            .with_state(image);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { port, gate }
    }

    /// With an image that nothing holds back.
    pub async fn with(layer: Vec<u8>) -> Self {
        let registry = Self::holding_back(layer).await;
        registry.let_through();
        registry
    }

    /// From now on the layer is handed out.
    pub fn let_through(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// What the image is called with the registry it comes from.
    pub fn image(&self) -> String {
        format!("127.0.0.1:{}/{NAME}:{TAG}", self.port)
    }

    /// One that the registry hasn't got.
    pub fn missing(&self) -> String {
        format!("127.0.0.1:{}/{NAME}:3", self.port)
    }
}

impl Image {
    fn of(layer: Vec<u8>, gate: Arc<Semaphore>) -> Self {
        let layer = (digest(&layer), layer);
        let config = json!({
            "architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
            "os": "linux",
            "config": {"Cmd": ["/bin/sleep", "100000"]},
            "rootfs": {"type": "layers", "diff_ids": [layer.0]},
            "history": [{"created": "2026-01-01T00:00:00Z"}],
        })
        .to_string()
        .into_bytes();
        let config = (digest(&config), config);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": config.1.len(), "digest": config.0},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": layer.1.len(), "digest": layer.0}],
        })
        .to_string()
        .into_bytes();
        Self {
            manifest: (digest(&manifest), manifest),
            config,
            layer,
            gate,
        }
    }
}

fn digest(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // A text takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

async fn manifest(
    State(image): State<Arc<Image>>,
    Path((group, name, reference)): Path<(String, String, String)>,
) -> Response {
    let (digest, bytes) = &image.manifest;
    if format!("{group}/{name}") != NAME || (reference != TAG && reference != *digest) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, MANIFEST.to_owned()),
        (header::HeaderName::from_static("docker-content-digest"), digest.clone()),
    ];
    (headers, bytes.clone()).into_response()
}

async fn blob(State(image): State<Arc<Image>>, Path((_, _, wanted)): Path<(String, String, String)>) -> Response {
    let Some((_, bytes)) = [&image.config, &image.layer]
        .into_iter()
        .find(|(digest, _)| *digest == wanted)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if wanted == image.layer.0
        && let Ok(passed) = image.gate.acquire().await
    {
        passed.forget();
    }
    Body::from(bytes.clone()).into_response()
}
