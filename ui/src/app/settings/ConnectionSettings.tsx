import { LogOut, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Profile } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useSession } from "../../ipc/session";
import { formatClock } from "../../lib/format";
import { Button, IconButton } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { Panel } from "../../ui/Panel";
import { Badge } from "../../ui/StatusBadge";
import { ENVIRONMENT, ROLE, type Tone } from "../../ui/status";
import { ServerForm } from "../welcome/ServerForm";

const TLS: Readonly<Record<Profile["tls"], { label: string; tone: Tone }>> = {
  verify_full: { label: "Verified", tone: "success" },
  verify_ca: { label: "Authority only", tone: "warning" },
  require: { label: "Not verified", tone: "warning" },
  disable: { label: "Not encrypted", tone: "danger" },
};

export function ConnectionSettings() {
  const { profile, profiles, session } = useSession();
  const connect = useWrite("app.connect");
  const signOut = useWrite("session.sign_out");
  const [adding, setAdding] = useState(false);
  const [forgetting, setForgetting] = useState<Profile | null>(null);

  return (
    <>
      <Panel
        title="Signed in"
        actions={
          <Button size="sm" icon={LogOut} pending={signOut.isPending} onClick={() => signOut.mutate({})}>
            Sign out
          </Button>
        }
      >
        <div className="setting">
          <div className="grow">
            <p className="medium">{session.name}</p>
            <p className="field-help selectable">
              {session.email}, {ROLE[session.role].toLowerCase()}
            </p>
          </div>
          <p className="small muted num">
            Until {formatClock(Date.parse(session.expires_at))} UTC, or {session.idle_minutes} min without use
          </p>
        </div>
        {session.secrets_in_memory_only && (
          <div className="setting">
            <p className="field-help">Passwords are kept in memory only, since this computer has no open keychain.</p>
          </div>
        )}
      </Panel>
      <Panel
        title="Connections"
        count={profiles.length}
        actions={
          <Button size="sm" icon={Plus} onClick={() => setAdding(true)}>
            Add
          </Button>
        }
      >
        <ul>
          {profiles.map((each) => {
            const current = each.id === profile.id;
            return (
              <li key={each.id} className="setting">
                <span className="profile-dot" data-environment={each.environment} aria-hidden />
                <div className="grow">
                  <p className="medium truncate">{each.name}</p>
                  <p className="field-help truncate selectable">
                    {ENVIRONMENT[each.environment]}
                    {each.kind === "server" && ` · ${each.host} · ${each.database}`}
                  </p>
                </div>
                {each.kind === "server" && <Badge tone={TLS[each.tls].tone}>{TLS[each.tls].label}</Badge>}
                {current ? (
                  <span className="small muted">Connected</span>
                ) : (
                  <Button
                    size="sm"
                    pending={connect.isPending && connect.variables.profile_id === each.id}
                    onClick={() => connect.mutate({ profile_id: each.id })}
                  >
                    Connect
                  </Button>
                )}
                <IconButton
                  icon={Trash2}
                  label={`Forget ${each.name}`}
                  disabledReason={current ? "You are connected to it. Connect to another one first." : null}
                  onClick={() => setForgetting(each)}
                />
              </li>
            );
          })}
        </ul>
      </Panel>
      <Dialog
        open={adding}
        onClose={() => setAdding(false)}
        title="Add a connection"
        dirty
        className="dialog-plain-form"
      >
        <ServerForm onDone={() => setAdding(false)} />
      </Dialog>
      {forgetting !== null && <ForgetDialog profile={forgetting} onClose={() => setForgetting(null)} />}
    </>
  );
}

function ForgetDialog({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const forget = useWrite("app.forget_profile");
  return (
    <ConfirmDialog
      title={`Forget ${profile.name}?`}
      description={
        profile.kind === "local"
          ? "The connection is taken off this list. The database stays in your data folder."
          : "The connection and this desk's password are removed from this computer. The server and its data are not touched."
      }
      action={`Forget ${profile.name}`}
      pending={forget.isPending}
      onConfirm={() => forget.mutate({ profile_id: profile.id }, { onSuccess: onClose })}
      onClose={onClose}
      failure={forget.error && { title: "The connection was not forgotten", error: forget.error.error }}
    />
  );
}
