import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { askUnsaved, hasUnsaved } from "../lib/unsaved";
import { FormDialog } from "./FormDialog";

afterEach(cleanup);

function open(dirty: boolean, pending = false) {
  const onClose = vi.fn();
  const onSubmit = vi.fn();
  const view = render(
    <FormDialog
      open
      onClose={onClose}
      title="Rename"
      submitLabel="Rename it"
      onSubmit={onSubmit}
      pending={pending}
      dirty={dirty}
    >
      <input aria-label="Name" />
    </FormDialog>,
  );
  return { onClose, onSubmit, view };
}

describe("a form in a dialog", () => {
  it("closes without a word when nothing was typed", () => {
    const { onClose } = open(false);
    expect(hasUnsaved()).toBe(false);
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("holds back who wants to leave until it is closed", () => {
    const { onClose, view } = open(true);
    expect(hasUnsaved()).toBe(true);
    let waits = false;
    act(() => {
      waits = askUnsaved();
    });
    expect(waits).toBe(true);
    expect(screen.getByText("What you typed is not saved.")).toBeDefined();
    expect(onClose).not.toHaveBeenCalled();
    view.unmount();
    expect(hasUnsaved()).toBe(false);
  });

  it("keeps the page out of reach from when it has the focus until it is closed", () => {
    const page = document.createElement("div");
    page.id = "root";
    document.body.append(page);
    const { view } = open(true);
    fireEvent.focus(screen.getByRole("textbox", { name: "Name" }));
    expect(page.hasAttribute("inert")).toBe(true);
    view.unmount();
    expect(page.hasAttribute("inert")).toBe(false);
    page.remove();
  });

  it("is sent with Ctrl+S, once", () => {
    const { onSubmit, view } = open(true);
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Name" }), { key: "s", ctrlKey: true });
    expect(onSubmit).toHaveBeenCalledTimes(1);
    view.unmount();
    const again = open(true, true);
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Name" }), { key: "s", ctrlKey: true });
    expect(again.onSubmit).not.toHaveBeenCalled();
  });

  it("stays while it is being sent", () => {
    const { onClose } = open(true, true);
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Name" }), { key: "Escape" });
    expect(onClose).not.toHaveBeenCalled();
  });
});
