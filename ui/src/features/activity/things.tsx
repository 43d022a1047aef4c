import { Link } from "@tanstack/react-router";
import type { ActivityRow } from "../../bindings/contract";
import { onlyRow } from "../../table/linkSearch";
import { Unknown } from "../../ui/Text";

const WORDS: Readonly<Record<string, string>> = {
  api_key: "API key",
  container_plan: "container plan",
  ticket_message: "ticket message",
  billing_run: "billing run",
  reset_token: "reset token",
  resource_terms: "assignment",
  parked_resource: "parked resource",
  adjustment_request: "adjustment request",
  wallet_hold: "wallet hold",
};

/** The stored word of a kind of thing, for people; one that another program wrote is shown as it is. */
export function thingWord(type: string): string {
  return WORDS[type] ?? type.replaceAll("_", " ");
}

export function thingName(row: ActivityRow): string | null {
  if (row.resource_type === null) return row.resource_id;
  const word = thingWord(row.resource_type);
  return row.resource_id === null ? word : `${word} ${row.resource_id}`;
}

/** The thing that something was done to, with a link to where it is looked at. */
export function Thing({ row }: { readonly row: ActivityRow }) {
  const name = thingName(row);
  if (name === null) return <Unknown why="Nothing named" />;
  const id = Number(row.resource_id);
  if (!Number.isSafeInteger(id) || id <= 0) return name;
  switch (row.resource_type) {
    case "organization":
      return (
        <Link to="/organizations/$id" params={{ id }}>
          {name}
        </Link>
      );
    case "ticket":
      return (
        <Link to="/tickets" search={{ queue: "all", id }}>
          {name}
        </Link>
      );
    case "user":
      return (
        <Link to="/users" search={onlyRow(id)}>
          {name}
        </Link>
      );
    case "server":
      return (
        <Link to="/servers/$id" params={{ id }}>
          {name}
        </Link>
      );
    case "container":
      return (
        <Link to="/containers" search={onlyRow(id)}>
          {name}
        </Link>
      );
    case "invoice":
      return (
        <Link to="/invoices/$id" params={{ id }}>
          {name}
        </Link>
      );
    case "billing_run":
      return (
        <Link to="/billing/$id" params={{ id }}>
          {name}
        </Link>
      );
    case "transaction":
      return (
        <Link to="/transactions" search={onlyRow(id)}>
          {name}
        </Link>
      );
    case "theme":
      return <Link to="/themes">{name}</Link>;
    default:
      return name;
  }
}
