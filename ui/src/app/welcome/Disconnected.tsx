import type { AppState } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { OtherProfiles } from "./OtherProfiles";
import { ProfileLine } from "./ProfileLine";
import { WelcomeFrame } from "./WelcomeFrame";

export function Disconnected({ state }: { state: Extract<AppState, { phase: "disconnected" }> }) {
  const connect = useWrite("app.connect");
  const error = connect.error ?? null;
  return (
    <WelcomeFrame>
      <div className="welcome-card">
        <ProfileLine profile={state.profile} />
        <h1 className="sr-only">Not connected</h1>
        <ErrorBlock
          inline
          title={`Not connected to ${state.profile.name}`}
          error={error?.error ?? state.error}
          retrying={connect.isPending}
          onRetry={() => connect.mutate({ profile_id: state.profile.id })}
        />
      </div>
      <OtherProfiles current={state.profile} profiles={state.profiles} />
    </WelcomeFrame>
  );
}
