import type {
  ActiveTheme,
  ApiError,
  AppState,
  Area,
  Permission,
  Preferences,
  Profile,
  ShellSummary,
  SignInStep,
  TrustStatus,
} from "../../bindings/contract";
import type { Transport } from "../call";
import { billingCommands } from "./billing";
import { organizations, servers, users } from "./business";
import { instant, minutesAgo, mockNow } from "./clock";
import { businessCommands } from "./commands";
import { driftCommands, driftItems } from "./drift";
import { invoiceCommands } from "./invoices";
import { liveCommands, unreadNotifications } from "./live";
import { pageCommands } from "./pages";
import { peopleCommands } from "./people";
import { containers, planCommands } from "./plans";
import { providerCommands } from "./providers";
import { fail, type Handlers, MockError, type Scenario } from "./scenario";
import { taskCommands } from "./tasks";
import { ticketCommands } from "./ticketCommands";
import { tickets } from "./tickets";
import { trustCommands } from "./trust";

const PROFILES: Array<Profile> = [
  {
    id: "p1",
    name: "Halyard",
    environment: "production",
    kind: "server",
    host: "db.halyard.example",
    database: "containerstacks",
    tls: "verify_full",
  },
  {
    id: "p2",
    name: "Halyard staging",
    environment: "staging",
    kind: "server",
    host: "staging.halyard.example",
    database: "containerstacks",
    tls: "require",
  },
  {
    id: "p3",
    name: "Try-out",
    environment: "local",
    kind: "local",
    host: "127.0.0.1",
    database: "containerstacks",
    tls: "disable",
  },
];

const AREAS: ReadonlyArray<Area> = [
  "organizations",
  "users",
  "servers",
  "containers",
  "power",
  "wallets",
  "transactions",
  "invoices",
  "usage",
  "plans",
  "plan_costs",
  "tickets",
  "notes",
  "providers",
  "scripts",
  "networking",
  "api_keys",
  "roles",
  "themes",
  "settings",
  "activity_log",
  "notifications",
];
const SUPPORT_WRITES: ReadonlySet<Area> = new Set(["tickets", "notes", "power", "notifications"]);

function permissions(support: boolean): Array<Permission> {
  return AREAS.map((area) => {
    const write = !support || SUPPORT_WRITES.has(area);
    return { area, read: true, write, reason: write ? null : "Support staff can read this, not change it." };
  });
}

let preferences: Preferences = {
  color_scheme: "system",
  density: "normal",
  text_weight: "auto",
  sidebar: "full",
  single_key_shortcuts: true,
};
let state: AppState;
let attempts = 0;
const query = new URLSearchParams(location.search);

function profile(index = 0): Profile {
  const found = PROFILES[index];
  if (found === undefined) throw new Error("no profile");
  return found;
}

function ready(support = false): AppState {
  return {
    phase: "ready",
    profile: profile(),
    profiles: PROFILES,
    session: {
      user_id: 1,
      email: "maya@halyard.example",
      name: "Maya Okafor",
      role: support ? "support" : "admin",
      expires_at: instant(mockNow() + 8 * 3_600_000),
      idle_minutes: 30,
      secrets_in_memory_only: false,
    },
    permissions: permissions(support),
  };
}

function signIn(index = 0): AppState {
  return {
    phase: "sign_in",
    profile: profile(index),
    profiles: PROFILES,
    last_email: "maya@halyard.example",
    keychain: "no_service",
    step: stepAsked(),
  };
}

/** `?mock=sign-in&step=second_factor` shows a later step of the sign-in. */
function stepAsked(): SignInStep | null {
  const step = query.get("step");
  return step === "second_factor" || step === "second_factor_setup" || step === "set_up_done" || step === "new_password"
    ? step
    : null;
}

function begin(scenario: Scenario): AppState {
  switch (scenario) {
    case "first-run":
      return {
        phase: "first_run",
        local_available: query.get("local") !== "no",
        local_problem:
          query.get("local") === "no"
            ? "PostgreSQL is not installed on this computer. Install the package postgresql, then start the program again."
            : null,
        settings_set_aside: null,
        keychain: "available",
      };
    case "sign-in":
      return signIn();
    case "disconnected":
      return {
        phase: "disconnected",
        profile: profile(),
        profiles: PROFILES,
        error: {
          code: "server_unreachable",
          message:
            "db.halyard.example did not answer within 10 seconds. Nothing was changed. Check the network, or whether the server is up.",
          field: null,
          retry_after_ms: null,
          request_id: "0192f3c1-55aa",
        },
      };
    case "support":
      return ready(true);
    default:
      return ready();
  }
}

function summary(scenario: Scenario): ShellSummary {
  const waiting = tickets.filter((each) => each.assigned_to === 1 && each.last_from_customer && each.due !== null);
  const empty = scenario === "empty";
  return {
    latency_ms: 23,
    server_time: instant(mockNow()),
    database_version: "17.2",
    schema_version: 12,
    tickets_open: empty ? 0 : 43,
    tickets_mine_unanswered: empty ? 0 : waiting.length + 8,
    notifications_unread: empty ? 0 : unreadNotifications(),
    organizations: empty ? 0 : organizations.length,
    users: empty ? 4 : users.length,
    servers: empty ? 0 : servers.length,
    containers: empty ? 0 : containers.length,
    drift: empty ? 0 : driftItems.length,
    last_billing_run: minutesAgo(34),
    billed_until: minutesAgo(34),
  };
}

function trust(scenario: Scenario): TrustStatus {
  if (scenario === "red") {
    return {
      isolation: "red",
      isolation_message:
        "The database no longer decides as it should. This desk writes nothing until that is put right; tell whoever administers it to run csctl doctor.",
      findings: [
        {
          subject: "policy customer_select on public.wallets",
          object: "policy customer_select on public.wallets",
          says: "This policy was changed: it should be “PERMISSIVE FOR SELECT TO containerstacks_customer USING ((organization_id = ( SELECT cs_auth.organization_id() AS organization_id)))”, and is “PERMISSIVE FOR SELECT TO containerstacks_customer USING (true)”.",
          remedy: "DROP POLICY customer_select ON public.wallets; CREATE POLICY customer_select ON public.wallets …;",
        },
      ],
      log: "red",
      log_message:
        "The history of the activity log has changed. Entry 4182 of the log, at position 4177 of its chain, was changed after it was written. Keep this computer as it is, and have csctl doctor look at the database.",
      log_position: 4177,
    };
  }
  return {
    isolation: "sound",
    isolation_message: "883 facts of the database are as they should be, and 56 attacks were refused.",
    findings: [],
    log: "sound",
    log_message: "The log is what it was, up to entry 48211 of its chain.",
    log_position: 48_211,
  };
}

function shellCommands(scenario: Scenario): Handlers {
  return {
    "app.state": () => state,
    "app.create_local": (request) => {
      if (request.password.length < 12) fail("invalid_field", "Use at least 12 characters.", "password");
      state = ready();
      return state;
    },
    "app.add_server": (request) => {
      if (request.host.includes("down"))
        fail("server_unreachable", `${request.host} did not answer within 10 seconds. Nothing was saved.`, "host");
      state = signIn();
      return state;
    },
    "app.connect": (request) => {
      const index = PROFILES.findIndex((each) => each.id === request.profile_id);
      state = signIn(Math.max(index, 0));
      return state;
    },
    "app.forget_profile": (request) => {
      const index = PROFILES.findIndex((each) => each.id === request.profile_id);
      if (index >= 0) PROFILES.splice(index, 1);
      return state;
    },
    "session.sign_in": (request) => {
      if (request.password === "wrong") {
        attempts += 1;
        if (attempts >= 3)
          fail("throttled", "Too many attempts for this address. Wait before you try again.", null, 12_000);
        fail("wrong_password", "The e-mail address or the password is wrong.", "password");
      }
      state = ready();
      return state;
    },
    "session.sign_out": () => {
      state = signIn();
      return state;
    },
    "session.touch": () => ({}),
    "preferences.get": () => preferences,
    "preferences.set": (request) => {
      preferences = request;
      return preferences;
    },
    "shell.summary": () => summary(scenario),
    "trust.status": () => trust(scenario),
    "themes.active": () => (query.get("theme") === "verdant" ? VERDANT : BUILT_IN),
  };
}

const BUILT_IN: ActiveTheme = {
  name: null,
  light: {},
  dark: {},
  light_appearance: "light",
  dark_appearance: "dark",
  radius_rem: "0.375rem",
  notices: [],
};
const VERDANT: ActiveTheme = {
  name: "Verdant",
  light: {
    background: "#fdfdfc",
    foreground: "#172621",
    primary: "#1c7a5c",
    "primary-foreground": "#ffffff",
    accent: "#e7f3ef",
    "accent-foreground": "#14523f",
    sidebar: "#f6f4ef",
    link: "#007d5c",
    ring: "#259d77",
  },
  dark: {},
  light_appearance: "light",
  dark_appearance: "dark",
  radius_rem: "0.5rem",
  notices: [
    {
      mode: "light",
      token: "primary-foreground",
      before: "#c9e4da",
      after: "#ffffff",
      reason: "Text on buttons had a contrast of 3.1; it needs 4.5.",
    },
  ],
};

const LATENCY_MS = 40;
const LOST_AFTER_MS = 4_000;
const LOCAL: ReadonlySet<string> = new Set(["app.state", "preferences.get", "preferences.set"]);
const LOST: ApiError = {
  code: "connection_lost",
  message: "The connection to db.halyard.example was lost. What you see was read before.",
  field: null,
  retry_after_ms: null,
  request_id: "0192f3c1-9d02",
};

/** A backend without a program: for development (`?mock`) and for drawing pages in tests. */
export function createMockTransport(scenario: Scenario): Transport {
  state = begin(scenario);
  const move = (next: AppState): AppState => {
    state = next;
    return state;
  };
  const handlers: Handlers = {
    ...shellCommands(scenario),
    ...taskCommands(),
    ...businessCommands(scenario),
    ...ticketCommands(scenario),
    ...liveCommands(scenario),
    ...billingCommands(scenario),
    ...planCommands(scenario),
    ...invoiceCommands(scenario),
    ...pageCommands(scenario),
    ...providerCommands(scenario),
    ...driftCommands(scenario),
    ...trustCommands(scenario),
    ...peopleCommands(
      scenario,
      () => move(ready()),
      () => move({ ...(signIn() as Extract<AppState, { phase: "sign_in" }>), step: null }),
    ),
  };
  return async (name, payload) => {
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    if (scenario === "lost" && !LOCAL.has(name) && mockNow() - Date.parse(minutesAgo(0)) > LOST_AFTER_MS) throw LOST;
    const handler = handlers[name] as ((request: unknown) => unknown) | undefined;
    if (handler === undefined) throw new Error(`the mock has no ${name}`);
    try {
      return structuredClone(handler(payload));
    } catch (reason) {
      throw reason instanceof MockError ? reason.error : reason;
    }
  };
}
