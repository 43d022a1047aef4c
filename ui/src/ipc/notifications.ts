import type { NotificationRow, NotificationTarget } from "../bindings/contract";
import { useWrite } from "./queries";

/** Where a notification leads, as a path of the program's. */
export function targetPath(target: NotificationTarget): string {
  switch (target.kind) {
    case "ticket":
      return `/tickets?queue=all&id=${target.id}`;
    case "invoice":
      return `/invoices/${target.id}`;
    case "run":
      return `/billing/${target.id}`;
    case "organization":
      return `/organizations/${target.id}`;
  }
}

export const TARGET_WORDS: Readonly<Record<NotificationTarget["kind"], string>> = {
  ticket: "Open ticket",
  invoice: "Open invoice",
  run: "Open billing run",
  organization: "Open organization",
};

/** Marks notifications; what is marked already stays as it is. */
export function useMark(): (rows: ReadonlyArray<NotificationRow>, read: boolean) => void {
  const mark = useWrite("notifications.mark_read");
  return (rows, read) => {
    const ids = rows.filter((row) => row.is_read !== read).map((row) => row.id);
    if (ids.length > 0) mark.mutate({ ids, read });
  };
}
