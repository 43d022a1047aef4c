import type { AccountRow, ExposedRow, SyncNote, SyncRow, WorkspaceKeyState } from "../../bindings/contract";
import { servers } from "./business";
import { daysAgo, instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";
import { startMockTask } from "./tasks";

const query = new URLSearchParams(location.search);
const ASKED =
  "52 of the 118 servers of this account are missing at the provider: more than a tenth. None was marked as gone, and their hours count as before. Check that the token is the right account's; if they are really gone, sync again and allow it.";

const counted = (account: string) => {
  const mine = servers.filter((each) => each.account === account);
  return {
    servers: mine.length,
    unassigned: mine.filter((each) => each.organization_id === null).length,
    missing: mine.filter((each) => each.presence === "missing").length,
    gone: mine.filter((each) => each.presence === "gone").length,
  };
};

const accounts: Array<AccountRow> = [
  {
    id: 1,
    provider: "linode",
    label: "Linode EU",
    endpoint: null,
    is_active: true,
    token: "sealed",
    username: "halyard-eu",
    scopes: "linodes:read_only account:read_only",
    token_checked_at: daysAgo(61),
    observed_at: minutesAgo(4),
    last_sync: { id: 431, status: "completed", started_at: minutesAgo(4), error_code: null, error: null },
    ...counted("Linode EU"),
    last_success_at: minutesAgo(4),
    last_failure: null,
    rate: { limit: 1840, left: 1797, resets_at: null, seen_at: minutesAgo(4) },
    missing_scopes: ["linodes:read_write", "ips:read_write"],
    regions_on_sale: ["eu-central", "eu-west"],
    updated_at: daysAgo(61),
  },
  {
    id: 2,
    provider: "linode",
    label: "Linode US",
    endpoint: null,
    is_active: true,
    token: "sealed",
    username: "halyard-us",
    scopes: "*",
    token_checked_at: daysAgo(200),
    observed_at: minutesAgo(64),
    last_sync: { id: 430, status: "stopped", started_at: minutesAgo(5), error_code: "sync_many_gone", error: ASKED },
    ...counted("Linode US"),
    last_success_at: null,
    last_failure: null,
    rate: null,
    missing_scopes: [],
    regions_on_sale: [],
    updated_at: daysAgo(200),
  },
  {
    id: 3,
    provider: "linode",
    label: "Old panel",
    endpoint: null,
    is_active: true,
    token: "not_sealed",
    username: null,
    scopes: null,
    token_checked_at: null,
    observed_at: null,
    last_sync: null,
    servers: 0,
    unassigned: 0,
    missing: 0,
    gone: 0,
    last_success_at: null,
    last_failure: null,
    rate: null,
    missing_scopes: [],
    regions_on_sale: [],
    updated_at: daysAgo(300),
  },
];

const NOTE: SyncNote = { id: 48_211_036, kind: "deleted_here", server_id: 5029, text: null };
const syncs: Array<SyncRow> = Array.from({ length: 48 }, (_, index): SyncRow => {
  const id = 431 - index;
  const us = index % 2 === 1;
  const failed = index === 6 || index === 23;
  const status = index === 1 ? "stopped" : failed ? "failed" : index === 12 ? "partial" : "completed";
  const seen = failed || index === 1 ? 0 : us ? 118 : 320;
  return {
    id,
    account_id: us ? 2 : 1,
    account: us ? "Linode US" : "Linode EU",
    status,
    started_at: minutesAgo(4 + Math.floor(index / 2) * 60 + (us ? 1 : 0)),
    finished_at: minutesAgo(4 + Math.floor(index / 2) * 60),
    started_by: index % 5 === 0 ? "Maya Okafor" : null,
    seen,
    added: index === 0 ? 2 : 0,
    changed: seen === 0 ? 0 : (index * 7) % 5,
    unchanged: seen,
    returned: index === 14 ? 1 : 0,
    missing: 0,
    gone: index === 16 ? 1 : 0,
    skipped: index === 12 ? 1 : 0,
    notes: index === 12 ? [NOTE] : [],
    error_code: index === 1 ? "sync_many_gone" : failed ? "provider_limited" : null,
    error:
      index === 1
        ? ASKED
        : failed
          ? "Linode takes no more requests for now. Nothing was read. Try again in 40 seconds."
          : null,
  };
});

let keyVersion = 1;
let exposed: Array<ExposedRow> = [];
let key: WorkspaceKeyState = (query.get("key") as WorkspaceKeyState | null) ?? "held";
function found(id: number): AccountRow {
  return accounts.find((each) => each.id === id) ?? fail("not_found", "There is no such account.");
}

export function providerCommands(scenario: Scenario): Handlers {
  const some = <T>(rows: Array<T>): Array<T> => (scenario === "empty" ? [] : rows);
  const withKey = () => (key === "held" ? null : "Enter the workspace key first: it seals the tokens.");
  return {
    "providers.list": () => ({
      accounts: some(accounts),
      key,
      key_is_temporary: query.get("keychain") === "none",
      actions: ["create", "replace_token", "sync", "edit"].map((name) => {
        const reason = name === "edit" ? null : withKey();
        return { name, allowed: reason === null, reason };
      }),
    }),
    "providers.create": (request) => {
      if (request.token === "wrong")
        return fail(
          "provider_token_refused",
          "Linode doesn't accept the token of this account. Nothing was read. Enter a token that is valid.",
          "token",
        );
      const id = 10 + accounts.length;
      const first = accounts[0];
      if (first === undefined) return fail("internal", "The mock has no account.");
      accounts.push({
        ...first,
        id,
        label: request.label,
        username: "halyard",
        observed_at: null,
        last_sync: null,
        servers: 0,
        unassigned: 0,
        gone: 0,
      });
      return { id, username: "halyard" };
    },
    "providers.rename": (request) => {
      found(request.id).label = request.label;
      return {};
    },
    "providers.replace_token": (request) => {
      const account = found(request.id);
      account.token = "sealed";
      account.username = "halyard";
      return { id: request.id, username: "halyard" };
    },
    "providers.set_active": (request) => {
      found(request.id).is_active = request.active;
      return {};
    },
    "providers.sync": (request) => {
      const account = found(request.id);
      const begun = mockNow();
      return startMockTask({
        kind: "sync",
        title: `Sync of ${account.label}`,
        on_cancel: "Stops reading; what is written already stays.",
        stale: ["providers", "servers"],
        total: 4,
        ms: 4_000,
        ended: () => {
          account.observed_at = instant(mockNow());
          account.last_sync = {
            id: 440,
            status: "completed",
            started_at: instant(begun),
            error_code: null,
            error: null,
          };
          return "0 added, 3 changed, 317 unchanged, 0 gone, 0 back.";
        },
        stopped: () => `Sync of ${account.label}: stopped. What was written before stays.`,
      });
    },
    "providers.syncs": (request) => page(some(syncs), request),
    "providers.export_syncs": (request) => ({
      path: "/home/maya/Downloads/syncs-2026-11-22.csv",
      rows: page(some(syncs), request.list).total,
    }),
    "workspace_key.give": (request) => {
      if (!request.key.startsWith("cswk-"))
        return fail("invalid_field", "This is no workspace key: one begins with cswk- and is a single line.", "key");
      key = "held";
      return {};
    },
    "workspace_key.make": () => {
      key = "held";
      return { path: null };
    },
    "workspace_key.standing": () => ({ version: keyVersion, is_under_way: false, left: 0, exposed }),
    "workspace_key.rotate": (request) =>
      startMockTask({
        kind: "rotation",
        title: "Rotating the workspace key",
        on_cancel:
          "Stops after the current step; what is sealed under either key stays readable. Rotate again to finish.",
        stale: ["providers", "desks"],
        total: 3,
        ms: 3_000,
        ended: () => {
          keyVersion += 1;
          if (request.lost !== null) {
            exposed = accounts.map((account) => ({
              table: "provider_configs",
              column: "credentials",
              row: account.id,
              label: account.label,
              lost: request.lost,
              noted_at: instant(mockNow()),
            }));
          }
          return `The workspace key is version ${keyVersion}. 3 secrets were sealed anew, and version ${keyVersion - 1} is retired.`;
        },
        stopped: () => "Stopped. What is left stays under the older key: rotate again to finish.",
      }),
    "workspace_key.settle": (request) => {
      exposed = exposed.filter((row) => row.table !== request.table || row.row !== request.row);
      return {};
    },
    "workspace_key.copy": () => ({ path: "/home/maya/Downloads/halyard-workspace-key-1.txt" }),
  };
}
