import { Link } from "@tanstack/react-router";
import { Eye, PanelRight, Plus, SquareArrowOutUpRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { CustomerContext, TicketDetail } from "../../bindings/contract";
import { type OrganizationChoice, organizationChoice } from "../../ipc/organizationSearch";
import { useSeeAsReason, useWriteReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import { formatDate, plural } from "../../lib/format";
import { ofOrganization } from "../../table/linkSearch";
import { Avatar } from "../../ui/Avatar";
import { Button, IconButton } from "../../ui/Button";
import { StatusBadge } from "../../ui/StatusBadge";
import { invoiceState, serverStatus, TICKET_STATUS } from "../../ui/status";
import { Money, Time } from "../../ui/Text";
import { Tip } from "../../ui/Tip";

export type RenderDeposit = (deposit: { organization: OrganizationChoice; onClose: () => void }) => ReactNode;

type CustomerPaneProps = { detail: TicketDetail; onHide: () => void; renderDeposit: RenderDeposit };

/** Who asks, and what they have: read beside the conversation, without leaving it. */
export function CustomerPane({ detail, onHide, renderDeposit }: CustomerPaneProps) {
  const { context } = detail;
  const seeAsReason = useSeeAsReason();
  return (
    <>
      <div className="page-head pane-head chrome">
        <h2 className="grow bold">Customer</h2>
        {context !== null && (
          <IconButton
            icon={Eye}
            label="See as customer"
            disabledReason={seeAsReason}
            onClick={() =>
              asked.set({
                dialog: "see_as",
                organization: { id: context.organization_id, name: context.organization },
                ticketNumber: detail.ticket.ticket_number,
              })
            }
          />
        )}
        {context !== null && (
          <Tip text="Open organization">
            <Link
              className="icon-btn"
              to="/organizations/$id"
              params={{ id: context.organization_id }}
              aria-label={`Open organization ${context.organization}`}
            >
              <SquareArrowOutUpRight aria-hidden />
            </Link>
          </Tip>
        )}
        <IconButton icon={PanelRight} label="Hide customer" onClick={onHide} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region has to be reachable with the keyboard. */}
      <section className="context selectable" tabIndex={0} aria-label="Customer details">
        {context === null ? (
          <section>
            <p className="muted">This ticket belongs to no organization.</p>
          </section>
        ) : (
          <Context context={context} renderDeposit={renderDeposit} />
        )}
      </section>
    </>
  );
}

function Context({ context, renderDeposit }: { context: CustomerContext; renderDeposit: RenderDeposit }) {
  const [depositing, setDepositing] = useState(false);
  const depositReason = useWriteReason("transactions");
  const theirs = ofOrganization(context.organization);
  return (
    <>
      <section>
        <div className="context-person">
          <Avatar name={context.customer ?? context.organization} size="lg" tone="primary" />
          <div className="grow">
            <div className="bold truncate">{context.customer ?? "Nobody in particular"}</div>
            <div className="small muted truncate">
              <Link to="/organizations/$id" params={{ id: context.organization_id }}>
                {context.organization}
              </Link>
            </div>
          </div>
        </div>
        <dl>
          {context.customer_email !== null && (
            <>
              <dt>E-mail</dt>
              <dd className="truncate" title={context.customer_email}>
                {context.customer_email}
              </dd>
            </>
          )}
          <dt>Customer since</dt>
          <dd className="num">{formatDate(context.customer_since)}</dd>
          <dt>Tickets</dt>
          <dd className="num">
            {context.ticket_count} in total, {context.open_ticket_count} open
          </dd>
        </dl>
      </section>
      <section>
        <h3>
          Wallet
          <Link to="/transactions" search={theirs} className="end small">
            Transactions
          </Link>
        </h3>
        {context.wallet === null ? (
          <p className="small muted">No wallet.</p>
        ) : (
          <div className="context-wallet">
            <Money className="context-balance" amount={context.wallet.balance} currency={context.wallet.currency} />
            <Button size="sm" icon={Plus} disabledReason={depositReason} onClick={() => setDepositing(true)}>
              Deposit
            </Button>
          </div>
        )}
      </section>
      <section>
        <h3>
          Servers <span className="muted num medium">{context.server_count}</span>
          <Link to="/servers" search={theirs} className="end small">
            All
          </Link>
        </h3>
        <ul>
          {context.servers.map((server) => (
            <li key={server.id} className="context-server">
              <div className="grow">
                <div className="truncate">
                  <Link to="/servers/$id" params={{ id: server.id }} className="medium">
                    {server.label ?? `Server ${server.id}`}
                  </Link>{" "}
                  <span className="muted">{server.plan}</span>
                </div>
                <div className="mono">{server.ipv4 ?? server.ipv6 ?? ""}</div>
              </div>
              <StatusBadge look={serverStatus(server.status)} />
            </li>
          ))}
          {context.servers.length === 0 && <li className="muted">None.</li>}
        </ul>
      </section>
      <section>
        <h3>
          Invoices
          <Link to="/invoices" search={theirs} className="end small">
            All
          </Link>
        </h3>
        <ul>
          {context.invoices.map((invoice) => (
            <li key={invoice.id}>
              <Link
                to="/invoices/$id"
                params={{ id: invoice.id }}
                className="num context-month"
                title={invoice.number ?? undefined}
              >
                {formatDate(invoice.created_at)}
              </Link>
              <Money className="grow right medium" amount={invoice.amount} currency={invoice.currency} />
              <span className="context-status">
                <StatusBadge look={invoiceState(invoice.state)} plain />
              </span>
            </li>
          ))}
          {context.invoices.length === 0 && <li className="muted">None.</li>}
        </ul>
      </section>
      <section>
        <h3>
          Other tickets
          <Link to="/tickets" search={{ queue: "all", q: context.organization }} className="end small">
            All {context.ticket_count}
          </Link>
        </h3>
        <ul>
          {context.earlier_tickets.map((ticket) => {
            const look = TICKET_STATUS[ticket.status];
            return (
              <li key={ticket.id}>
                <look.icon className={`icon-xs fg-${look.tone}`} aria-label={look.label} />
                <Link className="grow truncate" to="/tickets" search={(before) => ({ ...before, id: ticket.id })}>
                  {ticket.subject}
                </Link>
                <Time className="muted" at={ticket.last_message_at ?? ticket.created_at} />
              </li>
            );
          })}
          {context.earlier_tickets.length === 0 && <li className="muted">{plural(0, "other ticket")}.</li>}
        </ul>
      </section>
      {depositing &&
        renderDeposit({
          organization: organizationChoice({
            id: context.organization_id,
            name: context.organization,
            currency: context.wallet?.currency ?? null,
          }),
          onClose: () => setDepositing(false),
        })}
    </>
  );
}
