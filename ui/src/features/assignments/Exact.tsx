import type { Rate } from "../../bindings/contract";
import { formatRate } from "../../lib/format";

/** A cost to the ten-thousandth, before whole cents are charged: it has a rate's four decimals. */
export function Exact({ amount }: { readonly amount: string }) {
  return <span className="num">{formatRate(amount as Rate)}</span>;
}
