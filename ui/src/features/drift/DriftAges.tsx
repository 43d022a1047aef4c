import type { DriftOverview } from "../../bindings/contract";
import { useNow } from "../../lib/clock";
import { formatListTime, plural } from "../../lib/format";

/** How old what is shown is: of one account its age, of several the oldest. */
export function DriftAges({ accounts }: { readonly accounts: DriftOverview["accounts"] | undefined }) {
  const now = useNow();
  if (accounts === undefined || accounts.length === 0) return null;
  const never = accounts.filter((account) => account.observed_at === null);
  const [oldest] = accounts.filter((account) => account.observed_at !== null).sort(byAge);
  if (oldest === undefined) return <>No account has been read yet</>;
  const age = formatListTime(oldest.observed_at, now);
  const told = age === "now" ? "just now" : /\d (min|h)$/.test(age) ? `${age} ago` : age;
  const whose = accounts.length === 1 ? `${oldest.label} was read` : `Oldest reading: ${oldest.label},`;
  return (
    <>
      {whose} {told}
      {never.length === 0 ? null : `; ${plural(never.length, "account")} never read`}
    </>
  );
}

type Account = DriftOverview["accounts"][number];

function byAge(one: Account, other: Account): number {
  return (one.observed_at ?? "") < (other.observed_at ?? "") ? -1 : 1;
}
