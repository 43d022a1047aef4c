import { useNavigate, useSearch } from "@tanstack/react-router";
import { Copy, FileKey, History, KeyRound, Network, PanelRight, Plus } from "lucide-react";
import { useState } from "react";
import type { AccountRow, Sort, SyncRow } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useRead, useReadPages, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { isLive, useTasks } from "../../ipc/tasks";
import { reasonAgainst } from "../../lib/actions";
import { formatClock } from "../../lib/format";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { copyText } from "../../ui/copyText";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { showToast } from "../../ui/Toast";
import { AddAccountDialog, RenameAccountDialog, ReplaceTokenDialog } from "./AccountDialogs";
import { type AccountDeed, AccountsPanel } from "./AccountsPanel";
import { SYNC_COLUMNS } from "./columns";
import { HealthDialog } from "./HealthDialog";
import { KeyNotice } from "./KeyNotice";
import { KeyStandingNotice } from "./KeyStandingNotice";
import { NetworkingTab } from "./NetworkingTab";
import { ProviderTabs, useProviderTab } from "./ProviderTabs";
import { RegionsDialog } from "./RegionsDialog";
import { RotateKeyDialog } from "./RotateKeyDialog";
import { ScriptsTab } from "./ScriptsTab";
import { SyncGlance } from "./SyncGlance";
import "./providers.css";

type Open = { readonly deed: AccountDeed; readonly account: AccountRow } | { readonly deed: "add" | "rotate" };

/** Accounts at providers, and what servers are set up with. */
export function ProvidersPage() {
  const tab = useProviderTab();
  switch (tab) {
    case "scripts":
      return <ScriptsTab />;
    case "networking":
      return <NetworkingTab />;
    case "accounts":
      return <AccountsTab />;
  }
}

function AccountsTab() {
  const read = useRead("providers.list", {});
  const general = useWriteReason("providers");
  const tasks = useTasks();
  const task = tasks.find((each) => each.kind === "sync" && isLive(each)) ?? null;
  const isRotating = tasks.some((each) => each.kind === "rotation" && isLive(each));
  const standing = useRead("workspace_key.standing", {});
  const [open, setOpen] = useState<Open | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const sync = useWrite("providers.sync");
  const switchTo = useWrite("providers.set_active");
  const stop = useWrite("tasks.cancel");

  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Providers">
          <ProviderTabs tab="accounts" />
        </PageHeader>
        {read.error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorBlock
            title="The accounts could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
          />
        )}
      </>
    );
  }
  const { accounts, actions, key, key_is_temporary } = read.data;
  const reasons = {
    create: reasonAgainst(actions, "create", general),
    sync: reasonAgainst(actions, "sync", general),
    token: reasonAgainst(actions, "replace_token", general),
    edit: reasonAgainst(actions, "edit", general),
  };
  const rotateReason = general ?? (isRotating ? "The key is being rotated." : null);
  const close = () => setOpen(null);

  function begin(account: AccountRow, allowGone: boolean): void {
    setProblem(null);
    sync.mutate(
      { id: account.id, allow_gone: allowGone },
      // Its dialog says itself why nothing was begun.
      { onSuccess: close, onError: ({ error }) => setProblem(allowGone ? null : error.message) },
    );
  }

  function act(account: AccountRow, deed: AccountDeed): void {
    setProblem(null);
    sync.reset();
    switchTo.reset();
    if (deed === "sync") begin(account, false);
    else if (deed === "switch" && !account.is_active) {
      switchTo.mutate({ id: account.id, active: true }, { onError: ({ error }) => setProblem(error.message) });
    } else setOpen({ deed, account });
  }

  const add = (
    <Button variant="primary" icon={Plus} disabledReason={reasons.create} onClick={() => setOpen({ deed: "add" })}>
      Add account
    </Button>
  );
  return (
    <>
      <PageHeader title="Providers">
        <ProviderTabs tab="accounts" />
        {key === "held" ? (
          <>
            <Button
              icon={KeyRound}
              disabledReason={rotateReason}
              onClick={() => {
                setProblem(null);
                setOpen({ deed: "rotate" });
              }}
            >
              Rotate key…
            </Button>
            <SaveKeyButton disabledReason={general} onProblem={setProblem} />
          </>
        ) : null}
        {add}
      </PageHeader>
      <div className="providers-top">
        <KeyNotice state={key} disabledReason={general} onRetry={() => void read.refetch()} />
        {standing.data === undefined ? null : (
          <KeyStandingNotice
            standing={standing.data}
            isRotating={isRotating}
            disabledReason={general ?? (key === "held" ? null : "This desk doesn’t have the newest workspace key.")}
            editReason={general}
            onProblem={setProblem}
          />
        )}
        {key === "held" && key_is_temporary ? (
          <p className="notice notice-warning">
            This computer has no keychain: the workspace key is forgotten when the program ends, and has to be entered
            again.
          </p>
        ) : null}
        {read.error === null ? null : (
          <p className="notice notice-danger" role="alert">
            {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
          </p>
        )}
        {problem === null ? null : (
          <p className="notice notice-danger" role="alert">
            {problem}
          </p>
        )}
        {accounts.length === 0 ? null : (
          <AccountsPanel
            accounts={accounts}
            task={task}
            reasons={reasons}
            onDeed={act}
            onStop={(id) => {
              setProblem(null);
              stop.mutate({ id }, { onError: ({ error }) => setProblem(error.message) });
            }}
          />
        )}
      </div>
      {accounts.length === 0 ? (
        <EmptyState icon={Network} title="No accounts yet" action={add}>
          An account at Linode brings its servers here: their status, their addresses, and what belongs to nobody.
        </EmptyState>
      ) : (
        <SyncHistory />
      )}
      {open?.deed === "add" ? <AddAccountDialog disabledReason={reasons.create} onClose={close} /> : null}
      {open?.deed === "rotate" ? <RotateKeyDialog disabledReason={rotateReason} onClose={close} /> : null}
      {open?.deed === "replace_token" ? (
        <ReplaceTokenDialog account={open.account} disabledReason={reasons.token} onClose={close} />
      ) : null}
      {open?.deed === "health" ? (
        <HealthDialog
          account={accounts.find((row) => row.id === open.account.id) ?? open.account}
          checkReason={reasons.sync ?? (open.account.token === "sealed" ? null : "Replace its token first.")}
          onClose={close}
        />
      ) : null}
      {open?.deed === "regions" ? (
        <RegionsDialog account={open.account} disabledReason={reasons.edit} onClose={close} />
      ) : null}
      {open?.deed === "rename" ? (
        <RenameAccountDialog account={open.account} disabledReason={reasons.edit} onClose={close} />
      ) : null}
      {open?.deed === "allow_gone" ? (
        <ConfirmDialog
          title={`Sync ${open.account.label}, and let servers go`}
          description="Each server that the list doesn’t have is asked for by its number. Those that Linode doesn’t know are marked gone, and their hours wait for your decision from when they were last seen. Nothing is deleted."
          action="Sync and allow"
          pending={sync.isPending}
          failure={sync.error === null ? null : { title: "The sync did not begin", error: sync.error.error }}
          onConfirm={() => begin(open.account, true)}
          onClose={close}
        />
      ) : null}
      {open?.deed === "switch" ? (
        <ConfirmDialog
          title={`Switch off ${open.account.label}`}
          description="Its servers are not read any more, and keep the state that they have. They stay billed. It can be switched on again."
          action="Switch off account"
          pending={switchTo.isPending}
          failure={switchTo.error === null ? null : { title: "It was not switched off", error: switchTo.error.error }}
          onConfirm={() => switchTo.mutate({ id: open.account.id, active: false }, { onSuccess: close })}
          onClose={close}
        />
      ) : null}
    </>
  );
}

type SaveKeyButtonProps = {
  readonly disabledReason: string | null;
  readonly onProblem: (problem: string | null) => void;
};

function SaveKeyButton({ disabledReason, onProblem }: SaveKeyButtonProps) {
  const copy = useWrite("workspace_key.copy");
  return (
    <Button
      icon={FileKey}
      disabledReason={disabledReason}
      pending={copy.isPending}
      onClick={() => {
        onProblem(null);
        copy.mutate(
          {},
          {
            onSuccess: ({ path }) =>
              showToast({
                title: "The workspace key is in a file",
                description: `${path ?? ""} (only you can read it)`,
              }),
            onError: ({ error }) => onProblem(`The workspace key was not saved. ${error.message}`),
          },
        );
      }}
    >
      Save workspace key
    </Button>
  );
}

const USUAL: Sort = { column: "started_at", descending: true };

function SyncHistory() {
  const search = useSearch({ from: "/providers" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const request = listRequest(search, SYNC_COLUMNS, USUAL);
  const read = useReadPages(
    "providers.syncs",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<SyncRow>(read);
  return (
    <DataGrid
      grid="syncs"
      label="Syncs"
      one="sync"
      many="syncs"
      columns={SYNC_COLUMNS}
      rowId={rowId}
      rowName={rowName}
      data={data}
      request={request}
      search={search}
      onSearch={(next) => void navigate({ to: "/providers", search: next, replace: true })}
      searchHint="Account or what happened"
      singleLetters={preferences.single_key_shortcuts}
      glance={(row) => <SyncGlance row={row} />}
      actions={(row) => [
        {
          kind: "item",
          label: "Show details",
          icon: PanelRight,
          shortcut: "Space",
          onSelect: () => void navigate({ to: "/providers", search: { ...search, id: row.id }, replace: true }),
        },
        { kind: "separator" },
        {
          kind: "item",
          label: "Copy what happened",
          icon: Copy,
          disabledReason: row.error === null ? "Nothing went wrong." : null,
          onSelect: () => void copyText(row.error ?? "", "Copied"),
        },
        { kind: "item", label: "Copy ID", icon: Copy, onSelect: () => void copyText(String(row.id), "ID copied") },
      ]}
      onExport={(wanted) => call("providers.export_syncs", wanted)}
      empty={{
        icon: History,
        title: "Nothing was read yet",
        text: "Every reading of an account stands here, with what it found and what went wrong.",
      }}
    />
  );
}

function rowId(row: SyncRow): number {
  return row.id;
}

function rowName(row: SyncRow): string {
  return `Sync ${row.id} of ${row.account}`;
}
