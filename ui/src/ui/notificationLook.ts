import { CircleAlert, CircleCheck, Info, LifeBuoy, type LucideIcon, TriangleAlert, Wallet } from "lucide-react";
import type { Tone } from "./status";

export type NotificationLook = { label: string; tone: Tone; icon: LucideIcon };

const LOOKS: Readonly<Record<string, NotificationLook>> = {
  info: { label: "Information", tone: "info", icon: Info },
  success: { label: "Success", tone: "success", icon: CircleCheck },
  warning: { label: "Warning", tone: "warning", icon: TriangleAlert },
  error: { label: "Error", tone: "danger", icon: CircleAlert },
  billing: { label: "Billing", tone: "warning", icon: Wallet },
  support: { label: "Support", tone: "info", icon: LifeBuoy },
};

export const NOTIFICATION_TYPES = Object.entries(LOOKS).map(([value, { label }]) => ({ value, label }));

/** Other programs write what types they like: those are shown as they come. */
export function notificationLook(type: string | null): NotificationLook {
  return LOOKS[type ?? ""] ?? { label: type ?? "Other", tone: "neutral", icon: Info };
}
