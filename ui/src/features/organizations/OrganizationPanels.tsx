import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { InvoiceRow, ServerRow, TicketRow, TransactionRow, UserRow } from "../../bindings/contract";
import { ofOrganization } from "../../table/linkSearch";
import { Panel } from "../../ui/Panel";
import { StatusBadge } from "../../ui/StatusBadge";
import {
  invoiceState,
  ROLE,
  serverStatus,
  TICKET_PRIORITY,
  TICKET_STATUS,
  TRANSACTION_STATUS,
  TRANSACTION_TYPE,
} from "../../ui/status";
import { Money, Rate, Time, Unknown } from "../../ui/Text";

function All({
  to,
  name,
}: {
  readonly to: "/transactions" | "/invoices" | "/servers" | "/users";
  readonly name: string;
}) {
  const words = {
    "/transactions": "transactions",
    "/invoices": "invoices",
    "/servers": "servers",
    "/users": "users",
  } as const;
  return (
    <Link
      to={to}
      search={ofOrganization(name)}
      className="btn btn-ghost btn-sm"
      aria-label={`All ${words[to]} of ${name}`}
    >
      All
      <ChevronRight className="icon-xs" aria-hidden />
    </Link>
  );
}

type TableProps = {
  readonly label: string;
  readonly head: ReactNode;
  readonly empty: string;
  readonly children: ReactNode[];
};

function Table({ label, head, empty, children }: TableProps) {
  if (children.length === 0) return <p className="panel-empty muted">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="panel-scroll" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

type Named<Row> = { readonly name: string; readonly rows: ReadonlyArray<Row> };

export function TransactionsPanel({ name, rows }: Named<TransactionRow>) {
  return (
    <Panel title="Transactions" count="newest" actions={<All to="/transactions" name={name} />}>
      <Table
        label="Rows of the newest transactions"
        empty="No money has moved yet."
        head={
          <>
            <th scope="col">Type</th>
            <th scope="col" className="right">
              Amount
            </th>
            <th scope="col">Status</th>
            <th scope="col">Reason</th>
            <th scope="col" className="right">
              Time
            </th>
          </>
        }
      >
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <Link to="/transactions" search={{ ...ofOrganization(name), id: row.id }} className="medium">
                {typeLabel(row.type)}
              </Link>
            </td>
            <td className="right">
              <Money amount={row.amount} currency={row.currency} signed />
            </td>
            <td>
              <StatusBadge look={TRANSACTION_STATUS[row.status]} plain />
            </td>
            <td className="cell-text" title={row.reason ?? undefined}>
              {row.reason ?? <Unknown why="None given" />}
            </td>
            <td className="right">
              <Time at={row.created_at} />
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

export function InvoicesPanel({ name, rows }: Named<InvoiceRow>) {
  return (
    <Panel title="Invoices" count="newest" actions={<All to="/invoices" name={name} />}>
      <Table
        label="Rows of the newest invoices"
        empty="No month with usage has been closed yet."
        head={
          <>
            <th scope="col">Number</th>
            <th scope="col" className="right">
              Amount
            </th>
            <th scope="col" className="right">
              Due
            </th>
            <th scope="col">Status</th>
            <th scope="col" className="right">
              Issued
            </th>
          </>
        }
      >
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <Link to="/invoices/$id" params={{ id: row.id }} className="medium mono">
                {row.number ?? `Invoice ${row.id}`}
              </Link>
            </td>
            <td className="right">
              <Money amount={row.amount} currency={row.currency} />
            </td>
            <td className="right">
              <Money amount={row.due} currency={row.currency} />
            </td>
            <td>
              <StatusBadge look={invoiceState(row.state)} plain />
            </td>
            <td className="right">
              <Time at={row.created_at} />
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

export function ServersPanel({ name, rows, total }: Named<ServerRow> & { readonly total: number }) {
  return (
    <Panel title="Servers" count={total} actions={<All to="/servers" name={name} />}>
      <Table
        label="Rows of servers"
        empty="No servers are assigned."
        head={
          <>
            <th scope="col">Label</th>
            <th scope="col">Status</th>
            <th scope="col">Plan</th>
            <th scope="col" className="right">
              Rate per hour
            </th>
            <th scope="col">IPv4</th>
          </>
        }
      >
        {rows.map((row) => (
          <tr key={row.id}>
            <td className="cell-text">
              <Link to="/servers/$id" params={{ id: row.id }} className="medium">
                {row.label ?? `Server ${row.id}`}
              </Link>
            </td>
            <td>
              <StatusBadge look={serverStatus(row.status)} plain />
            </td>
            <td className="cell-text">{row.plan ?? <Unknown why="No plan" />}</td>
            <td className="right">
              <Rate rate={row.hourly_rate} />
            </td>
            <td className="mono">{row.ipv4 ?? <Unknown why="None" />}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

export function UsersPanel({ name, rows, total }: Named<UserRow> & { readonly total: number }) {
  return (
    <Panel title="Users" count={total} actions={<All to="/users" name={name} />}>
      <Table
        label="Rows of users"
        empty="Nobody has been given access yet."
        head={
          <>
            <th scope="col">E-mail</th>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col" className="right">
              Last sign-in
            </th>
          </>
        }
      >
        {rows.map((row) => (
          <tr key={row.id}>
            <td className="cell-text">
              <Link to="/users" search={{ ...ofOrganization(name), id: row.id }} className="medium">
                {row.email}
              </Link>
            </td>
            <td className="cell-text">
              {[row.first_name, row.last_name].filter((part) => part !== null && part !== "").join(" ") || <Unknown />}
            </td>
            <td>{ROLE[row.role]}</td>
            <td className="right">
              <Time at={row.last_login} unknown="Has never signed in" />
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

export function TicketsPanel({ rows, open }: { readonly rows: ReadonlyArray<TicketRow>; readonly open: number }) {
  return (
    <Panel title="Tickets" count={`${open} open`}>
      <Table
        label="Rows of the newest tickets"
        empty="No tickets have been written."
        head={
          <>
            <th scope="col">Subject</th>
            <th scope="col">Status</th>
            <th scope="col">Priority</th>
            <th scope="col" className="right">
              Last message
            </th>
          </>
        }
      >
        {rows.map((row) => (
          <tr key={row.id}>
            <td className="cell-text">
              <Link to="/tickets" search={{ queue: "all", id: row.id }} className="medium">
                {row.subject}
              </Link>
            </td>
            <td>
              <StatusBadge look={TICKET_STATUS[row.status]} plain />
            </td>
            <td>
              <StatusBadge look={TICKET_PRIORITY[row.priority]} plain />
            </td>
            <td className="right">
              <Time at={row.last_message_at} unknown="No message yet" />
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function typeLabel(type: string | null): string {
  const known: Readonly<Record<string, string>> = TRANSACTION_TYPE;
  return type === null ? "Not known" : (known[type] ?? type);
}
