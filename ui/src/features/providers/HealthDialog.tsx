import { RefreshCw } from "lucide-react";
import type { AccountRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { formatCount } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { StatusBadge } from "../../ui/StatusBadge";
import { Time, Unknown } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { accountHealth } from "./looks";

type HealthDialogProps = {
  readonly account: AccountRow;
  /** Why it can't be asked now. */
  readonly checkReason: string | null;
  readonly onClose: () => void;
};

/** How an account's token is: what it may do, when it last worked and didn't, what is left of its requests. */
export function HealthDialog({ account, checkReason, onClose }: HealthDialogProps) {
  const check = useWrite("providers.check");
  const { rate, last_failure: failed, missing_scopes: missing } = account;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Health of ${account.label}`}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Close
          </Button>
          <Button
            variant="primary"
            icon={RefreshCw}
            pending={check.isPending}
            disabledReason={checkReason}
            onClick={() =>
              check.mutate(
                { id: account.id },
                {
                  onSuccess: ({ username }) =>
                    showToast({ title: "The token works", description: `It is ${username}’s at Linode.` }),
                },
              )
            }
          >
            Check now
          </Button>
        </>
      }
    >
      <div>
        <StatusBadge look={accountHealth(account)} />
      </div>
      <dl className="facts">
        <dt>Token of</dt>
        <dd>{account.username ?? <Unknown why="It was never checked" />}</dd>
        <dt>Checked</dt>
        <dd>
          <Time at={account.token_checked_at} style="detail" unknown="Never" />
        </dd>
        <dt>May</dt>
        <dd className="mono account-scopes">
          {account.scopes === null ? (
            <Unknown why="Linode doesn’t say" />
          ) : account.scopes === "*" ? (
            "everything"
          ) : (
            account.scopes
          )}
        </dd>
        <dt>May not</dt>
        <dd className={missing.length === 0 ? undefined : "mono account-scopes fg-warning"}>
          {missing.length > 0 ? (
            missing.join(" ")
          ) : account.scopes === null ? (
            <Unknown why="Linode doesn’t say" />
          ) : (
            "Nothing that is needed is missing"
          )}
        </dd>
        <dt>Last success</dt>
        <dd>
          <Time at={account.last_success_at} style="detail" unknown="Never" />
        </dd>
        <dt>Last failure</dt>
        <dd>{failed === null ? "None" : <Time at={failed.started_at} style="detail" />}</dd>
        <dt>Requests left</dt>
        <dd>
          {rate === null ? (
            <Unknown why="Linode has not said" />
          ) : (
            <>
              {formatCount(rate.left)}
              {rate.limit === null ? "" : ` of ${formatCount(rate.limit)}`}, as of{" "}
              <Time at={rate.seen_at} style="detail" />
            </>
          )}
        </dd>
      </dl>
      {failed?.error == null ? null : <p className="muted selectable account-failure">{failed.error}</p>}
      {missing.length === 0 ? null : (
        <p className="notice notice-warning">
          Servers are read all the same. What needs these is refused by Linode; make a token that may do it, and replace
          this one.
        </p>
      )}
      {check.error === null ? null : <ErrorBlock inline title="The token was not checked" error={check.error.error} />}
    </Dialog>
  );
}
