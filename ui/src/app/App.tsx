import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { usePreferences } from "../ipc/preferences";
import { useRead } from "../ipc/queries";
import { SessionProvider } from "../ipc/session";
import { router } from "../routes/router";
import { ErrorBlock } from "../ui/ErrorBlock";
import { ToastHost } from "../ui/Toast";
import { applyPreferences } from "./appearance";
import { Disconnected } from "./welcome/Disconnected";
import { FirstRun } from "./welcome/FirstRun";
import { SignIn } from "./welcome/SignIn";
import { WelcomeFrame } from "./welcome/WelcomeFrame";

const TIP_DELAY_MS = 500;

export function App() {
  const { preferences } = usePreferences();
  const { color_scheme, density, text_weight } = preferences;

  useEffect(() => {
    applyPreferences({ color_scheme, density, text_weight });
  }, [color_scheme, density, text_weight]);

  return (
    // Base UI's own inline style elements are blocked by the content security policy; our styles stand in for them.
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={TIP_DELAY_MS}>
        <Phase />
        <ToastHost />
      </Tooltip.Provider>
    </CSPProvider>
  );
}

/** Which of the program's faces is shown: the program says, and the page only draws it. */
function Phase() {
  const read = useRead("app.state", {});
  const state = read.data;
  if (state === undefined) {
    if (read.error === null) return null;
    return (
      <WelcomeFrame>
        <ErrorBlock
          title="The program could not start"
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      </WelcomeFrame>
    );
  }
  switch (state.phase) {
    case "first_run":
      return <FirstRun state={state} />;
    case "disconnected":
      return <Disconnected state={state} />;
    case "sign_in":
      return <SignIn key={state.profile.id} state={state} />;
    case "ready":
      return (
        <SessionProvider key={`${state.profile.id} ${state.session.user_id}`} state={state}>
          <RouterProvider router={router} />
        </SessionProvider>
      );
  }
}
