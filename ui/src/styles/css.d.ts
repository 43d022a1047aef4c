import "react";

declare module "react" {
  // Lengths that the style sheets read are handed over as custom properties.
  interface CSSProperties {
    [property: `--${string}`]: string | number | undefined;
  }
}
