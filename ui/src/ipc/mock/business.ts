import type {
  Money,
  OrganizationRow,
  Rate,
  Role,
  ServerRow,
  TransactionRow,
  TransactionStatus,
  TransactionType,
  UserRow,
} from "../../bindings/contract";
import { daysAgo, minutesAgo } from "./clock";
import { createRandom, fromCents, pick } from "./random";

const random = createRandom(4187);

const NAMES = [
  "Brightwater Labs GmbH",
  "Kestrel Freight",
  "Quarry Street Games",
  "Ovella Foods",
  "Mirador Health",
  "Tallgrass Media",
  "Sable Robotics",
  "Larkspur Legal",
  "Fjord & Pine",
  "Pilcrow Press",
  "Anselm Optics",
  "Bramble & Sons",
  "Cinderblock Studio",
  "Drumlin Energy",
  "Eastgate Clinics",
  "Fennel Kitchen",
  "Greywacke Mining Data",
  "Hollow Oak School",
  "Ibex Climbing",
  "Juniper Payroll",
  "Kiln Ceramics",
  "Lantern Theatre",
  "Marlin Charter",
  "Northlight Architects",
  "Osprey Mapping",
  "Paper Crane Toys",
  "Quillon Security",
  "Redshank Birding",
  "Saltmarsh Brewing",
  "Thistle Wool",
  "Umber Paints",
  "Vantage Translation",
  "Whin Hill Farm",
  "Xylem Water",
  "Yarrow Pharmacy",
  "Zephyr Sails",
  "Alder Logistics",
  "Beacon Tutoring",
  "Copperfield Prints",
  "Dovetail Joinery",
] as const;

const FIRST = ["Ines", "Tomas", "Maya", "Jonas", "Priya", "Luca", "Aino", "Samir", "Greta", "Mateo", "Yuki", "Nadia"];
const LAST = [
  "Carvalho",
  "Lind",
  "Okafor",
  "Berg",
  "Raman",
  "Ferri",
  "Salo",
  "Haddad",
  "Weiss",
  "Rojas",
  "Mori",
  "Petrova",
];

export const organizations: Array<OrganizationRow> = NAMES.map((name, index) => ({
  id: 101 + index,
  name,
  balance: (index === 7 ? "0.00" : index === 0 ? "612.40" : fromCents(Math.floor(random() * 240_000))) as Money,
  currency: index % 11 === 10 ? "EUR" : "USD",
  servers: 0,
  containers: Math.floor(random() * 40),
  users: 0,
  open_tickets: 0,
  created_at: index === 0 ? daysAgo(983) : daysAgo(40 + Math.floor(random() * 900)),
  archived: false,
  archived_at: null,
  billing_name: null,
  billing_address: null,
  updated_at: daysAgo(1 + (index % 30)),
}));

function organization(index: number): OrganizationRow {
  const found = organizations[index % organizations.length];
  if (found === undefined) throw new Error("no organizations");
  return found;
}

function domain(name: string): string {
  return `${(name.split(/[ &]+/)[0] ?? "mail").toLowerCase()}.example`;
}

const STAFF: ReadonlyArray<[number, string, string, Role]> = [
  [1, "Maya", "Okafor", "admin"],
  [2, "Tomas", "Lind", "support"],
  [3, "Aino", "Salo", "support"],
  [4, "Samir", "Haddad", "finance"],
];

export const users: Array<UserRow> = STAFF.map(([id, first, last, role]) => ({
  id,
  email: `${first.toLowerCase()}@halyard.example`,
  first_name: first,
  last_name: last,
  role,
  organization_id: null,
  organization: null,
  email_verified: true,
  is_disabled: false,
  must_change_password: false,
  has_second_factor: false,
  last_login: minutesAgo(id * 47),
  created_at: daysAgo(700 - id),
}));

for (let index = 0; index < 96; index += 1) {
  const org = organization(index);
  const first = index === 0 ? "Ines" : pick(random, FIRST);
  const last = index === 0 ? "Carvalho" : pick(random, LAST);
  org.users += 1;
  users.push({
    id: 1001 + index,
    email: `${first.toLowerCase()}${index < 40 ? "" : index}@${domain(org.name)}`,
    first_name: index % 23 === 22 ? null : first,
    last_name: index % 23 === 22 ? null : last,
    role: "user",
    organization_id: org.id,
    organization: org.name,
    email_verified: index % 9 !== 8,
    is_disabled: index % 31 === 30,
    must_change_password: false,
    has_second_factor: false,
    last_login: index % 7 === 6 ? null : minutesAgo(Math.floor(random() * 60_000)),
    created_at: daysAgo(Math.floor(random() * 800)),
  });
}

const PLANS: ReadonlyArray<[string, string]> = [
  ["Dedicated 8 GB", "0.1224"],
  ["Dedicated 16 GB", "0.2448"],
  ["Dedicated 32 GB", "0.4896"],
  ["Shared 2 GB", "0.0204"],
  ["Shared 4 GB", "0.0408"],
];
const REGIONS = ["eu-central", "eu-west", "us-east", "us-west", "ap-south", "se-sto"];
const LABELS = ["web", "db", "batch", "edge", "cache", "api", "mail", "build"];

type Fixed = { label: string; plan: number; status: string; ipv4: string };
const BRIGHTWATER: ReadonlyArray<Fixed> = [
  { label: "web-01", plan: 0, status: "running", ipv4: "203.0.113.21" },
  { label: "web-02", plan: 0, status: "running", ipv4: "203.0.113.22" },
  { label: "db-primary", plan: 2, status: "running", ipv4: "203.0.113.40" },
  { label: "batch-07", plan: 1, status: "error", ipv4: "203.0.113.57" },
];

export const servers: Array<ServerRow> = [];

function addServer(index: number, org: OrganizationRow | null, fixed: Fixed | null): void {
  const plan = PLANS[fixed?.plan ?? Math.floor(random() * PLANS.length)] ?? ["Shared 2 GB", "0.0204"];
  const roll = random();
  if (org !== null) org.servers += 1;
  servers.push({
    id: 5001 + index,
    label: fixed?.label ?? `${pick(random, LABELS)}-${String((index % 12) + 1).padStart(2, "0")}`,
    linode_id: 48_210_000 + index * 37,
    organization_id: org?.id ?? null,
    organization: org?.name ?? null,
    assigned: org !== null,
    plan_id: 1 + PLANS.findIndex((each) => each[0] === plan[0]),
    plan: plan[0],
    hourly_rate: plan[1] as Rate,
    region: fixed === null ? pick(random, REGIONS) : "eu-central",
    status:
      fixed?.status ?? (roll < 0.9 ? "running" : roll < 0.95 ? "offline" : roll < 0.98 ? "provisioning" : "resizing"),
    ipv4: fixed?.ipv4 ?? `198.51.${100 + (index >> 8)}.${index % 256}`,
    ipv6: `2001:db8:${(index + 16).toString(16)}::1`,
    image: pick(random, ["linode/debian12", "linode/ubuntu24.04", "linode/almalinux9"]),
    created_at: daysAgo(5 + Math.floor(random() * 500)),
    last_billed_at: org === null ? null : minutesAgo(34),
    provider_config_id: index % 4 === 3 ? 2 : 1,
    account: index % 4 === 3 ? "Linode US" : "Linode EU",
    presence: index % 173 === 172 ? "gone" : index % 211 === 210 ? "missing" : "present",
    seen_at: index % 173 === 172 ? daysAgo(2) : minutesAgo(index % 4 === 3 ? 64 : 4),
  });
}

BRIGHTWATER.forEach((fixed, index) => {
  addServer(index, organization(0), fixed);
});
for (let index = 4; index < 440; index += 1) {
  addServer(index, index % 97 === 96 ? null : organization(Math.floor(random() * 39) + 1), null);
}

export const transactions: Array<TransactionRow> = [];
const REASONS: Readonly<Record<TransactionType, string>> = {
  deposit: "Bank transfer received",
  charge: "Usage to 21 Nov 19:00 UTC",
  refund: "Duplicate top-up",
  adjustment: "Goodwill for the outage of 3 Nov",
};

for (let index = 0; index < 620; index += 1) {
  const org = organization(Math.floor(random() * 40));
  const roll = random();
  const type: TransactionType =
    roll < 0.68 ? "charge" : roll < 0.93 ? "deposit" : roll < 0.97 ? "refund" : "adjustment";
  const cents = type === "deposit" ? 5_000 * (1 + Math.floor(random() * 30)) : 200 + Math.floor(random() * 9_000);
  const status: TransactionStatus = index % 61 === 60 ? "failed" : index % 43 === 42 ? "pending" : "completed";
  transactions.push({
    id: 90_620 - index,
    organization_id: org.id,
    organization: org.name,
    amount: fromCents(type === "charge" ? -cents : cents) as Money,
    currency: org.currency,
    type,
    status,
    payment_method: type === "deposit" ? pick(random, ["bank_transfer", "card", "cash"]) : null,
    payment_id: type === "deposit" ? `PAY-${20_000 + index}` : null,
    reason: REASONS[type],
    refund_of: null,
    invoice_id: null,
    created_by: type === "charge" ? null : "Samir Haddad",
    created_at: minutesAgo(12 + index * 143),
  });
}
