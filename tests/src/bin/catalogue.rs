//! Writes what a fresh database's catalogue says of who may what, for the program to compare live ones with.

use std::path::Path;

use cs_tests::workspace_db::WorkspaceDb;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let text = WorkspaceDb::new().await.catalogue().await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/store/src/isolation/expected.txt");
    std::fs::write(file, text)
}
