import { Check, Eye, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { ThemeCard, ThemeNotice } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { plural } from "../../lib/format";
import { inDialog } from "../../lib/keys";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { Badge } from "../../ui/StatusBadge";
import { Time } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { previewTheme } from "../appearance";
import { Swatch, ThemeSwatches } from "./Swatches";
import "./themes.css";

export function ThemesPage() {
  const read = useRead("themes.list", {});
  const activate = useWrite("themes.activate");
  const general = useWriteReason("themes");
  const [previewed, setPreviewed] = useState<ThemeCard | null>(null);

  useEffect(() => {
    previewTheme(previewed);
    return () => previewTheme(null);
  }, [previewed]);
  useEffect(() => {
    if (previewed === null) return;
    const revert = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || inDialog()) return;
      event.preventDefault();
      setPreviewed(null);
    };
    window.addEventListener("keydown", revert);
    return () => window.removeEventListener("keydown", revert);
  }, [previewed]);

  const action = read.data?.actions.find((each) => each.name === "activate");
  const reason = general ?? (action?.allowed === false ? action.reason : null);
  const onActivate = (theme: ThemeCard) =>
    activate.mutate(
      { id: theme.id },
      {
        onSuccess: () => {
          setPreviewed(null);
          showToast({ title: `${theme.name} is the theme of all desks now` });
        },
      },
    );

  return (
    <>
      <PageHeader title="Themes" note="One for all desks; light and dark follow each person’s choice" />
      {previewed !== null && (
        <div className="theme-preview" role="status">
          <Eye className="icon-s" aria-hidden />
          <span className="grow truncate">
            Previewing <b className="medium">{previewed.name}</b>, on this desk only
          </span>
          <Button size="sm" shortcut="Esc" onClick={() => setPreviewed(null)}>
            Revert
          </Button>
          <Button
            size="sm"
            variant="primary"
            pending={activate.isPending}
            disabledReason={previewed.active ? "It is active already." : reason}
            onClick={() => onActivate(previewed)}
          >
            Activate
          </Button>
        </div>
      )}
      <section className="page-body selectable" aria-label="Themes">
        {activate.error !== null && (
          <ErrorBlock inline title="The theme was not activated" error={activate.error.error} />
        )}
        {read.error !== null && (
          <ErrorBlock
            inline={read.data !== undefined}
            title="The themes could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
          />
        )}
        {read.data === undefined ? (
          read.error === null && <Skeleton lines={8} label="Themes are being read" />
        ) : (
          <>
            <ul className="themes">
              {read.data.themes.map((theme) => (
                <li key={theme.id ?? "built-in"}>
                  <Card
                    theme={theme}
                    previewed={previewed?.id === theme.id && previewed !== null}
                    pending={activate.isPending && activate.variables.id === theme.id}
                    reason={reason}
                    onPreview={() => setPreviewed(theme)}
                    onRevert={() => setPreviewed(null)}
                    onActivate={() => onActivate(theme)}
                  />
                </li>
              ))}
            </ul>
            {read.data.themes.length === 1 && (
              <p className="muted">
                The business has no theme of its own yet. A theme that another program writes into this database shows
                here, with its colours checked.
              </p>
            )}
          </>
        )}
      </section>
    </>
  );
}

type CardProps = {
  readonly theme: ThemeCard;
  readonly previewed: boolean;
  readonly pending: boolean;
  readonly reason: string | null;
  readonly onPreview: () => void;
  readonly onRevert: () => void;
  readonly onActivate: () => void;
};

function Card({ theme, previewed, pending, reason, onPreview, onRevert, onActivate }: CardProps) {
  return (
    <article className="panel theme" aria-label={theme.name} data-active={theme.active || undefined}>
      <ThemeSwatches theme={theme} />
      <div className="theme-body">
        <div className="row">
          <h2 className="bold grow truncate">{theme.name}</h2>
          {theme.active && (
            <span className="status tone-success">
              <Check aria-hidden />
              Active
            </span>
          )}
          {theme.broken !== null && <Badge tone="danger">Can’t be shown</Badge>}
        </div>
        <p className="small muted">
          {theme.id === null ? (
            "Comes with the program"
          ) : (
            <>
              Changed <Time at={theme.updated_at} style="detail" />
            </>
          )}
        </p>
        <Told theme={theme} />
      </div>
      <footer className="theme-foot">
        {previewed ? (
          <Button size="sm" onClick={onRevert}>
            Revert
          </Button>
        ) : (
          <Button size="sm" icon={Eye} onClick={onPreview} aria-label={`Preview ${theme.name}`}>
            Preview
          </Button>
        )}
        <Button
          size="sm"
          pending={pending}
          disabledReason={theme.active ? "It is active already." : (theme.broken ?? reason)}
          onClick={onActivate}
          aria-label={theme.id === null ? "Use the built-in theme" : `Activate ${theme.name}`}
        >
          {theme.id === null ? "Use the built-in theme" : "Activate"}
        </Button>
      </footer>
    </article>
  );
}

/** What the program changed of the theme, or why it shows nothing of it. */
function Told({ theme }: { readonly theme: ThemeCard }) {
  if (theme.broken !== null) {
    return (
      <p className="notice notice-danger">
        <TriangleAlert aria-hidden />
        {theme.broken}
      </p>
    );
  }
  if (theme.notices.length === 0) return <p className="small muted">All colours are readable as they are.</p>;
  const others = theme.notices.length - theme.adjusted;
  const parts = [
    ...(theme.adjusted > 0 ? [`${plural(theme.adjusted, "colour")} adjusted for readability`] : []),
    ...(others > 0 ? [`${plural(others, "entry", "entries")} left out`] : []),
  ];
  return (
    <details className="theme-notices">
      <summary>{parts.join(", ")}</summary>
      <ul>
        {theme.notices.map((notice) => (
          <Notice key={`${notice.mode} ${notice.token} ${notice.reason}`} notice={notice} />
        ))}
      </ul>
    </details>
  );
}

function Notice({ notice }: { readonly notice: ThemeNotice }) {
  return (
    <li>
      <p>
        <span className="mono">{notice.token ?? "theme"}</span>
        {notice.mode !== null && <span className="muted"> in {notice.mode} mode</span>}
      </p>
      <p className="muted">{notice.reason}</p>
      <p className="row gap-12">
        {notice.before !== null && <Swatch color={notice.before} label="before" />}
        {notice.after !== null && <Swatch color={notice.after} label="after" />}
      </p>
    </li>
  );
}
