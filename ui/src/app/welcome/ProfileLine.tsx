import type { Profile } from "../../bindings/contract";
import { BusinessMark } from "../../ui/Mark";
import { ENVIRONMENT } from "../../ui/status";

/** Which business the card is about. */
export function ProfileLine({ profile }: { profile: Profile }) {
  return (
    <div className="profile-line">
      <BusinessMark name={profile.name} environment={profile.environment} />
      <div className="grow">
        <b className="truncate">{profile.name}</b>
        <p className="tiny muted truncate">
          {ENVIRONMENT[profile.environment]} · {profile.kind === "local" ? "Private database" : profile.host}
        </p>
      </div>
    </div>
  );
}
