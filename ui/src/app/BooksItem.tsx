import { Link } from "@tanstack/react-router";
import { BookCheck, BookX } from "lucide-react";
import { useEffect } from "react";
import type { Books, Breach, ProofRow } from "../bindings/contract";
import { useRead, useWrite } from "../ipc/queries";
import { isLive, useTasks } from "../ipc/tasks";
import { useNow } from "../lib/clock";
import { formatClock, formatCount, formatListTime, plural } from "../lib/format";
import { Button } from "../ui/Button";
import { Popover } from "../ui/Popover";
import { Time } from "../ui/Text";
import { Facts } from "./Facts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Between two looks at what has moved in the books. */
const PROVE_MS = 5 * MINUTE_MS;
const SHOWN = 30;

const WHAT: Readonly<Record<string, string>> = {
  wallet: "A wallet is not the sum of its transactions",
  ledger_charge: "A charge has no usage behind it",
  charge_usage: "A charge is not what its hours cost",
  charge_sum: "A charge and its carries don't add up",
  charge_transaction: "A charge is not its row in the ledger",
  charge_chain: "A charge doesn't go on from the one before",
  meter: "A meter doesn't go on from the last charge",
  arrears: "What was not covered is another sum",
  hours_missed: "Hours were never charged",
  hours_twice: "Hours would be charged twice",
  two_owners: "A resource belongs to two organizations at once",
  invoice_sum: "An invoice is not the sum of its lines",
  invoice_lines: "An invoice's lines are not the hours behind it",
  invoice_carry: "An invoice doesn't carry on from the one before",
  invoice_paid: "An invoice is paid with another sum",
  invoice_number: "An invoice's number is missing",
  told_transaction: "An invoice tells a transaction wrongly",
  run_sum: "A run is not the sum of its charges",
  revenue: "Revenue is not the sum of its charges",
};

/** Whether the books are right, for those whom they concern. While it is seen, what moves in them is proven. */
export function BooksItem() {
  const books = useRead("billing.books", {}).data;
  const { mutate } = useWrite("billing.prove_changes");
  const may = mayProve(books);
  useEffect(() => {
    if (!may) return;
    const timer = setInterval(() => mutate({}), PROVE_MS);
    return () => clearInterval(timer);
  }, [may, mutate]);
  if (books === undefined || !may) return null;
  return <BooksStanding proof={books.proof} />;
}

function mayProve(books: Books | undefined): boolean {
  return books?.actions.some((action) => action.name === "prove" && action.allowed) ?? false;
}

function BooksStanding({ proof }: { proof: ProofRow | null }) {
  const now = useNow(MINUTE_MS);
  const broken = proof !== null && !proof.ok;
  const Icon = broken ? BookX : BookCheck;
  return (
    <>
      <span className={broken ? "separator" : "separator status-extra"} aria-hidden />
      <Popover
        title="Books"
        side="top"
        trigger={
          <button
            type="button"
            className={broken ? "status-lost" : "status-extra"}
            {...(proof === null ? {} : { title: proof.scope })}
          >
            <Icon className={proof?.ok === true ? "icon-xs fg-success" : "icon-xs"} aria-hidden />
            {booksText(proof, now)}
          </button>
        }
      >
        <BooksDetail proof={proof} />
      </Popover>
    </>
  );
}

/** What the status bar says of the books. */
export function booksText(proof: ProofRow | null, now: number): string {
  if (proof === null) return "Books not proven yet";
  if (!proof.ok) return `Books: ${plural(proof.breach_count, "breach", "breaches")}`;
  const at = Date.parse(proof.confirmed_at);
  return `Books proven at ${now - at < DAY_MS ? formatClock(at) : formatListTime(proof.confirmed_at, now)}`;
}

function BooksDetail({ proof }: { proof: ProofRow | null }) {
  const prove = useWrite("billing.prove");
  const live = useTasks().some((task) => task.kind === "proof" && isLive(task));
  const count = (kind: string) => formatCount(proof?.checked[kind] ?? 0);
  return (
    <>
      {proof === null ? (
        <p className="popover-text">
          A proof recomputes every wallet, charge and invoice from what they rest on, and finds any hour that was missed
          or charged twice.
        </p>
      ) : (
        <Facts
          facts={[
            ["Proven", <Time key="at" at={proof.proven_at} style="detail" />],
            ["Nothing moved until", <Time key="until" at={proof.confirmed_at} style="detail" />],
            ["Looked at", proof.scope === "full" ? "Everything" : "What had moved since the proof before"],
            ["By", proof.proven_by ?? "A program"],
            ["Wallets", count("wallets")],
            ["Charges", count("charges")],
            ["Hours", count("hours")],
            ["Invoices", count("invoices")],
          ]}
        />
      )}
      {proof?.breaches.slice(0, SHOWN).map((breach, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list of a proof never changes
        <BreachText key={place} breach={breach} />
      ))}
      {proof !== null && proof.breach_count > SHOWN && (
        <p className="popover-text">
          {formatCount(proof.breach_count - SHOWN)} more: csctl billing prove names them all.
        </p>
      )}
      <p className="popover-foot">
        <Button size="sm" pending={prove.isPending || live} onClick={() => prove.mutate({})}>
          Prove everything
        </Button>
      </p>
    </>
  );
}

function BreachText({ breach }: { breach: Breach }) {
  const id = breach.organization_id;
  return (
    <p className="popover-text selectable">
      <strong>{WHAT[breach.what] ?? breach.what}</strong>: {breach.thing} {breach.thing_id ?? ""}
      {id !== null && (
        <>
          {" of "}
          <Link to="/organizations/$id" params={{ id }}>
            {breach.organization ?? `organization ${id}`}
          </Link>
        </>
      )}
      , expected {breach.expected ?? "nothing"}, found {breach.found ?? "nothing"}.
    </p>
  );
}
