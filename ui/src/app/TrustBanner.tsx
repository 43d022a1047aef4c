import { ShieldAlert } from "lucide-react";
import { useRead } from "../ipc/queries";

/** Says over every page that the database can't be trusted, for as long as the desk finds it so. */
export function TrustBanner() {
  const trust = useRead("trust.status", {}, { refetchMs: 5_000 }).data;
  if (trust === undefined) return null;
  const first = trust.findings[0];
  return (
    <>
      {trust.isolation === "red" && (
        <div className="lost-banner" role="alert">
          <ShieldAlert className="icon-s" aria-hidden />
          <span className="grow selectable">
            {trust.isolation_message}
            {first !== undefined && ` What differs first: ${first.subject}.`}
          </span>
        </div>
      )}
      {trust.log === "red" && (
        <div className="lost-banner" role="alert">
          <ShieldAlert className="icon-s" aria-hidden />
          <span className="grow selectable">{trust.log_message}</span>
        </div>
      )}
    </>
  );
}
