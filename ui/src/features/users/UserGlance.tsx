import { Link } from "@tanstack/react-router";
import type { UserRow } from "../../bindings/contract";
import { Button } from "../../ui/Button";
import { StatusBadge } from "../../ui/StatusBadge";
import { ROLE } from "../../ui/status";
import { Time, Unknown } from "../../ui/Text";
import { personName, userStatus } from "./columns";
import { ROLE_MEANS } from "./roles";

type UserGlanceProps = {
  readonly row: UserRow;
  readonly disabledReason: string | null;
  readonly onChangeRole: () => void;
  readonly disableReason: string | null;
  readonly onDisable: () => void;
};

export function UserGlance(props: UserGlanceProps) {
  const { row, disabledReason, onChangeRole, disableReason, onDisable } = props;
  return (
    <>
      <div className="glance-top">
        <span className="medium">{personName(row)}</span>
        <StatusBadge look={userStatus(row)} />
      </div>
      <dl className="facts">
        <dt>E-mail</dt>
        <dd>
          {row.email} <span className="muted">{row.email_verified ? "confirmed" : "not confirmed"}</span>
        </dd>
        <dt>Role</dt>
        <dd>
          {ROLE[row.role]}
          <span className="glance-note">{ROLE_MEANS[row.role]}</span>
        </dd>
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            <Unknown why="Staff belong to no organization" />
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>Second factor</dt>
        <dd>{row.has_second_factor ? "On" : "Off"}</dd>
        {row.must_change_password ? (
          <>
            <dt>Password</dt>
            <dd>Has to choose another at the next sign-in</dd>
          </>
        ) : null}
        <dt>Last sign-in</dt>
        <dd>
          <Time at={row.last_login} style="detail" unknown="Has never signed in" />
        </dd>
        <dt>Created</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
        <dt>ID</dt>
        <dd className="mono">{row.id}</dd>
      </dl>
      <div className="glance-actions">
        <Button disabledReason={disabledReason} onClick={onChangeRole}>
          Change role…
        </Button>
        <Button disabledReason={disableReason} onClick={onDisable}>
          {row.is_disabled ? "Enable…" : "Disable…"}
        </Button>
      </div>
    </>
  );
}
