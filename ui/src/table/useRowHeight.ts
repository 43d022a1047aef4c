import { useSyncExternalStore } from "react";

const USUAL_PX = 32;

/** The height of a row as the density setting has it: `--row-h` of the document, which no row may exceed. */
export function useRowHeight(): number {
  return useSyncExternalStore(watch, read, () => USUAL_PX);
}

/** Asking for computed styles makes the browser compute them: once per change is enough. */
let known: number | null = null;

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(() => {
    known = null;
    changed();
  });
  known = null;
  observer.observe(document.documentElement, { attributes: true });
  return () => observer.disconnect();
}

function read(): number {
  known ??= measure();
  return known;
}

function measure(): number {
  const styles = window.getComputedStyle(document.documentElement);
  const text = styles.getPropertyValue("--row-h").trim();
  const value = Number.parseFloat(text);
  if (!Number.isFinite(value) || value <= 0) return USUAL_PX;
  return text.endsWith("rem") ? value * (Number.parseFloat(styles.fontSize) || 16) : value;
}
