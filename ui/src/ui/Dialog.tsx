import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { cx } from "../lib/cx";
import { useInertPage } from "./useInertPage";

export type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** One or two sentences under the title. */
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, right-aligned, the primary one last. */
  footer?: ReactNode;
  width?: "small" | "medium" | "wide";
  /** What has the focus first; the first field when not given. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Set while something typed would be lost: then a click outside does not close. */
  dirty?: boolean;
  className?: string;
};

export function Dialog(props: DialogProps) {
  const { open, onClose, title, description, children, footer, width = "medium", initialFocus, dirty = false } = props;
  const holdPage = useInertPage(open);
  return (
    <Base.Root
      open={open}
      disablePointerDismissal={dirty}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Viewport className="dialog-viewport">
          <Base.Popup
            className={cx("dialog", `dialog-${width}`, props.className)}
            initialFocus={initialFocus}
            onFocus={holdPage}
          >
            <header className="dialog-head">
              <Base.Title className="dialog-title">{title}</Base.Title>
              <Base.Close className="icon-btn" aria-label="Close">
                <X aria-hidden />
              </Base.Close>
            </header>
            <div className="dialog-body">
              {description !== undefined && (
                <Base.Description className="dialog-text" render={<div />}>
                  {description}
                </Base.Description>
              )}
              {children}
            </div>
            {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
