//! Compiles the permissions of the window and what `tauri.conf.json` says.

fn main() -> tauri_build::Result<()> {
    // tauri-build watches only its usual folder.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    // The root of the repository is the Tauri project; its capabilities live with the code they serve.
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes)
}
