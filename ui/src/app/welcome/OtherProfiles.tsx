import { MailOpen, Plus } from "lucide-react";
import { useState } from "react";
import type { Profile } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ENVIRONMENT } from "../../ui/status";
import { InvitationForm } from "./InvitationForm";
import { ServerForm } from "./ServerForm";

type OtherProfilesProps = { current: Profile; profiles: ReadonlyArray<Profile> };

/** Ways to somewhere else, under the card. */
export function OtherProfiles({ current, profiles }: OtherProfilesProps) {
  const connect = useWrite("app.connect");
  const [adding, setAdding] = useState<"server" | "invitation" | null>(null);
  const others = profiles.filter((each) => each.id !== current.id);
  return (
    <section className="other-profiles" aria-label="Other connections">
      {others.map((each) => (
        <Button
          key={each.id}
          variant="ghost"
          pending={connect.isPending && connect.variables?.profile_id === each.id}
          onClick={() => connect.mutate({ profile_id: each.id })}
        >
          <span className="profile-dot" data-environment={each.environment} />
          {each.name}
          <span className="muted small">{ENVIRONMENT[each.environment]}</span>
        </Button>
      ))}
      <Button variant="ghost" icon={Plus} onClick={() => setAdding("server")}>
        Add a connection
      </Button>
      <Button variant="ghost" icon={MailOpen} onClick={() => setAdding("invitation")}>
        Open an invitation
      </Button>
      <Dialog
        open={adding !== null}
        onClose={() => setAdding(null)}
        title={adding === "invitation" ? "Open an invitation" : "Add a connection"}
        dirty
        className="dialog-plain-form"
      >
        {adding === "invitation" ? (
          <InvitationForm onDone={() => setAdding(null)} />
        ) : (
          <ServerForm onDone={() => setAdding(null)} />
        )}
      </Dialog>
    </section>
  );
}
