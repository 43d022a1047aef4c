import { showToast } from "./Toast";

/** Puts text on the clipboard and says so; says too when the system refuses. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ title: said });
  } catch {
    showToast({ title: "Not copied: the system refused the clipboard", description: text });
  }
}
