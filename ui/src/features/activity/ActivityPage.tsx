import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Copy, PanelRight, ScrollText } from "lucide-react";
import type { ActivityRow, Role, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { useSession } from "../../ipc/session";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { ActivityGlance } from "./ActivityGlance";
import { ACTIVITY_COLUMNS } from "./columns";
import { thingName } from "./things";

const USUAL: Sort = { column: "created_at", descending: true };

/** What the database shows to a role. */
const PART: Readonly<Record<Role, string>> = {
  admin: "Everything that was changed",
  finance: "What is about money",
  support: "What you did",
  user: "",
};

export function ActivityPage() {
  const search = useSearch({ from: "/activity" });
  const navigate = useNavigate();
  const { session } = useSession();
  const { preferences } = usePreferences();
  const request = listRequest(search, ACTIVITY_COLUMNS, USUAL);
  const read = useReadPages(
    "activity.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<ActivityRow>(read);

  return (
    <>
      <PageHeader title="Activity log" note={PART[session.role]} />
      <DataGrid
        grid="activity"
        label="Activity"
        one="entry"
        many="entries"
        columns={ACTIVITY_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/activity", search: next, replace: true })}
        searchHint="Action, thing’s ID, e-mail, organization"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => <ActivityGlance key={row.id} row={row} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/activity", search: { ...search, id: row.id }, replace: true }),
          },
          {
            kind: "item",
            label: "Open organization",
            icon: Building2,
            disabledReason: row.organization_id === null ? "It is about no organization." : null,
            onSelect: () => {
              if (row.organization_id === null) return;
              void navigate({ to: "/organizations/$id", params: { id: row.organization_id } });
            },
          },
          { kind: "separator" },
          { kind: "item", label: "Copy ID", icon: Copy, onSelect: () => void copyText(String(row.id), "ID copied") },
          {
            kind: "item",
            label: "Copy what changed",
            icon: Copy,
            disabledReason: row.summary === "" ? "Nothing more is told." : null,
            onSelect: () => void copyText(row.summary, "Text copied"),
          },
        ]}
        onExport={(wanted) => call("activity.export", wanted)}
        empty={{
          icon: ScrollText,
          title: "Nothing is logged yet",
          text: "Whatever somebody changes is written here in the same moment: who, over which login, what, before and after.",
        }}
      />
    </>
  );
}

function rowId(row: ActivityRow): number {
  return row.id;
}

function rowName(row: ActivityRow): string {
  return `${row.action} ${thingName(row) ?? row.id}`;
}
