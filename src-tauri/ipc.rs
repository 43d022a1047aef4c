//! The one command through which the page asks for anything.

use std::sync::Arc;

use api::{ApiError, Desk};
use serde_json::Value;
use tauri::State;

/// Passes a command of the contract on, and its answer back. Names and shapes are the contract's.
#[tauri::command]
pub async fn call(desk: State<'_, Arc<Desk>>, name: String, payload: Value) -> Result<Value, ApiError> {
    api::dispatch(desk.inner(), &name, payload).await
}
