import type { Role } from "../../bindings/contract";
import { ROLE } from "../../ui/status";

/** What a role means for whoever gets it, as the database's rules have it. */
export const ROLE_MEANS: Readonly<Record<Role, string>> = {
  admin: "Sees and changes everything, and decides who may do what.",
  support: "Answers tickets, looks up customers, servers and money, and turns servers on and off. Moves no money.",
  finance: "Posts deposits, handles invoices and billing tickets. Changes no customers, users or servers.",
  user: "A customer: sees their own organization in the customers’ panel and can’t sign in at this program.",
};

const ROLES: ReadonlyArray<Role> = ["admin", "support", "finance", "user"];

export const ROLE_OPTIONS = ROLES.map((value) => ({ value, label: ROLE[value] }));
