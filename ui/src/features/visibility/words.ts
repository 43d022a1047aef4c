import type { Onlooker } from "../../bindings/contract";

const NAMES: Readonly<Record<string, string>> = {
  admin: "Admins",
  support: "Support staff",
  finance: "Finance staff",
  customer: "Customers",
  service: "Back ends",
  agent: "Agent",
};

export function onlookerName(row: Pick<Onlooker, "role">): string {
  return NAMES[row.role] ?? row.role;
}

/** The first names of a list that may be longer than what was told. */
export function peopleText(row: Pick<Onlooker, "people" | "people_count">): string {
  if (row.people_count === 0) return "Nobody";
  const rest = row.people_count - row.people.length;
  return rest > 0 ? `${row.people.join(", ")} and ${rest} more` : row.people.join(", ");
}
