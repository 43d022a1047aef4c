import { ArrowLeft } from "lucide-react";
import { openExternal } from "../../ipc/desktop";
import { useRead } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Markdown } from "../../ui/Markdown";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/Text";

type ViewedThreadPanelProps = {
  readonly ticket: number;
  /** What stands in the place of our people's names: a customer sees none of them. */
  readonly business: string;
  readonly onBack: () => void;
};

/** A conversation without our notes. */
export function ViewedThreadPanel({ ticket, business, onBack }: ViewedThreadPanelProps) {
  const read = useRead("customer_view.messages", { id: ticket });
  return (
    <Panel
      title="Conversation"
      count={read.data?.messages.length}
      actions={
        <Button variant="ghost" size="sm" icon={ArrowLeft} onClick={onBack}>
          All tickets
        </Button>
      }
    >
      {read.data === undefined ? (
        read.error === null ? (
          <Skeleton lines={5} />
        ) : (
          <ErrorBlock
            inline
            title="The conversation could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
          />
        )
      ) : read.data.messages.length === 0 ? (
        <p className="panel-none muted">The customer sees no message in it.</p>
      ) : (
        <ol className="view-thread">
          {read.data.messages.map((message) => (
            <li key={message.id}>
              <div className="small">
                <b className="medium">{message.author ?? business}</b>{" "}
                <Time className="muted" at={message.created_at} style="detail" />
              </div>
              <Markdown text={message.text} onLink={openExternal} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
