import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore, ChevronRight, Copy, Eye, Pencil, Plus, ScanEye } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { OrganizationDetail } from "../../bindings/contract";
import { type OrganizationChoice, organizationChoice } from "../../ipc/organizationSearch";
import { useRead } from "../../ipc/queries";
import { useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import { isNothing } from "../../lib/amounts";
import { asked } from "../../lib/asked";
import { formatClock, formatDate } from "../../lib/format";
import { ofOrganization } from "../../table/linkSearch";
import { Button, IconButton } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { Count, Money, Time, Unknown } from "../../ui/Text";
import { ArchiveDialog } from "./ArchiveDialog";
import { EditOrganizationDialog } from "./EditOrganizationDialog";
import { InvoicesPanel, ServersPanel, TicketsPanel, TransactionsPanel, UsersPanel } from "./OrganizationPanels";
import "./organization.css";

type OrganizationPageProps = {
  readonly id: number;
  /** The dialog that posts a deposit belongs to the ledger; the route brings it along. */
  readonly renderDeposit: (deposit: { organization: OrganizationChoice; onClose: () => void }) => ReactNode;
};

export function OrganizationPage({ id, renderDeposit }: OrganizationPageProps) {
  const read = useRead("organizations.get", { id });
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Organization" crumbs={<Crumbs />} />
        {read.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorBlock
            title="The organization could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
            actions={
              <Link to="/organizations" className="btn btn-sm">
                All organizations
              </Link>
            }
          />
        )}
      </>
    );
  }
  return (
    <Detail detail={read.data} renderDeposit={renderDeposit}>
      {read.error === null ? null : (
        <p className="notice notice-danger" role="alert">
          {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
        </p>
      )}
    </Detail>
  );
}

type DetailProps = {
  readonly detail: OrganizationDetail;
  readonly renderDeposit: OrganizationPageProps["renderDeposit"];
  readonly children: ReactNode;
};

function Detail({ detail, renderDeposit, children }: DetailProps) {
  const { organization } = detail;
  const [dialog, setDialog] = useState<"rename" | "deposit" | "archive" | null>(null);
  const archived = organization.archived_at !== null;
  const renameReason = reasonAgainst(detail.actions, "rename", useWriteReason("organizations"));
  const archiveReason = reasonAgainst(detail.actions, "archive", useWriteReason("organizations"));
  const depositReason = reasonAgainst(detail.actions, "deposit", useWriteReason("transactions"));
  const whoSeesReason = useWhoSeesReason();
  return (
    <>
      <PageHeader title={organization.name} crumbs={<Crumbs />} note={`Since ${formatDate(organization.created_at)}`}>
        <IconButton
          icon={Copy}
          label={`Copy ID ${organization.id}`}
          onClick={() => void copyText(String(organization.id), "ID copied")}
        />
        <Button
          icon={archived ? ArchiveRestore : Archive}
          disabledReason={archiveReason}
          onClick={() => setDialog("archive")}
        >
          {archived ? "Restore" : "Archive"}
        </Button>
        <IconButton
          icon={ScanEye}
          label="Who can see this"
          disabledReason={whoSeesReason}
          onClick={() =>
            asked.set({ dialog: "who_sees", kind: "organization", id: organization.id, title: organization.name })
          }
        />
        <Button
          icon={Eye}
          disabledReason={reasonAgainst(detail.actions, "see_as_customer")}
          onClick={() =>
            asked.set({
              dialog: "see_as",
              organization: { id: organization.id, name: organization.name },
              ticketNumber: null,
            })
          }
        >
          See as customer…
        </Button>
        <Button icon={Pencil} disabledReason={renameReason} onClick={() => setDialog("rename")}>
          Edit
        </Button>
        <Button variant="primary" icon={Plus} disabledReason={depositReason} onClick={() => setDialog("deposit")}>
          Post deposit
        </Button>
      </PageHeader>
      <section className="page-body selectable" aria-label={organization.name}>
        {children}
        {archived ? (
          <p className="notice notice-warning" role="status">
            <Archive aria-hidden />
            <span>
              Archived <Time at={organization.archived_at} style="detail" />. It is out of the lists and gets no new
              servers or containers; what it has keeps billing until it is deleted.
            </span>
          </p>
        ) : null}
        <Figures detail={detail} />
        <div className="organization-panels">
          <TransactionsPanel name={organization.name} rows={detail.transactions} />
          <InvoicesPanel name={organization.name} rows={detail.invoices} />
          <ServersPanel name={organization.name} rows={detail.servers} total={organization.servers} />
          <UsersPanel name={organization.name} rows={detail.users} total={organization.users} />
          <TicketsPanel rows={detail.tickets} open={organization.open_tickets} />
        </div>
      </section>
      {dialog === "rename" ? (
        <EditOrganizationDialog
          organization={organization}
          disabledReason={renameReason}
          onClose={() => setDialog(null)}
        />
      ) : null}
      {dialog === "archive" ? (
        <ArchiveDialog organization={organization} disabledReason={archiveReason} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === "deposit"
        ? renderDeposit({ organization: organizationChoice(organization), onClose: () => setDialog(null) })
        : null}
    </>
  );
}

function Crumbs() {
  return (
    <>
      <Link to="/organizations">Organizations</Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}

/** The wallet and the counts. What a wallet did not cover is owed; the balance itself is never below zero. */
function Figures({ detail }: { readonly detail: OrganizationDetail }) {
  const { organization, owes } = detail;
  return (
    <dl className="figures">
      <div>
        <dt>Wallet balance</dt>
        <dd className="figure">
          {organization.balance === null ? (
            <Unknown why="No wallet" />
          ) : (
            <Money amount={organization.balance} currency={organization.currency} />
          )}
        </dd>
        <dd className="figure-note">{organization.currency ?? "No wallet"}</dd>
      </div>
      <div>
        <dt>Owes</dt>
        <dd className={isNothing(owes) ? "figure" : "figure fg-danger"}>
          <Money amount={owes} currency={organization.currency} />
        </dd>
        <dd className="figure-note">
          {isNothing(owes) ? "All usage is covered" : "Usage that the wallet did not cover"}
        </dd>
      </div>
      <div>
        <dt>Servers</dt>
        <dd className="figure">
          <Count value={organization.servers} />
        </dd>
        <dd className="figure-note">Not deleted</dd>
      </div>
      <div>
        <dt>Containers</dt>
        <dd className="figure">
          <Link to="/containers" search={ofOrganization(organization.name)}>
            <Count value={organization.containers} />
            <span className="sr-only"> containers of {organization.name}</span>
          </Link>
        </dd>
        <dd className="figure-note">Not deleted</dd>
      </div>
      <div>
        <dt>Open tickets</dt>
        <dd className="figure">
          <Count value={organization.open_tickets} />
        </dd>
        <dd className="figure-note">Open or in progress</dd>
      </div>
    </dl>
  );
}
