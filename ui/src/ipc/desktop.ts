import { invoke } from "@tauri-apps/api/core";
import { getCurrentWindow } from "@tauri-apps/api/window";
import { inDesktop } from "./call";

/** Opens a link in the person's own browser: the program's window never leaves the program. */
export function openExternal(url: string): void {
  if (inDesktop()) void invoke("plugin:opener|open_url", { url });
  else window.open(url, "_blank", "noopener,noreferrer");
}

export function setWindowTitle(title: string): void {
  document.title = title;
  if (inDesktop()) void invoke("plugin:window|set_title", { label: "main", value: title });
}

/** In a browser the browser's own zoom serves, so this answers whether it did anything. */
export function setZoom(scale: number): boolean {
  if (!inDesktop()) return false;
  void invoke("plugin:webview|set_webview_zoom", { label: "main", value: scale });
  return true;
}

/** Closes the window without asking again; a browser closes its windows by itself. */
export function closeWindow(): void {
  if (inDesktop()) void getCurrentWindow().destroy();
}

/** Has the window ask before it closes. Answers what takes the question back; a browser asks by itself. */
export function guardClose(mayClose: () => boolean): () => void {
  if (!inDesktop()) return () => undefined;
  const listening = getCurrentWindow().onCloseRequested((event) => {
    if (!mayClose()) event.preventDefault();
  });
  return () => {
    void listening.then((stop) => stop());
  };
}
