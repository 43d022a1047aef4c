import type { ReactNode } from "react";
import type {
  Instant,
  Money as MoneyText,
  Rate as RateText,
  TicketPriority,
  TicketStatus,
  TransactionStatus,
  Viewed,
} from "../../bindings/contract";
import { StatusBadge } from "../../ui/StatusBadge";
import {
  invoiceState,
  type StatusLook,
  serverStatus,
  TICKET_PRIORITY,
  TICKET_STATUS,
  TRANSACTION_STATUS,
  TRANSACTION_TYPE,
  UNKNOWN_STATUS,
} from "../../ui/status";
import { Money, Rate, Time, Unknown } from "../../ui/Text";

type Lists = Exclude<Viewed, { part: "overview" }>;
type Table = { readonly head: ReadonlyArray<Head>; readonly rows: ReadonlyArray<ReadonlyArray<ReactNode>> };
type Head = string | { readonly right: string };

type ViewedTableProps = {
  readonly viewed: Lists;
  /** The wallet's. */
  readonly currency: string | null;
  readonly onTicket: (ticket: number) => void;
};

/** A list of the customer's things, with the columns that a customer may read. */
export function ViewedTable({ viewed, currency, onTicket }: ViewedTableProps) {
  const { head, rows } = tableOf(viewed, currency, onTicket);
  if (rows.length === 0) return <p className="panel-none muted view-none">The customer sees nothing here.</p>;
  const ids = viewed.rows.map((row) => ("kind" in row && viewed.part === "plans" ? `${row.kind} ${row.id}` : row.id));
  return (
    <div className="view-table">
      <table className="table">
        <thead className="chrome">
          <tr>
            {head.map((cell) =>
              typeof cell === "string" ? (
                <th key={cell}>{cell}</th>
              ) : (
                <th key={cell.right} className="right">
                  {cell.right}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, index) => (
            <tr key={ids[index]}>
              {cells.map((cell, place) => {
                const column = head[place] ?? "";
                const name = typeof column === "string" ? column : column.right;
                return (
                  <td key={name} className={typeof column === "string" ? undefined : "right"}>
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// What stands in a cell. A row is a list of these in the order of the head.

function text(value: string | null): ReactNode {
  return value === null || value === "" ? <Unknown why="None" /> : value;
}

function mono(value: string | null): ReactNode {
  return value === null ? <Unknown why="None" /> : <span className="mono">{value}</span>;
}

function time(at: Instant | null): ReactNode {
  return <Time at={at} />;
}

function period(start: Instant | null, end: Instant | null): ReactNode {
  if (start === null) return <Unknown why="None" />;
  return (
    <>
      <Time at={start} /> to <Time at={end} />
    </>
  );
}

function size(value: number | null, unit: string): ReactNode {
  return value === null ? <Unknown /> : <span className="num">{`${value} ${unit}`}</span>;
}

function status(look: StatusLook): ReactNode {
  return <StatusBadge look={look} plain />;
}

function known<T extends string>(looks: Readonly<Record<T, StatusLook>>, raw: string): StatusLook {
  const all: Readonly<Record<string, StatusLook>> = looks;
  return all[raw] ?? { ...UNKNOWN_STATUS, label: raw };
}

const DELETED: StatusLook = { ...UNKNOWN_STATUS, label: "Deleted" };

function resource(raw: string | null, deleted: Instant | null): ReactNode {
  return status(deleted === null ? serverStatus(raw) : DELETED);
}

function tableOf(viewed: Lists, currency: string | null, onTicket: (ticket: number) => void): Table {
  const money = (amount: MoneyText | null, signed = false): ReactNode => (
    <Money amount={amount} currency={currency} signed={signed} />
  );
  const open = (id: number, subject: string): ReactNode => (
    <button type="button" className="link-button" onClick={() => onTicket(id)}>
      {subject}
    </button>
  );
  switch (viewed.part) {
    case "servers":
      return {
        head: ["Label", "Status", "Plan", "Region", "IPv4", "Image", { right: "Created" }],
        rows: viewed.rows.map((row) => [
          text(row.label),
          resource(row.status, row.deleted_at),
          text(row.plan),
          text(row.region),
          mono(row.ipv4),
          text(row.image),
          time(row.created_at),
        ]),
      };
    case "containers":
      return {
        head: ["Name", "Status", "Plan", "Image", { right: "Created" }],
        rows: viewed.rows.map((row) => [
          text(row.name),
          resource(row.status, row.deleted_at),
          text(row.plan),
          text(row.image),
          time(row.created_at),
        ]),
      };
    case "invoices":
      return {
        head: ["Number", "Status", "Period", { right: "Amount" }, { right: "Paid" }, { right: "Issued" }],
        rows: viewed.rows.map((row) => [
          text(row.number),
          status(invoiceState(row.status === "pending" ? "in_review" : row.status)),
          period(row.period_start, row.period_end),
          money(row.amount),
          money(row.paid),
          time(row.created_at),
        ]),
      };
    case "transactions":
      return {
        head: ["Type", "Status", "Method", "Payment ID", { right: "Amount" }, { right: "Time" }],
        rows: viewed.rows.map((row) => [
          text((TRANSACTION_TYPE as Readonly<Record<string, string>>)[row.kind ?? ""] ?? row.kind),
          status(known<TransactionStatus>(TRANSACTION_STATUS, row.status)),
          text(row.payment_method?.replaceAll("_", " ") ?? null),
          mono(row.payment_id),
          money(row.amount, true),
          time(row.created_at),
        ]),
      };
    case "tickets":
      return {
        head: ["Number", "Subject", "Status", "Priority", "Category", { right: "Updated" }],
        rows: viewed.rows.map((row) => [
          text(row.number),
          open(row.id, row.subject),
          status(known<TicketStatus>(TICKET_STATUS, row.status)),
          status(known<TicketPriority>(TICKET_PRIORITY, row.priority)),
          text(row.category),
          time(row.updated_at),
        ]),
      };
    case "plans":
      return {
        head: [
          "Plan",
          "Kind",
          { right: "CPUs" },
          { right: "Memory" },
          { right: "Disk" },
          { right: "Per hour" },
          { right: "Per month at most" },
        ],
        rows: viewed.rows.map((row) => [
          row.name,
          row.kind === "vps" ? "Server" : "Container",
          text(row.cpus),
          size(row.memory_mb, "MB"),
          size(row.disk_gb, "GB"),
          rate(row.hourly_rate, currency),
          money(row.monthly_rate),
        ]),
      };
    case "activity":
      return {
        head: ["What", "Of", "ID", { right: "When" }],
        rows: viewed.rows.map((row) => [
          row.action,
          text(row.resource_type),
          mono(row.resource_id),
          time(row.created_at),
        ]),
      };
    case "notifications":
      return {
        head: ["To", "Title", "Message", "Read", { right: "When" }],
        rows: viewed.rows.map((row) => [
          text(row.person),
          row.title,
          text(row.message),
          row.is_read ? "Yes" : "No",
          time(row.created_at),
        ]),
      };
  }
}

function rate(value: RateText | null, currency: string | null): ReactNode {
  return <Rate rate={value} currency={currency} />;
}
