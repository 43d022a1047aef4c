import { KeyRound, ShieldCheck } from "lucide-react";
import type { Role } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { Switch } from "../../ui/Switch";
import { Time } from "../../ui/Text";
import { shellState } from "../shellState";

const ROLES: ReadonlyArray<{ role: Role; label: string }> = [
  { role: "admin", label: "Admins" },
  { role: "support", label: "Support staff" },
  { role: "finance", label: "Finance staff" },
];

/** How this person signs in, and what the business asks of everybody. */
export function SecuritySettings() {
  const mine = useRead("account.security", {});
  return (
    <>
      <Panel title="Your sign-in">
        <div className="setting">
          <div className="grow">
            <p className="medium">Password</p>
            <p className="field-help">Changing it ends your sessions at other desks.</p>
          </div>
          <Button size="sm" icon={KeyRound} onClick={() => shellState.set({ account: "password" })}>
            Change password…
          </Button>
        </div>
        <div className="setting">
          <div className="grow">
            <p className="medium">Second factor</p>
            <p className="field-help">
              {mine.data === undefined ? (
                "A code from your phone, besides the password."
              ) : mine.data.second_factor_since === null ? (
                "Off: the password alone lets you in."
              ) : (
                <>
                  On since <Time at={mine.data.second_factor_since} style="detail" />, {mine.data.recovery_codes_left}{" "}
                  recovery codes left.
                </>
              )}
            </p>
          </div>
          <Button size="sm" icon={ShieldCheck} onClick={() => shellState.set({ account: "second_factor" })}>
            Second factor…
          </Button>
        </div>
        {mine.error !== null && mine.data === undefined && (
          <ErrorBlock
            inline
            title="How you sign in could not be read"
            error={mine.error.error}
            onRetry={() => void mine.refetch()}
            retrying={mine.isFetching}
          />
        )}
      </Panel>
      <Policy />
    </>
  );
}

function Policy() {
  const read = useRead("security.policy", {});
  const change = useWrite("security.set_policy");
  const policy = read.data;
  const reason = policy?.actions.find((action) => action.name === "change")?.reason ?? null;
  const required = new Set<Role>(
    change.isPending ? change.variables.second_factor_for : (policy?.second_factor_for ?? []),
  );

  function set(role: Role, on: boolean): void {
    const next = ROLES.map((each) => each.role).filter((each) => (each === role ? on : required.has(each)));
    change.mutate({ second_factor_for: next });
  }

  return (
    <Panel title="Second factor required for">
      {policy === undefined && read.error === null && <Skeleton lines={3} />}
      {policy === undefined && read.error !== null && (
        <ErrorBlock
          inline
          title="The rule could not be read"
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      )}
      {policy !== undefined &&
        ROLES.map(({ role, label }) => (
          <div key={role} className="setting">
            <Switch
              label={label}
              help={
                required.has(role)
                  ? "Who has none yet sets one up at the next sign-in."
                  : "The password alone lets them in, unless they chose otherwise."
              }
              checked={required.has(role)}
              disabledReason={reason}
              onChange={(on) => set(role, on)}
            />
          </div>
        ))}
      {change.error !== null && <ErrorBlock inline title="The rule was not changed" error={change.error.error} />}
    </Panel>
  );
}
