import type { InvoiceDetail, InvoiceLine, InvoiceRow, Money, PaletteHit } from "../../bindings/contract";
import { organizations, servers } from "./business";
import { instant, mockNow } from "./clock";
import { page } from "./lists";
import { createRandom } from "./random";
import { fail, type Handlers, type Scenario } from "./scenario";
import { startMockTask } from "./tasks";

const GRACE_MS = 72 * 3_600_000;
const NEWEST = 7;
const random = createRandom(90_210);

type Written = { row: InvoiceRow; lines: Array<InvoiceLine>; carryIn: string; carryOut: string };

/** Ten-thousandths as text: amounts are never floats, not here either. */
function exact(tenThousandths: number): string {
  const digits = String(Math.abs(tenThousandths)).padStart(5, "0");
  return `${tenThousandths < 0 ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function cents(amount: number): Money {
  return exact(amount * 100).slice(0, -2) as Money;
}

function month(back: number): { start: number; end: number; name: string; hours: number } {
  const now = new Date(mockNow());
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1);
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back + 1, 1);
  return { start, end, name: new Date(start).toISOString().slice(0, 7), hours: (end - start) / 3_600_000 };
}

/** `[line, its amount in ten-thousandths]` of one server in one month. */
function lineOf(server: (typeof servers)[number], back: number, late: boolean): [InvoiceLine, number] {
  const { name, hours, start } = month(back);
  const used = late ? 18 : random() < 0.2 ? 200 + Math.floor(random() * 300) : hours;
  const rate = Math.round(Number((server.hourly_rate ?? "0.0204").replace(".", "")));
  const cap = Math.floor((rate * 730) / 10_000) * 10_000;
  const amount = Math.min(rate * used, cap);
  return [
    {
      description: server.label ?? `Server ${server.id}`,
      quantity: String(used),
      unit: "hour",
      unit_price: exact(rate),
      amount: exact(amount),
      resource: { kind: "vps", id: server.id },
      plan: server.plan,
      usage_month: name,
      first_hour: instant(start + (hours - used) * 3_600_000),
      monthly_cap: cents(cap / 100),
      cap_applied: amount < rate * used,
      late,
    },
    amount,
  ];
}

const written: Array<Written> = [];
let serial = 0;
for (let back = 6; back >= 1; back -= 1) {
  const { start, end } = month(back);
  for (const organization of organizations.slice(0, 36)) {
    const theirs = servers.filter((server) => server.organization_id === organization.id);
    // Closing a month leaves out who has no wallet in the panel's currency.
    if (theirs.length === 0 || organization.currency !== "USD") continue;
    const before = written.findLast((each) => each.row.organization_id === organization.id);
    const carryIn = Math.round(Number((before?.carryOut ?? "0.0000").replace(".", "")));
    const parts = theirs.map((server) => lineOf(server, back, false));
    const first = theirs[0];
    if (back === 1 && organization.id === 101 && first !== undefined) parts.push(lineOf(first, 2, true));
    const usage = parts.reduce((sum, [, amount]) => sum + amount, 0) + carryIn;
    const total = Math.floor(usage / 100);
    serial += 1;
    const short = back === 1 && serial % NEWEST === 3;
    const paid = short ? Math.floor(total * 0.7) : total;
    const issued = back === 1 && serial % 14 === 3 ? mockNow() - 30 * 3_600_000 : end + 75 * 60_000;
    written.push({
      lines: parts.map(([line]) => line),
      carryIn: exact(carryIn),
      carryOut: exact(usage - total * 100),
      row: {
        id: serial,
        number: `INV-2026-${String(serial).padStart(6, "0")}`,
        organization_id: organization.id,
        organization: organization.name,
        currency: organization.currency,
        amount: cents(total),
        amount_paid: cents(paid),
        due: cents(total - paid),
        status: short ? "pending" : "paid",
        state: short ? (issued + GRACE_MS < mockNow() ? "overdue" : "in_review") : "paid",
        due_by: instant(issued + GRACE_MS),
        of_close: true,
        kind: "usage",
        corrects: null,
        period_start: instant(start),
        period_end: instant(end),
        created_at: instant(issued),
        paid_at: short ? null : instant(issued),
      },
    });
  }
}
written.reverse();

export function invoicesOf(organization: number): Array<InvoiceRow> {
  return written.filter((each) => each.row.organization_id === organization).map((each) => each.row);
}

export function findInvoices(wanted: string): Array<PaletteHit> {
  return written
    .filter((each) => each.row.number?.toLowerCase().includes(wanted) === true)
    .map(({ row }) => ({
      kind: "invoice",
      id: row.id,
      title: row.number ?? "",
      subtitle: `${row.organization}, ${row.amount} ${row.currency}`,
    }));
}

function find(id: number): Written {
  return (
    written.find((each) => each.row.id === id) ?? fail("not_found", "It doesn't exist, or your role can't see it.")
  );
}

/** What moved the wallet besides usage. */
function told(row: InvoiceRow): InvoiceDetail["told"] {
  if (row.status === "cancelled" || row.period_start === null) return [];
  const on = (day: number, hour: number) => instant(Date.parse(row.period_start ?? "") + (day * 24 + hour) * 3_600_000);
  return [
    { transaction_id: 9001, at: on(8, 10), kind: "adjustment", reason: "Migration by hand, 2 h", amount: "90.00" },
    { transaction_id: 9002, at: on(20, 16), kind: "refund", reason: "Outage of the 12th", amount: "-14.40" },
  ];
}

function detail({ row, lines, carryIn, carryOut }: Written, support: boolean): InvoiceDetail {
  const usage = lines.reduce((sum, line) => sum + Number((line.amount ?? "0").replace(".", "")), 0);
  const final = row.status === "paid" || row.status === "cancelled";
  const reason = support
    ? "Only admins and finance staff can change invoices."
    : final
      ? `An invoice that is ${row.status} can't become cancelled.`
      : null;
  return {
    invoice: row,
    lines,
    usage: exact(usage),
    carry_in: carryIn,
    carry_out: carryOut,
    told: told(row),
    seller: {
      name: "Halyard Hosting",
      address: "14 Harbour Row\nBristol BS1 4DJ\nVAT GB 123 4567 89",
      terms: "Payable within 14 days of the date of issue.",
    },
    customer: { name: row.organization, address: "" },
    actions: [
      { name: "pdf", allowed: true, reason: null },
      { name: "cancel", allowed: reason === null, reason },
    ],
  };
}

const closedHere = new Set<string>();

export function invoiceCommands(scenario: Scenario): Handlers {
  const rows = () => (scenario === "empty" ? [] : written.map((each) => each.row));
  return {
    "invoices.list": (request) => page(rows(), request),
    "invoices.get": ({ id }) => detail(find(id), scenario === "support"),
    "invoices.export": (request) => ({
      path: "/home/maya/Downloads/invoices.csv",
      rows: page(rows(), request.list).total,
    }),
    "invoices.save": ({ format, list }) => {
      const matching = page(rows(), { ...list, after: null });
      const [only] = matching.rows;
      const name = format === "pdf" && matching.total === 1 && only !== undefined ? only.number : "invoices";
      return { path: `/home/maya/Downloads/${name}.${format}`, invoices: matching.total, left_out: 0 };
    },
    "invoices.cancel": ({ id, expected_status }) => {
      const { row } = find(id);
      if (row.status !== expected_status)
        fail("stale", "Somebody has changed this in the meantime. Your change was not saved; look at the new state.");
      row.status = "cancelled";
      row.state = "cancelled";
      row.due = "0.00" as Money;
      return {};
    },
    "invoices.close_preview": ({ period }) => {
      const { name } = month(0);
      if (period >= name) fail("period_not_over", "The month's last hours have not ended yet. Nothing was closed.");
      const closed = period !== month(1).name && !closedHere.has(period);
      const already = written.filter((each) => each.row.period_start?.startsWith(period) === true).length;
      return {
        period,
        closed,
        billed: false,
        already: closed ? already : 0,
        already_total: (closed ? "66911.04" : "0.00") as Money,
        invoices: closed ? 0 : 212,
        total: (closed ? "0.00" : "68402.19") as Money,
        usage: closed ? "0.0000" : "68402.9914",
        late: closed ? "0.0000" : "2.2032",
        currency: "USD",
        skipped: closed ? [] : [{ organization_id: 111, organization: "Anselm Optics", reason: "foreign_currency" }],
      };
    },
    "invoices.close": ({ period }) => {
      closedHere.add(period);
      return startMockTask({
        kind: "close",
        title: `Close of ${period}`,
        on_cancel:
          "Stops after the current organizations; what was issued stays, and closing again goes on from there.",
        stale: ["invoices", "billing", "organizations", "tickets"],
        total: 2_140,
        ms: 2_500,
        ended: () => `${period}: 212 invoices issued, 68402.19 in all.`,
        stopped: (done) => `${period}: stopped; ${done} invoices stay issued.`,
      });
    },
  };
}
