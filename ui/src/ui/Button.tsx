import type { LucideIcon } from "lucide-react";
import { type ButtonHTMLAttributes, type MouseEvent, type ReactNode, type Ref, useId } from "react";
import { cx } from "../lib/cx";
import { Kbd } from "./Kbd";
import { Tip } from "./Tip";

type Common = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "type" | "disabled"> & {
  ref?: Ref<HTMLButtonElement> | undefined;
  type?: "button" | "submit";
  /** Why it can't be used now: it stays focusable, looks disabled and says the reason. */
  disabledReason?: string | null | undefined;
  /** Under way: looks busy and does nothing more. */
  pending?: boolean;
};

export type ButtonProps = Common & {
  variant?: "default" | "primary" | "ghost" | "danger" | "note";
  size?: "md" | "sm";
  icon?: LucideIcon;
  /** A shortcut to print, such as `Mod+Enter`. */
  shortcut?: string;
  children: ReactNode;
};

const VARIANTS: Readonly<Record<NonNullable<ButtonProps["variant"]>, string>> = {
  default: "",
  primary: "btn-primary",
  ghost: "btn-ghost",
  danger: "btn-danger",
  note: "btn-note",
};

export function Button(props: ButtonProps) {
  const { variant = "default", size = "md", icon: Icon, shortcut, children, className, ...rest } = props;
  return (
    <Bare {...rest} className={cx("btn", VARIANTS[variant], size === "sm" && "btn-sm", className)}>
      {Icon !== undefined && <Icon className="icon-s" aria-hidden />}
      {children}
      {shortcut !== undefined && <Kbd keys={shortcut} />}
    </Bare>
  );
}

export type IconButtonProps = Omit<Common, "children" | "aria-label"> & {
  icon: LucideIcon;
  /** What it does: its name, and its tooltip. */
  label: string;
  shortcut?: string;
  /** A number to show on it, such as how much is unread. */
  badge?: number;
  children?: never;
};

export function IconButton({ icon: Icon, label, shortcut, badge = 0, className, ...rest }: IconButtonProps) {
  const button = (
    <Bare {...rest} aria-label={badge > 0 ? `${label}, ${badge}` : label} className={cx("icon-btn", className)}>
      <Icon aria-hidden />
      {badge > 0 && (
        <span className="icon-btn-badge" aria-hidden>
          {badge > 99 ? "99+" : badge}
        </span>
      )}
    </Bare>
  );
  if (rest.disabledReason !== null && rest.disabledReason !== undefined) return button;
  return (
    <Tip text={label} shortcut={shortcut}>
      {button}
    </Tip>
  );
}

/**
 * Leaving a field shows what is wrong with it, which moves what is below: the button that is being pressed must not
 * move from under the pointer, so pressing it doesn't take the focus from the field.
 */
function stay(event: MouseEvent): void {
  event.preventDefault();
}

function Bare({ type = "button", disabledReason, pending = false, onClick, children, ...rest }: Common) {
  const reasonId = useId();
  const off = disabledReason !== null && disabledReason !== undefined;
  const button = (
    <button
      {...(type === "submit" ? { onMouseDown: stay } : {})}
      {...rest}
      type={off || pending ? "button" : type}
      aria-disabled={off || pending || undefined}
      aria-busy={pending || undefined}
      aria-describedby={off ? reasonId : rest["aria-describedby"]}
      onClick={(event) => {
        if (off || pending) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
      {off && (
        <span id={reasonId} className="sr-only">
          {disabledReason}
        </span>
      )}
    </button>
  );
  return off ? <Tip text={disabledReason}>{button}</Tip> : button;
}
