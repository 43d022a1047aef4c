import { Link } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import { useWrite } from "../ipc/queries";
import { useViewing } from "../ipc/viewing";
import { useNow } from "../lib/clock";
import { plural } from "../lib/format";
import { Button } from "../ui/Button";
import { showToast } from "../ui/Toast";

const MINUTE_MS = 60_000;

/** For as long as the session looks as a customer, on every page. */
export function ViewingBanner() {
  const viewing = useViewing();
  const stop = useWrite("customer_view.stop");
  const now = useNow();
  if (viewing === null) return null;
  const minutes = Math.max(0, Math.ceil((Date.parse(viewing.until) - now) / MINUTE_MS));
  return (
    <div className="viewing-banner" role="status">
      <Eye className="icon-s" aria-hidden />
      <span className="grow">
        You see{" "}
        <Link to="/organizations/$id/as-customer" params={{ id: viewing.organization_id }}>
          {viewing.organization}
        </Link>{" "}
        as its customer does. Read-only, logged.
        <span className="viewing-rest">Ends by itself in {plural(minutes, "minute")}.</span>
      </span>
      <Button
        size="sm"
        pending={stop.isPending}
        onClick={() =>
          stop.mutate(
            {},
            { onError: ({ error }) => showToast({ title: "The view was not stopped", description: error.message }) },
          )
        }
      >
        Stop
      </Button>
    </div>
  );
}
