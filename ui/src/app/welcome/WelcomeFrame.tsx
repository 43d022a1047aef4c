import { Anchor } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../../lib/cx";

/** A calm page with one card in its middle: everything before the shell. */
export function WelcomeFrame({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  return (
    <main className="welcome">
      <div className={cx("welcome-inner", wide && "welcome-wide")}>
        <div className="welcome-brand chrome">
          <span className="profile-mark" data-environment="production">
            <Anchor className="icon-s" aria-hidden />
          </span>
          ContainerStacks
        </div>
        {children}
      </div>
    </main>
  );
}
