import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { setTransport } from "./ipc/call";
import { createQueryClient } from "./ipc/queries";
import { isLinux, isMac } from "./lib/platform";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/buttons.css";
import "./styles/fields.css";
import "./styles/panels.css";
import "./styles/floating.css";
import "./styles/shell.css";
import "./styles/palette.css";
import "./styles/settings.css";
import "./styles/welcome.css";

document.documentElement.classList.toggle("linux", isLinux);
document.documentElement.classList.toggle("mac", isMac);

async function start(): Promise<void> {
  const scenario = import.meta.env.DEV ? new URLSearchParams(location.search).get("mock") : null;
  if (scenario !== null) {
    const { startMock } = await import("./ipc/mock/start");
    setTransport(startMock(scenario));
  }
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={createQueryClient()}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
