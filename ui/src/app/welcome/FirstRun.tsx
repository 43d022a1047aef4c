import {
  ArrowLeft,
  ChevronRight,
  FileWarning,
  HardDrive,
  KeyRound,
  type LucideIcon,
  MailOpen,
  Server,
} from "lucide-react";
import { useState } from "react";
import type { AppState } from "../../bindings/contract";
import { Button } from "../../ui/Button";
import { InvitationForm } from "./InvitationForm";
import { LocalForm } from "./LocalForm";
import { ServerForm } from "./ServerForm";
import { WelcomeFrame } from "./WelcomeFrame";

type Step = "choose" | "local" | "server" | "invitation";

export function FirstRun({ state }: { state: Extract<AppState, { phase: "first_run" }> }) {
  const [step, setStep] = useState<Step>("choose");

  if (step === "choose") {
    return (
      <WelcomeFrame wide>
        <div className="welcome-card">
          <h1 className="welcome-title">Where is your business kept?</h1>
          <p className="welcome-lead">
            Everything is in a PostgreSQL database: one of your own on this computer, or one on a server.
          </p>
          <div className="choices">
            <Choice
              icon={HardDrive}
              title="Try it on this computer"
              text="A private database that only you use, ready in half a minute. It serves a sole trader for good."
              problem={state.local_available ? null : (state.local_problem ?? "It is not available on this computer.")}
              onChoose={() => setStep("local")}
            />
            <Choice
              icon={Server}
              title="Connect to a server"
              text="Your administrator gives you the address and a login for this desk."
              problem={null}
              onChoose={() => setStep("server")}
            />
            <Choice
              icon={MailOpen}
              title="Open an invitation"
              text="A file from an admin sets this computer up. You need its passphrase."
              problem={null}
              onChoose={() => setStep("invitation")}
            />
          </div>
          {state.settings_set_aside !== null && <SetAsideNotice path={state.settings_set_aside} />}
          {state.keychain !== "available" && <KeychainNotice locked={state.keychain === "locked"} />}
        </div>
      </WelcomeFrame>
    );
  }

  return (
    <WelcomeFrame>
      <div className="welcome-card">
        <Button variant="ghost" size="sm" icon={ArrowLeft} className="welcome-back" onClick={() => setStep("choose")}>
          Back
        </Button>
        {step === "local" ? <LocalForm /> : step === "server" ? <ServerForm /> : <InvitationForm />}
      </div>
    </WelcomeFrame>
  );
}

type ChoiceProps = { icon: LucideIcon; title: string; text: string; problem: string | null; onChoose: () => void };

function Choice({ icon: Icon, title, text, problem, onChoose }: ChoiceProps) {
  return (
    <div className="choice" data-off={problem !== null || undefined}>
      <span className="choice-icon">
        <Icon aria-hidden />
      </span>
      <div className="grow">
        <h2 className="bold">
          {problem === null ? (
            <button type="button" className="choice-button" onClick={onChoose}>
              {title}
            </button>
          ) : (
            title
          )}
        </h2>
        <p className="choice-text">{text}</p>
        {problem !== null && <p className="choice-problem">{problem}</p>}
      </div>
      {problem === null && <ChevronRight aria-hidden className="muted" />}
    </div>
  );
}

/** Why nothing is known any more: said before anybody believes that the data are gone. */
function SetAsideNotice({ path }: { path: string }) {
  return (
    <p className="notice notice-warning">
      <FileWarning aria-hidden />
      <span>
        The settings of this computer could not be read, so your connections must be added again; no data of the
        business are touched. The unreadable file is kept as <code className="mono">{path}</code>.
      </span>
    </p>
  );
}

/** Passwords can't be kept: said before any is asked for. */
export function KeychainNotice({ locked }: { locked: boolean }) {
  return (
    <p className="notice notice-warning">
      <KeyRound aria-hidden />
      {locked
        ? "This computer's keychain is locked. Unlock it to have passwords remembered; until then they are kept in memory, for this session only."
        : "This computer has no keychain. Passwords are kept in memory only, so you will be asked again at each start."}
    </p>
  );
}
