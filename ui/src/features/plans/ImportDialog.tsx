import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ApiError, ImportPlansRequest, ImportPrice, ImportReport } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { asCallError } from "../../ipc/error";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { plural } from "../../lib/format";
import { FormDialog } from "../../ui/FormDialog";
import { Switch } from "../../ui/Switch";
import { Money, Rate } from "../../ui/Text";
import { NumberField, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { OldNew } from "./ChangePriceDialog";
import { words } from "./price";

type Form = { markup: string; regions: string; types: string; base_url: string; update_prices: boolean };

/** Imports plans from Linode's price list: asked first what it would do, then done. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [form, setForm] = useState<Form>({ markup: "20", regions: "", types: "", base_url: "", update_prices: false });
  const [preview, setPreview] = useState<ImportReport | null>(null);
  const [reading, setReading] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const doImport = useWrite("plans.import");
  const reason = useWriteReason("plans");
  const request: ImportPlansRequest = {
    base_url: form.base_url.trim(),
    markup: form.markup.trim(),
    regions: words(form.regions),
    types: words(form.types),
    update_prices: form.update_prices,
  };

  const set = (change: Partial<Form>) => {
    setForm({ ...form, ...change });
    setFailure(null);
    // Whether changes are applied changes nothing of what was read.
    if (!("update_prices" in change)) setPreview(null);
  };
  const input = (name: "markup" | "regions" | "types" | "base_url") => ({
    value: form[name],
    error: failure?.field === name ? failure.message : null,
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });

  const read = async () => {
    setReading(true);
    setFailure(null);
    try {
      setPreview(await call("plans.import_preview", request));
    } catch (thrown) {
      const error = asCallError(thrown)?.error;
      if (error === undefined) throw thrown;
      setFailure(error);
    } finally {
      setReading(false);
    }
  };
  const confirm = () =>
    doImport.mutate(request, {
      onSuccess: (report) => {
        const updated = report.prices_updated ? `, ${plural(report.changed.length, "price")} updated` : "";
        showToast({ title: `${plural(report.added.length, "plan")} imported${updated}` });
        onClose();
      },
      onError: ({ error }) => setFailure(error),
    });

  const nothing =
    preview !== null && preview.added.length === 0 && !(form.update_prices && preview.changed.length > 0)
      ? "There is nothing to import."
      : null;
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Import plans from Linode"
      description="Reads Linode’s public price list; no token is needed. Plans that are there stay as they are."
      submitLabel={preview === null ? "Preview import" : "Import plans"}
      onSubmit={() => (preview === null ? void read() : confirm())}
      pending={reading || doImport.isPending}
      dirty={false}
      disabledReason={reason ?? nothing}
      failure={
        failure === null || (failure.field !== null && failure.field !== "")
          ? null
          : { title: "Nothing was imported", error: failure }
      }
      width={preview === null ? "medium" : "wide"}
    >
      <div className="form-row">
        <NumberField label="Markup" unit="%" {...input("markup")} />
        <TextField label="Only regions" optional placeholder="us-east, eu-west" {...input("regions")} />
        <TextField label="Only types" optional placeholder="g6-standard-2" {...input("types")} />
      </div>
      <details className="plan-advanced">
        <summary>Advanced</summary>
        <TextField
          label="Address of the API"
          optional
          placeholder="https://api.linode.com/v4"
          help="Only for a stand-in or a proxy of your own."
          {...input("base_url")}
        />
      </details>
      {preview === null ? null : (
        <Report report={preview} update={form.update_prices} onUpdate={(update_prices) => set({ update_prices })} />
      )}
    </FormDialog>
  );
}

type ReportProps = {
  readonly report: ImportReport;
  readonly update: boolean;
  readonly onUpdate: (update: boolean) => void;
};

function Report({ report, update, onUpdate }: ReportProps) {
  return (
    <>
      <p role="status">
        <b className="medium">{report.added.length} new</b>, {report.changed.length} of a changed price,{" "}
        {report.unchanged.length} unchanged, {report.left_out.length} left out.
      </p>
      <div className="plan-preview">
        <table>
          <thead>
            <tr>
              <th scope="col">Plan</th>
              <th scope="col">What</th>
              <th scope="col" className="right">
                Rate per hour
              </th>
              <th scope="col" className="right">
                Cap per month
              </th>
            </tr>
          </thead>
          <tbody>
            {report.added.map((plan) => (
              <tr key={`${plan.linode_type} ${plan.region}`}>
                <td>{plan.name}</td>
                <td className="fg-success">New</td>
                <td className="right">
                  <Rate rate={plan.price.rate} />
                </td>
                <td className="right">
                  <Cap price={plan.price} />
                </td>
              </tr>
            ))}
            {report.changed.map((plan) => (
              <tr key={plan.id}>
                <td>{plan.name}</td>
                <td className={plan.above_ours ? "fg-danger" : "fg-warning"}>
                  {plan.above_ours
                    ? "Above our price"
                    : plan.regions_added.length === 0
                      ? "Price"
                      : `Also ${plan.regions_added.join(", ")}`}
                </td>
                <td className="right">
                  <OldNew old={<Rate rate={plan.old.rate} />} now={<Rate rate={plan.new.rate} />} />
                </td>
                <td className="right">
                  <OldNew old={<Cap price={plan.old} />} now={<Cap price={plan.new} />} />
                </td>
              </tr>
            ))}
            {report.left_out.map((left) => (
              <tr key={`${left.linode_type} ${left.region} ${left.reason}`}>
                <td>{[left.linode_type, left.region].filter(Boolean).join(", ")}</td>
                <td colSpan={3} className="muted">
                  Left out: {left.reason}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.changed.length === 0 ? null : (
        <>
          <Switch
            label="Apply changed prices"
            help="For hours that begin from now. A rate or cap that was set by hand stays."
            checked={update}
            onChange={onUpdate}
          />
          {update ? null : (
            <p className="notice notice-warning">
              <TriangleAlert aria-hidden />
              {plural(report.changed.length, "plan keeps its", "plans keep their")} old price until this is applied.
            </p>
          )}
        </>
      )}
    </>
  );
}

function Cap({ price }: { readonly price: ImportPrice }) {
  return price.monthly_rate === null ? "Uncapped" : <Money amount={price.monthly_rate} currency="USD" />;
}
