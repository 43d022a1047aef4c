import type { ThemeCard } from "../../bindings/contract";

const COLOR = /^#[0-9a-f]{6}$/;
const SHOWN = ["foreground", "primary", "accent", "destructive", "sidebar", "chart-1", "chart-2", "chart-3"] as const;

/** A colour of ours; anything else would be no colour and is left out. */
function safe(color: string | undefined): string {
  return color !== undefined && COLOR.test(color) ? color : "transparent";
}

/** A colour with its name, as it was and as it is. */
export function Swatch({ color, label }: { readonly color: string; readonly label: string }) {
  return (
    <span className="row gap-6 small">
      <span className="swatch" style={{ backgroundColor: safe(color) }} aria-hidden />
      <span className="muted">{label}</span> <span className="mono selectable">{color}</span>
    </span>
  );
}

/** Both modes side by side: the page, a card on it, its text and its button, and the main colours. */
export function ThemeSwatches({ theme }: { readonly theme: ThemeCard }) {
  return (
    <div className="theme-swatches" aria-hidden>
      {([theme.light, theme.dark] as const).map((tokens, index) => (
        <div key={index === 0 ? "light" : "dark"} style={{ backgroundColor: safe(tokens.background) }}>
          <span
            className="theme-sample"
            style={{ backgroundColor: safe(tokens.card), borderColor: safe(tokens.border) }}
          >
            <b style={{ color: safe(tokens.foreground) }}>Aa</b>
            <i style={{ backgroundColor: safe(tokens.primary), color: safe(tokens["primary-foreground"]) }}>Aa</i>
          </span>
          <span className="theme-strip">
            {SHOWN.map((token) => (
              <i key={token} style={{ backgroundColor: safe(tokens[token]) }} />
            ))}
          </span>
        </div>
      ))}
    </div>
  );
}
