import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";

const manager = Base.createToastManager();

/** UI.md: what can be undone can be undone for this long. */
export const UNDO_MS = 10_000;
const SHOWN_MS = 5_000;

export type ToastOptions = {
  title: string;
  description?: string;
  /** Undo, or a way to what was made. */
  action?: { label: string; onSelect: () => void };
  timeoutMs?: number;
};

/** Confirms what was done. Never carries an error that needs action. */
export function showToast({ title, description, action, timeoutMs }: ToastOptions): void {
  const id: string = manager.add({
    title,
    ...(description === undefined ? {} : { description }),
    timeout: timeoutMs ?? (action === undefined ? SHOWN_MS : UNDO_MS),
    ...(action === undefined
      ? {}
      : {
          actionProps: {
            children: action.label,
            onClick: () => {
              action.onSelect();
              manager.close(id);
            },
          },
        }),
  });
}

/** Where toasts appear; once, around the whole program. */
export function ToastHost() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="toasts">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="toast">
      <Base.Content className="toast-content">
        <div className="grow">
          <Base.Title className="toast-title" render={<p />} />
          <Base.Description className="toast-text" />
        </div>
        <Base.Action className="btn btn-sm" />
        <Base.Close className="icon-btn icon-btn-sm" aria-label="Dismiss">
          <X className="icon-s" aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
