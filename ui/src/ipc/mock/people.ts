import type { ApiKeyRow, AppState, FactorOffer, Role, Security, SessionRow } from "../../bindings/contract";
import { organizations, users } from "./business";
import { daysAgo, instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";

const RECOVERY = [
  "K7QX-2MNB-VRT4-HJ6P",
  "W3DZ-Y5LA-GC7E-QS2F",
  "T4UB-NX6R-K2MJ-5VHD",
  "Q6YE-L3WS-A7CG-ZP2N",
  "F5RT-B4HV-M6XD-J3KU",
  "Z2NC-G7QL-S5WA-EY4T",
  "H6JP-V3KB-D4RX-U7MF",
  "C5SE-T2ZY-N6GQ-L4WA",
  "R7MD-X4HU-P3VJ-B6KN",
  "A2GL-Q5TC-W7ES-Y3ZF",
];
const KEY = "JBSW-Y3DP-EHPK-3PXP-JBSW-Y3DP-EHPK-3PXP";
const RESET = "QJ4V-7MXB-LT2R-HD6W-N3KC-ZP5Y-GS7A-EU4F-B6XQ-M2VJ-T5RL-W7HD-C3NK";

/** Looks like a code and holds nothing: the same modules at every start. */
function picture(): string {
  const size = 33;
  let path = "";
  const finder = (x: number, y: number): string =>
    `M${x} ${y}h7v1h-7zM${x} ${y + 6}h7v1h-7zM${x} ${y + 1}h1v5h-1zM${x + 6} ${y + 1}h1v5h-1zM${x + 2} ${y + 2}h3v3h-3z`;
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const corner = (x < 8 && y < 8) || (x > size - 9 && y < 8) || (x < 8 && y > size - 9);
      if (!corner && (x * 7 + y * 13 + ((x * y) % 5)) % 3 === 0) path += `M${x} ${y}h1v1h-1z`;
    }
  return path + finder(0, 0) + finder(size - 7, 0) + finder(0, size - 7);
}

function offer(): FactorOffer {
  return {
    secret: KEY,
    uri: `otpauth://totp/Halyard:maya%40halyard.example?secret=${KEY.replaceAll("-", "")}&issuer=Halyard`,
    qr_size: 33,
    qr_path: picture(),
  };
}

let security: Security = { second_factor_since: null, recovery_codes_left: 0, second_factor_required: false };
let required: Array<Role> = [];
let confirmedUntil = 0;
let nextKey = 40;

const sessions: Array<SessionRow> = [
  session(61, 1, "Maya Okafor", "maya@halyard.example", "admin", "Front office", 2, true),
  session(58, 1, "Maya Okafor", "maya@halyard.example", "admin", "Maya’s laptop", 44, false),
  session(60, 2, "Tomas Lind", "tomas@halyard.example", "support", "Support 1", 1, false),
  session(59, 3, "Ines Moreau", "ines@halyard.example", "finance", "Back office", 17, false),
];

function session(
  id: number,
  user: number,
  name: string,
  email: string,
  role: Role,
  desk: string,
  minutes: number,
  isThis: boolean,
): SessionRow {
  return {
    id,
    desk,
    login: `desk_${(id * 7919).toString(16)}`,
    user_id: user,
    email,
    name,
    role,
    client: "ContainerStacks 0.1.0, Linux",
    opened_at: minutesAgo(minutes + 190),
    last_use: minutesAgo(minutes),
    expires_at: instant(mockNow() + 8 * 3_600_000),
    is_this: isThis,
  };
}

const KEY_NAMES = ["Deploy script", "Status page", "Nightly backup", "Billing export", "Terraform", "Grafana"];
const keys: Array<ApiKeyRow> = KEY_NAMES.map((name, index) => {
  const organization = organizations[index * 3];
  const state = index === 2 ? "revoked" : index === 4 ? "expired" : "active";
  return {
    id: 30 - index,
    name,
    user_id: null,
    email: null,
    organization_id: organization?.id ?? null,
    organization: organization?.name ?? null,
    state,
    last_used_at: index === 3 ? null : minutesAgo(12 + index * 600),
    expires_at: state === "expired" ? daysAgo(4) : index % 2 === 0 ? instant(mockNow() + 120 * 86_400_000) : null,
    created_at: daysAgo(20 + index * 31),
  };
});

/** Dangerous work asks once in five minutes; `?confirm=no` never asks. */
function needConfirmation(): void {
  if (new URLSearchParams(location.search).get("confirm") === "no" || Date.now() < confirmedUntil) return;
  fail("confirmation_needed", "This needs your password again. Nothing was changed yet; enter it to go on.");
}

/** What the sign-in screen and the account say. `enter` opens the shell, `leave` goes back to the password. */
export function peopleCommands(scenario: Scenario, enter: () => AppState, leave: () => AppState): Handlers {
  const some = <T>(rows: Array<T>): Array<T> => (scenario === "empty" ? [] : rows);
  const wrongCode = (code: string): void => {
    if (code.replaceAll(/\D/g, "").length !== 6 && code.length < 16)
      fail(
        "wrong_code",
        "The code is wrong, or it was used already. Nothing was changed; wait for the next code and try that one.",
        "code",
      );
  };
  return {
    "sign_in.give_code": ({ code }) => {
      wrongCode(code);
      return enter();
    },
    "sign_in.choose_password": () => enter(),
    "sign_in.begin_factor": () => offer(),
    "sign_in.finish_factor": ({ code }) => {
      wrongCode(code);
      return { codes: RECOVERY };
    },
    "sign_in.go_on": () => enter(),
    "sign_in.abandon": () => leave(),
    "sign_in.redeem_reset": ({ code }) => {
      if (code.length < 16)
        fail(
          "wrong_code",
          "The e-mail address or the reset code is wrong, or the code was used or has expired. The password is unchanged; check both, or ask an admin for a new code.",
          "code",
        );
      return {};
    },
    "account.confirm": ({ password }) => {
      if (password === "wrong")
        fail("wrong_password", "This is not your password. Nothing was changed; try again.", "password");
      confirmedUntil = Date.now() + 300_000;
      return {};
    },
    "account.change_password": ({ old_password }) => {
      if (old_password === "wrong")
        fail("wrong_password", "This is not your password. Nothing was changed; try again.", "old_password");
      return {};
    },
    "account.security": () => security,
    "account.begin_factor": () => {
      needConfirmation();
      return offer();
    },
    "account.finish_factor": ({ code }) => {
      wrongCode(code);
      security = { ...security, second_factor_since: instant(mockNow()), recovery_codes_left: RECOVERY.length };
      return { codes: RECOVERY };
    },
    "account.disable_factor": ({ code }) => {
      wrongCode(code);
      security = { ...security, second_factor_since: null, recovery_codes_left: 0 };
      return {};
    },
    "account.new_recovery_codes": () => {
      needConfirmation();
      security = { ...security, recovery_codes_left: RECOVERY.length };
      return { codes: RECOVERY };
    },
    "sessions.list": ({ everybody }) => ({
      sessions: sessions.filter((each) => everybody || each.user_id === 1),
      actions: [
        {
          name: "everybody",
          allowed: scenario !== "support",
          reason: scenario === "support" ? "Only admins can see and end the sessions of others." : null,
        },
      ],
    }),
    "sessions.revoke": ({ id }) => {
      const index = sessions.findIndex((each) => each.id === id);
      if (index < 0) fail("not_found", "It doesn't exist, or your role can't see it.");
      sessions.splice(index, 1);
      return {};
    },
    "sessions.revoke_person": ({ id }) => {
      const ending = sessions.filter((each) => each.user_id === id && !each.is_this);
      for (const each of ending) sessions.splice(sessions.indexOf(each), 1);
      return { ended: ending.length };
    },
    "users.reset_password": () => {
      needConfirmation();
      return { code: RESET, expires_at: instant(mockNow() + 3_600_000) };
    },
    "users.reset_second_factor": ({ id }) => {
      needConfirmation();
      const user = users.find((each) => each.id === id);
      if (user !== undefined) user.has_second_factor = false;
      return {};
    },
    "security.policy": () => ({
      second_factor_for: required,
      actions: [
        {
          name: "change",
          allowed: scenario !== "support",
          reason: scenario === "support" ? "Only admins can change settings." : null,
        },
      ],
    }),
    "security.set_policy": ({ second_factor_for }) => {
      needConfirmation();
      required = second_factor_for;
      return {};
    },
    "api_keys.list": (request) => page(some(keys), request),
    "api_keys.create": (request) => {
      nextKey += 1;
      const organization = organizations.find((each) => each.id === request.organization_id);
      keys.unshift({
        id: nextKey,
        name: request.name,
        user_id: null,
        email: null,
        organization_id: request.organization_id,
        organization: organization?.name ?? null,
        state: "active",
        last_used_at: null,
        expires_at: request.expires_in_days === null ? null : instant(mockNow() + request.expires_in_days * 86_400_000),
        created_at: instant(mockNow()),
      });
      return { id: nextKey, key: "cs_4fQm8ZtKx2VbN7wRcJ1yLpD6hGsE9uTaXo3WkBiMvYeC" };
    },
    "api_keys.revoke": ({ id }) => {
      const key = keys.find((each) => each.id === id);
      if (key === undefined) return fail("not_found", "There is no such key.");
      key.state = "revoked";
      return {};
    },
    "api_keys.export": (request) => ({
      path: "/home/maya/Downloads/api-keys-2026-11-22.csv",
      rows: page(some(keys), request.list).total,
    }),
  };
}
