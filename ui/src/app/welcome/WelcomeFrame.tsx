import type { ReactNode } from "react";
import { cx } from "../../lib/cx";
import { ProductMark } from "../../ui/Mark";

/** A calm page with one card in its middle: everything before the shell. */
export function WelcomeFrame({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  return (
    <main className="welcome">
      <div className={cx("welcome-inner", wide && "welcome-wide")}>
        <div className="welcome-brand chrome">
          <ProductMark />
          ContainerStacks
        </div>
        {children}
      </div>
    </main>
  );
}
