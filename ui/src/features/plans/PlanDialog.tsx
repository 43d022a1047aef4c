import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ApiError, PlanFormFields, PlanRow, ResourceKind } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { FormDialog } from "../../ui/FormDialog";
import { Segmented } from "../../ui/Segmented";
import { NumberField, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { PriceInputs, usePrice } from "./PriceInputs";
import { NO_PRICE, type PriceForm, priceFields, words } from "./price";

type Texts = Record<
  | "name"
  | "provider"
  | "linode_type"
  | "vcpus"
  | "cpu_cores"
  | "memory_mb"
  | "disk_gb"
  | "transfer_gb"
  | "network_out_mbps"
  | "regions",
  string
>;

const text = (value: number | string | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);

function textsOf(plan: PlanRow | null): Texts {
  return {
    name: text(plan?.name),
    provider: plan === null ? "linode" : text(plan.provider),
    linode_type: text(plan?.linode_type),
    vcpus: text(plan?.vcpus),
    cpu_cores: text(plan?.cpu_cores),
    memory_mb: text(plan?.memory_mb),
    disk_gb: text(plan?.disk_gb),
    transfer_gb: text(plan?.transfer_gb),
    network_out_mbps: text(plan?.network_out_mbps),
    regions: plan?.regions.join(", ") ?? "",
  };
}

const WHOLE = /^\d{1,9}$/;
const SIZES = ["vcpus", "memory_mb", "disk_gb", "transfer_gb", "network_out_mbps"] as const;

/** A size that is no whole number. */
function wrongSize(texts: Texts): (typeof SIZES)[number] | null {
  return SIZES.find((name) => texts[name].trim() !== "" && !WHOLE.test(texts[name].trim())) ?? null;
}

function fieldsOf(kind: ResourceKind, texts: Texts): PlanFormFields {
  const size = (name: (typeof SIZES)[number]) => (texts[name].trim() === "" ? null : Number(texts[name].trim()));
  return {
    kind,
    name: texts.name,
    provider: texts.provider,
    linode_type: texts.linode_type,
    vcpus: size("vcpus"),
    cpu_cores: texts.cpu_cores,
    memory_mb: size("memory_mb"),
    disk_gb: size("disk_gb"),
    transfer_gb: size("transfer_gb"),
    network_out_mbps: size("network_out_mbps"),
    regions: words(texts.regions),
  };
}

type PlanDialogProps = {
  /** The plan that is edited; null for a new one. Prices are changed in a dialog of their own. */
  readonly plan: PlanRow | null;
  readonly onClose: () => void;
};

export function PlanDialog({ plan, onClose }: PlanDialogProps) {
  const [kind, setKind] = useState<ResourceKind>(plan?.kind ?? "vps");
  const [texts, setTexts] = useState(() => textsOf(plan));
  const [price, setPrice] = useState<PriceForm>(NO_PRICE);
  const [changed, setChanged] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("plans.create");
  const edit = useWrite("plans.edit");
  const reason = useWriteReason("plans");
  const { answer, problem } = usePrice(price);
  const withoutRate = plan === null && answer?.rate === null;
  const wrong = wrongSize(texts);

  const set = (change: Partial<Texts>) => {
    setChanged(true);
    setFailure(null);
    setTexts({ ...texts, ...change });
  };
  const input = (name: keyof Texts) => ({
    value: texts[name],
    error:
      wrong === name ? "Write a whole number, or leave it empty." : failure?.field === name ? failure.message : null,
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });

  const submit = () => {
    if (wrong !== null) return;
    setFailure(null);
    const done = {
      onSuccess: () => {
        showToast({ title: `${texts.name.trim()} ${plan === null ? "created" : "saved"}` });
        onClose();
      },
      onError: ({ error }: { error: ApiError }) => setFailure(error),
    };
    const fields = fieldsOf(kind, texts);
    if (plan === null) create.mutate({ fields, price: priceFields(price), without_rate: withoutRate }, done);
    else edit.mutate({ id: plan.id, fields, expected_updated_at: plan.updated_at }, done);
  };

  const onField = failure !== null && failure.field !== null;
  return (
    <FormDialog
      open
      onClose={onClose}
      title={plan === null ? "New plan" : `Edit ${plan.name}`}
      description={plan === null ? undefined : "What it costs is changed with Change price."}
      submitLabel={plan === null ? "Create plan" : "Save plan"}
      onSubmit={submit}
      pending={create.isPending || edit.isPending}
      dirty={changed}
      disabledReason={reason ?? (texts.name.trim() === "" ? "Enter a name." : (problem?.message ?? null))}
      failure={failure === null || onField ? null : { title: "The plan was not saved", error: failure }}
    >
      {plan === null ? (
        <Segmented
          label="What it sells"
          value={kind}
          onChange={setKind}
          options={[
            { value: "vps" as const, label: "Servers" },
            { value: "container" as const, label: "Containers" },
          ]}
        />
      ) : null}
      <TextField label="Name" placeholder="Dedicated 8 GB" maxLength={255} {...input("name")} />
      {kind === "vps" ? (
        <div className="form-row">
          <TextField label="Provider" {...input("provider")} />
          <TextField label="Provider’s type" optional placeholder="g6-dedicated-4" {...input("linode_type")} />
        </div>
      ) : null}
      <div className="form-row">
        {kind === "vps" ? (
          <NumberField label="vCPU" optional {...input("vcpus")} />
        ) : (
          <NumberField label="Cores" optional placeholder="0.50" {...input("cpu_cores")} />
        )}
        <NumberField label="Memory" optional unit="MB" {...input("memory_mb")} />
        <NumberField label="Disk" optional unit="GB" {...input("disk_gb")} />
      </div>
      {kind === "vps" ? (
        <>
          <div className="form-row">
            <NumberField label="Transfer" optional unit="GB" {...input("transfer_gb")} />
            <NumberField label="Network out" optional unit="Mbit/s" {...input("network_out_mbps")} />
          </div>
          <TextField
            label="Regions"
            optional
            placeholder="us-east, eu-west"
            help="Empty is everywhere."
            {...input("regions")}
          />
        </>
      ) : null}
      {plan === null ? (
        <PriceInputs
          form={price}
          onChange={(next) => {
            setChanged(true);
            setPrice(next);
          }}
          refused={failure}
        />
      ) : null}
      {withoutRate ? (
        <p className="notice notice-warning" role="status">
          <TriangleAlert aria-hidden />
          Without a cost or a rate this plan has no price: nothing can be assigned to it, and what other programs put on
          it is not charged but waits.
        </p>
      ) : null}
    </FormDialog>
  );
}
