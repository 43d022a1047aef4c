import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { ApiError, IntentPlaced, OrderPlan, OrderServerRequest, Preview } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { formatMoney, formatRate } from "../../lib/format";
import { OrganizationField } from "../../lib/OrganizationField";
import { useUnsaved } from "../../lib/unsaved";
import { Button } from "../../ui/Button";
import { Combobox } from "../../ui/Combobox";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { Select, type SelectOption } from "../../ui/Select";
import { Switch } from "../../ui/Switch";
import { Money, Rate, Unknown } from "../../ui/Text";
import { TextField } from "../../ui/TextField";
import { fieldErrors } from "./fieldErrors";
import { OrderProgress } from "./OrderProgress";
import { missingFrom, NO_SYSTEM, SystemFields, type SystemForm, systemRequest, UnreadNotice } from "./SystemFields";
import { sizeText } from "./words";
import "./server.css";

const LABEL_CHARS_MAX = 64;

type OrderPageProps = {
  /** Whose server it becomes, where that is settled. */
  readonly organization: OrganizationChoice | null;
};

/** Orders a server. Its key is made with the form and kept: sent again after a lost answer, it is the same order. */
export function OrderPage({ organization: given }: OrderPageProps) {
  const [key, setKey] = useState(() => crypto.randomUUID() as string);
  const [organization, setOrganization] = useState(given);
  const [accountId, setAccountId] = useState<number | null>(null);
  const [region, setRegion] = useState<string | null>(null);
  const [plan, setPlan] = useState<OrderPlan | null>(null);
  const [label, setLabel] = useState("");
  const [system, setSystem] = useState<SystemForm>(NO_SYSTEM);
  const [backups, setBackups] = useState(false);
  const [privateIp, setPrivateIp] = useState(false);
  const [query, setQuery] = useState("");
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [placed, setPlaced] = useState<IntentPlaced | null>(null);
  const order = useWrite("servers.order_place");
  const reason = useWriteReason("servers");

  const search = useDeferredValue(query.trim());
  const choices = useRead(
    "servers.order_choices",
    { organization_id: organization?.id ?? null, search: search === "" ? null : search },
    { keepPrevious: true, enabled: reason === null },
  );
  const accounts = choices.data?.accounts ?? [];
  const account = accounts.find((each) => each.id === accountId) ?? (accounts.length === 1 ? accounts[0] : undefined);
  const offers = useRead(
    "servers.order_offers",
    { account_id: account?.id ?? 0 },
    { enabled: account !== undefined && reason === null },
  );
  const offer = offers.data;
  const regions = regionsOf(offer?.regions ?? [], choices.data?.regions ?? [], account?.regions_on_sale ?? []);
  const plans = choices.data?.plans ?? [];

  const missing =
    organization === null
      ? "Choose for whom."
      : account === undefined
        ? "Choose an account."
        : region === null
          ? "Choose a region."
          : plan === null
            ? "Choose a plan."
            : (misfit(plan, region, offer?.regions ?? []) ??
              (label.trim() === "" ? "Give it a label." : missingFrom(system, offer)));
  const request: OrderServerRequest | null =
    organization === null || account === undefined || region === null || plan === null
      ? null
      : {
          account_id: account.id,
          organization_id: organization.id,
          plan_id: plan.id,
          label: label.trim(),
          region,
          system: systemRequest(system, offer),
          backups,
          private_ip: privateIp,
          key,
        };
  // Without answers, which are secrets: the price does not hang on them.
  const asked =
    request === null || missing !== null
      ? null
      : { ...request, system: { ...request.system, answers: {}, authorized_keys: [] } };
  const settled = useDeferredValue(asked);
  const preview = useRead("servers.order_preview", settled ?? EMPTY, {
    enabled: settled !== null && reason === null && placed === null && !order.isPending,
  });
  const refused = settled === null ? null : (preview.error?.error ?? null);
  const errors = fieldErrors(failure ?? refused);
  const dirty = placed === null && (label !== "" || plan !== null || system.keys !== "" || system.scriptId !== null);
  useUnsaved(dirty || order.isPending, () => setAsking(true));

  const change = () => {
    setFailure(null);
    setAsking(false);
  };
  const submit = () => {
    if (request === null || missing !== null) return;
    setFailure(null);
    order.mutate(request, { onSuccess: setPlaced, onError: ({ error }) => setFailure(error) });
  };
  /** The same order is never sent under its key with something else in it. */
  const again = () => {
    setKey(crypto.randomUUID());
    setPlaced(null);
  };
  const clear = () => {
    setLabel("");
    setPlan(null);
    setSystem(NO_SYSTEM);
    setAsking(false);
  };

  if (placed !== null) {
    return (
      <>
        <PageHeader title="Order server" crumbs={<Crumbs />} />
        <OrderProgress placed={placed} label={label.trim()} onAgain={again} />
      </>
    );
  }
  return (
    <>
      <PageHeader title="Order server" crumbs={<Crumbs />} note="Written down first, then sent to Linode once" />
      <form
        className="page-body"
        noValidate
        aria-label="Order server"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {choices.error === null ? null : (
          <ErrorBlock
            inline
            title="What can be ordered could not be read"
            error={choices.error.error}
            onRetry={() => void choices.refetch()}
          />
        )}
        {offers.error === null || account === undefined ? null : (
          <ErrorBlock
            inline
            title="Linode’s regions and images could not be read"
            error={offers.error.error}
            notDone="Plans and prices are there; a region and an image can be typed by their IDs."
            onRetry={() => void offers.refetch()}
            retrying={offers.isFetching}
          />
        )}
        <UnreadNotice offer={offer} />
        <div className="order">
          <div className="order-fields">
            <Panel title="What is ordered">
              <div className="order-panel">
                <OrganizationField
                  value={organization}
                  onChange={(next) => {
                    setOrganization(next);
                    change();
                  }}
                />
                <Select
                  label="Account"
                  value={account === undefined ? null : String(account.id)}
                  onChange={(next) => {
                    setAccountId(Number(next));
                    change();
                  }}
                  options={accounts.map((each) => ({ value: String(each.id), label: each.label }))}
                  help={
                    choices.data !== undefined && accounts.length === 0
                      ? "No account is switched on: add one on the page Providers."
                      : undefined
                  }
                />
                {regions.length === 0 ? (
                  <TextField
                    label="Region"
                    placeholder="us-east"
                    value={region ?? ""}
                    error={errors.fields.region}
                    onChange={(event) => {
                      setRegion(event.currentTarget.value.trim() === "" ? null : event.currentTarget.value.trim());
                      change();
                    }}
                  />
                ) : (
                  <Select
                    label="Region"
                    value={region}
                    onChange={(next) => {
                      setRegion(next);
                      change();
                    }}
                    options={regions}
                    error={errors.fields.region}
                  />
                )}
                <Combobox
                  label="Plan"
                  placeholder="Name or type"
                  value={plan === null ? null : option(plan, region)}
                  onChange={(chosen) => {
                    setPlan(plans.find((each) => each.id === chosen?.id) ?? null);
                    change();
                  }}
                  options={plans
                    .filter((each) => region === null || misfit(each, region, offer?.regions ?? []) === null)
                    .map((each) => option(each, region))}
                  onQuery={setQuery}
                  searching={choices.isFetching}
                  emptyText={
                    region === null
                      ? "No active plan with a price matches."
                      : "No plan that is sold in this region matches."
                  }
                  error={plan !== null && region !== null ? misfit(plan, region, offer?.regions ?? []) : null}
                  help={plan === null ? undefined : sizeText(plan)}
                />
                <TextField
                  label="Label"
                  placeholder="web-01"
                  help="3 to 64 letters, digits, - _ and . ; no other server of the account may have it."
                  value={label}
                  maxLength={LABEL_CHARS_MAX}
                  error={errors.fields.label}
                  onChange={(event) => {
                    setLabel(event.currentTarget.value);
                    change();
                  }}
                />
              </div>
            </Panel>
            <Panel title="What it is made from">
              <div className="order-panel">
                <SystemFields
                  form={system}
                  onChange={(next) => {
                    setSystem(next);
                    change();
                  }}
                  offer={offer}
                  reading={offers.isFetching}
                  errors={errors.fields}
                />
                <Switch
                  label="Backups"
                  help="Linode makes one a day. That costs extra at Linode, which no plan of ours charges on."
                  checked={backups}
                  onChange={setBackups}
                />
                <Switch
                  label="Private address"
                  help="One more address, within Linode’s own network."
                  checked={privateIp}
                  onChange={setPrivateIp}
                />
              </div>
            </Panel>
          </div>
          <aside className="order-aside" aria-label="Price">
            <Panel title="Price">
              <Price
                plan={plan}
                preview={settled === null ? undefined : preview.data}
                currency={organization?.currency ?? "USD"}
              />
              <div className="order-foot">
                {refused === null || errors.landed ? null : (
                  <p className="notice notice-danger" role="alert">
                    {refused.message}
                  </p>
                )}
                {failure === null || errors.landed ? null : (
                  <ErrorBlock inline title="Nothing was ordered" error={failure} />
                )}
                {asking ? (
                  <p className="notice notice-warning" role="alert">
                    <span className="grow">What you typed is not ordered yet.</span>
                    <Button size="sm" onClick={clear}>
                      Discard
                    </Button>
                  </p>
                ) : null}
                <Button
                  type="submit"
                  variant="primary"
                  pending={order.isPending}
                  disabledReason={
                    reason ??
                    missing ??
                    refused?.message ??
                    (preview.data === undefined ? "What it costs is being asked." : null)
                  }
                >
                  Order server
                </Button>
                {missing === null ? null : <p className="small muted">{missing}</p>}
              </div>
            </Panel>
          </aside>
        </div>
      </form>
    </>
  );
}

const EMPTY: OrderServerRequest = {
  account_id: 0,
  organization_id: 0,
  plan_id: 0,
  label: "",
  region: "",
  system: { image: "", authorized_keys: [], stackscript: null, answers: {} },
  backups: false,
  private_ip: false,
  key: "",
};

function Crumbs() {
  return (
    <>
      <Link to="/servers">Servers</Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}

type PriceProps = {
  readonly plan: OrderPlan | null;
  readonly preview: Preview | undefined;
  readonly currency: string;
};

/** What it costs and what is held for it, before anything is sent. */
function Price({ plan, preview, currency }: PriceProps) {
  if (plan === null) {
    return <p className="panel-empty muted">Choose a plan to see what it costs.</p>;
  }
  return (
    <dl className="facts server-facts">
      <dt>An hour</dt>
      <dd>
        <Rate rate={plan.rate} currency={currency} />
      </dd>
      <dt>A month at most</dt>
      <dd>{plan.monthly_rate === null ? "Uncapped" : <Money amount={plan.monthly_rate} currency={currency} />}</dd>
      <dt>Held while it is made</dt>
      <dd>
        {preview === undefined ? (
          <Unknown why="Asked once the form is filled" />
        ) : (
          <Money amount={preview.held} currency={currency} />
        )}
      </dd>
      <dt>Left to order for</dt>
      <dd>
        {preview === undefined ? (
          <Unknown why="Asked once the form is filled" />
        ) : (
          <Money amount={preview.orderable} currency={currency} />
        )}
      </dd>
    </dl>
  );
}

type Offered = {
  readonly id: string;
  readonly label: string;
  readonly status: string | null;
  readonly sold_out: ReadonlyArray<string>;
};

/** Linode's regions that are sold, with what is wrong with them now; what is named here where Linode has not answered. */
function regionsOf(
  offered: ReadonlyArray<Offered>,
  named: ReadonlyArray<string>,
  onSale: ReadonlyArray<string>,
): ReadonlyArray<SelectOption<string>> {
  if (offered.length === 0) return (onSale.length === 0 ? named : onSale).map((id) => ({ value: id, label: id }));
  const sold = onSale.length === 0 ? offered : offered.filter((region) => onSale.includes(region.id));
  return sold.map((region) => ({
    value: region.id,
    label: region.label,
    hint: region.status === "outage" ? `${region.id} · outage at Linode` : region.id,
  }));
}

/** Why a plan can't be ordered in a region; null when it can. */
function misfit(plan: OrderPlan, region: string, offered: ReadonlyArray<Offered>): string | null {
  if (plan.regions.length > 0 && !plan.regions.includes(region)) return `Its price is for ${plan.regions.join(", ")}.`;
  if (plan.elsewhere.includes(region)) return `In ${region} this type has a plan of its own.`;
  const sold = offered.find((each) => each.id === region)?.sold_out.includes(plan.linode_type) === true;
  return sold ? `Linode has none of this type left in ${region}.` : null;
}

function option(plan: OrderPlan, region: string | null) {
  const cap = plan.monthly_rate === null ? "uncapped" : `${formatMoney(plan.monthly_rate, "USD")} a month at most`;
  const where = region === null && plan.regions.length > 0 ? `, ${plan.regions.join(", ")}` : "";
  return { id: plan.id, label: plan.name, hint: `${formatRate(plan.rate)}, ${cap}${where}` };
}
