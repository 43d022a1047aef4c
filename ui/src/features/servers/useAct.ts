import { useState } from "react";
import type { ApiError, IntentPlaced, ServerAct } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { intentName } from "../../lib/intents";
import { showToast } from "../../ui/Toast";

type Target = { readonly id: number; readonly name: string };

/**
 * Something that is to be done to a server: its dry run, and the sending. The key is made when the dialog opens and kept, so
 * that sending again after a lost connection does it once.
 */
export function useAct(target: Target, onDone: () => void) {
  const [key] = useState(() => crypto.randomUUID());
  const [failure, setFailure] = useState<ApiError | null>(null);
  const write = useWrite("servers.act");
  const send = (act: ServerAct) => {
    setFailure(null);
    write.mutate(
      { server_id: target.id, act, key },
      {
        onSuccess: (placed) => {
          tell(act.kind, target.name, placed);
          onDone();
        },
        onError: ({ error }) => setFailure(error),
      },
    );
  };
  return { key, send, pending: write.isPending, failure, setFailure };
}

/** What it would do; null asks nothing. */
export function useActPreview(serverId: number, act: ServerAct | null, key: string) {
  return useRead(
    "servers.act_preview",
    { server_id: serverId, act: act ?? { kind: "reboot" }, key },
    { enabled: act !== null, keepPrevious: false },
  );
}

export function tell(kind: string, name: string, placed: IntentPlaced): void {
  showToast({
    title: `${intentName(kind)} of ${name} is ${placed.carried_out_here ? "under way" : "written down"}`,
    ...(placed.carried_out_here
      ? {}
      : { description: "It is carried out by the agent, or by a desk that holds the workspace key." }),
  });
}
