import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError, OrderContainerRequest } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useRead, useWrite } from "../../ipc/queries";
import { formatMoney, formatRate } from "../../lib/format";
import { landOnField } from "../../lib/formErrors";
import { OrganizationField } from "../../lib/OrganizationField";
import { FormDialog } from "../../ui/FormDialog";
import { Select } from "../../ui/Select";
import { Skeleton } from "../../ui/Skeleton";
import { Switch } from "../../ui/Switch";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

/** No image is called so: it stands for one that the host may not have yet. */
const ANOTHER = "*";

type Form = { name: string; image: string; ports: string; volumes: string; environment: string };

const FIELDS = ["name", "image", "ports", "volumes", "environment"] as const;

type NewContainerDialogProps = { readonly disabledReason: string | null; readonly onClose: () => void };

/** Makes a container on a host for an organization. Nothing is sent to the host before it is written down. */
export function NewContainerDialog({ disabledReason, onClose }: NewContainerDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  // Made when the form opens: sent again, it stays the one that it was.
  const [key] = useState(() => crypto.randomUUID());
  const providers = useRead("providers.list", {});
  const plans = useRead("plans.choices", { kind: "container", search: "", resource_id: null });
  const hosts = providers.data?.hosts.filter((host) => host.is_active) ?? [];
  const [hostId, setHostId] = useState<number | null>(null);
  const [planId, setPlanId] = useState<number | null>(null);
  const [organization, setOrganization] = useState<OrganizationChoice | null>(null);
  const [unlimited, setUnlimited] = useState(false);
  const [another, setAnother] = useState(false);
  const [missing, setMissing] = useState(false);
  const order = useWrite("containers.order");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { name: "", image: "", ports: "", volumes: "", environment: "" },
  });
  const { errors, isDirty } = form.formState;
  const host = hostId ?? (hosts.length === 1 ? (hosts[0]?.id ?? null) : null);
  const images = useRead("hosts.images", { id: host ?? 0 }, { enabled: host !== null });
  const image = form.watch("image");
  const name = form.watch("name");

  const request = (values: Form): OrderContainerRequest => ({
    host_id: host ?? 0,
    organization_id: organization?.id ?? 0,
    plan_id: planId ?? 0,
    name: values.name.trim(),
    image: values.image.trim(),
    ports: lines(values.ports),
    volumes: lines(values.volumes),
    environment: variables(values.environment),
    disk_required: !unlimited,
    key,
  });
  const chosen = host !== null && planId !== null && organization !== null;
  // The price doesn't hang on ports and variables: what is typed there is not asked about.
  const preview = useRead(
    "containers.order_preview",
    {
      ...request({ name: "container", image: "image", ports: "", volumes: "", environment: "" }),
      key: `${key}-look`,
    },
    { enabled: chosen, keepPrevious: true },
  );

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    if (!chosen || values.image.trim() === "") {
      setMissing(true);
      return;
    }
    order.mutate(request(values), {
      onSuccess: (placed) => {
        showToast({
          title: `${values.name.trim()} is being made`,
          description: placed.carried_out_here
            ? "The page tells how far it is; in the list it appears when its host has it."
            : "It waits for the agent, or for the desk of an admin who holds the workspace key.",
        });
        onClose();
      },
      onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
    });
  });

  const needed = (value: unknown) => (missing && (value === null || value === "") ? "Choose one." : undefined);
  return (
    <FormDialog
      open
      onClose={onClose}
      title="New container"
      description="It is made and started on the host, held to what its plan sells, and billed by the hour from then on."
      submitLabel={name.trim() === "" ? "Create container" : `Create ${name.trim()}`}
      onSubmit={(event) => void submit(event)}
      pending={order.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The container was not asked for", error: failure }}
    >
      <OrganizationField value={organization} onChange={setOrganization} error={needed(organization)} />
      <div className="form-row">
        <Select
          label="Host"
          value={host === null ? null : String(host)}
          onChange={(value) => {
            setHostId(Number(value));
            if (!another) form.setValue("image", "");
          }}
          error={needed(host)}
          options={hosts.map((each) => ({
            value: String(each.id),
            label: each.label,
            hint:
              each.engine.computer === null
                ? undefined
                : `Docker ${each.engine.version ?? ""} on ${each.engine.computer}`,
          }))}
        />
        <Select
          label="Image"
          value={another ? ANOTHER : image === "" ? null : image}
          onChange={(value) => {
            setAnother(value === ANOTHER);
            form.setValue("image", value === ANOTHER ? "" : value, { shouldDirty: true });
          }}
          help={images.error?.error.message}
          error={another ? undefined : (errors.image?.message ?? needed(image))}
          placeholder={host === null ? "Choose a host first" : images.isLoading ? "Reading\u2026" : "Choose\u2026"}
          options={
            host === null
              ? []
              : [
                  ...(images.data?.images ?? []).map((each) => ({ value: each.name, label: each.name })),
                  { value: ANOTHER, label: "Another, from a registry\u2026" },
                ]
          }
        />
      </div>
      {another ? (
        <TextField
          label="Image in the registry"
          placeholder="nginx:1.27"
          help="Name, name:tag or name@sha256:digest. A host that hasn’t got it gets it first; nothing is billed meanwhile."
          error={errors.image?.message ?? needed(image)}
          {...form.register("image")}
        />
      ) : null}
      <div className="form-row">
        <TextField
          label="Name"
          help="Nothing else on the host has it."
          error={errors.name?.message}
          {...form.register("name", { validate: (typed) => typed.trim() !== "" || "Enter a name." })}
        />
        <Select
          label="Plan"
          value={planId === null ? null : String(planId)}
          onChange={(value) => setPlanId(Number(value))}
          error={needed(planId)}
          options={(plans.data?.choices ?? []).map((plan) => ({
            value: String(plan.id),
            label: plan.name,
            hint: `${formatRate(plan.rate)} per hour`,
          }))}
        />
      </div>
      {chosen ? <Cost preview={preview} /> : null}
      <TextArea
        label="Ports"
        optional
        rows={2}
        help="One a line, host first: 8080:80"
        error={errors.ports?.message}
        {...form.register("ports")}
      />
      <TextArea
        label="Environment"
        optional
        rows={2}
        help="One a line: NAME=value. Values are kept sealed until it is made, and never shown again."
        error={errors.environment?.message}
        {...form.register("environment", { validate: named })}
      />
      <TextArea
        label="Volumes"
        optional
        rows={2}
        help="One a line, host first: /srv/data:/data"
        error={errors.volumes?.message}
        {...form.register("volumes")}
      />
      <Switch
        label="Make it also where the host can’t limit its disk"
        help="Some ways of storing layers can’t hold a container to an amount of disk."
        checked={unlimited}
        onChange={setUnlimited}
      />
    </FormDialog>
  );
}

type CostProps = { readonly preview: ReturnType<typeof useRead<"containers.order_preview">> };

function Cost({ preview }: CostProps) {
  if (preview.error !== null) {
    return (
      <p className="notice notice-danger" role="alert">
        {preview.error.error.message}
      </p>
    );
  }
  if (preview.data === undefined) return <Skeleton lines={1} label="The price is being read" />;
  const { rate, monthly_rate, held, orderable, warnings } = preview.data;
  const cap = monthly_rate === null ? "without a cap" : `at most ${formatMoney(monthly_rate, "USD")} a month`;
  const left = orderable === null ? "" : ` Afterwards ${formatMoney(orderable, "USD")} may be ordered for.`;
  return (
    <div className="order-cost" role="status">
      <p className="notice notice-info">
        <span>
          {formatRate(rate)} per hour, {cap}. {formatMoney(held, "USD")} of the wallet are held until it is made.{left}
        </span>
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="notice notice-warning">
          {warning}
        </p>
      ))}
    </div>
  );
}

function lines(text: string): Array<string> {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function named(text: string): string | true {
  return lines(text).every((line) => line.indexOf("=") > 0) || "Write each line as NAME=value.";
}

function variables(text: string): Record<string, string> {
  return Object.fromEntries(
    lines(text).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at).trim(), line.slice(at + 1)];
    }),
  );
}
