/** Whether a key press belongs to what is being typed, so that a single letter must not be a shortcut. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.matches("input, textarea, select, [role=combobox], [role=menu] *, [role=menu]")
  );
}

/** Whether a dialog is in front: shortcuts of the page behind it rest. */
export function inDialog(): boolean {
  return document.querySelector("[role=dialog][data-open]:not(.popover), [role=alertdialog][data-open]") !== null;
}
