import { useState } from "react";
import type { ApiError, NetworkRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { FormDialog } from "../../ui/FormDialog";
import { Segmented } from "../../ui/Segmented";
import { Switch } from "../../ui/Switch";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

type NetworkDialogProps = {
  readonly row: NetworkRow | null;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

const KEY = "rdns_base_domain";

/** The domain of reverse names as a field of its own; everything else as JSON, unknown keys and all. */
export function NetworkDialog({ row, disabledReason, onClose }: NetworkDialogProps) {
  const [kind, setKind] = useState<"rdns" | "other">(row === null || row.type === "rdns" ? "rdns" : "other");
  const [type, setType] = useState(row === null || row.type === "rdns" ? "" : row.type);
  const [domain, setDomain] = useState(row?.rdns_base ?? "");
  const [json, setJson] = useState(row?.config ?? "{}");
  const [active, setActive] = useState(row?.is_active ?? true);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("networking.create");
  const edit = useWrite("networking.edit");
  const isRdns = kind === "rdns";
  const config = isRdns ? withDomain(row?.config ?? "{}", domain) : json;
  const dirty = row === null ? domain !== "" || json !== "{}" : config !== row.config || active !== row.is_active;

  const submit = () => {
    setFailure(null);
    const done = {
      onSuccess: () => {
        showToast({ title: isRdns ? `Addresses are named under ${domain.trim()}` : `${type.trim()} is saved` });
        onClose();
      },
      onError: ({ error }: { error: ApiError }) => setFailure(error),
    };
    if (row === null) create.mutate({ type: isRdns ? "rdns" : type.trim(), config, is_active: active }, done);
    else edit.mutate({ id: row.id, config, is_active: active, expected_updated_at: row.updated_at }, done);
  };
  const configError = failure?.field === "config" ? failure.message : null;

  return (
    <FormDialog
      open
      onClose={onClose}
      title={row === null ? "Add configuration" : isRdns ? "Edit reverse names" : `Edit ${row.type}`}
      submitLabel={row === null ? "Add configuration" : "Save configuration"}
      onSubmit={submit}
      pending={create.isPending || edit.isPending}
      dirty={dirty}
      disabledReason={
        disabledReason ??
        (isRdns && domain.trim() === "" ? "Give a domain." : !isRdns && type.trim() === "" ? "Give a type." : null)
      }
      failure={
        failure === null || failure.field === "config" || failure.field === "type"
          ? null
          : { title: "It was not saved", error: failure }
      }
    >
      {row === null ? (
        <div className="field">
          <span className="field-label">What it is about</span>
          <Segmented
            label="What it is about"
            value={kind}
            options={[
              { value: "rdns" as const, label: "Reverse names" },
              { value: "other" as const, label: "Something else" },
            ]}
            onChange={setKind}
          />
        </div>
      ) : null}
      {isRdns ? (
        <TextField
          label="Domain of reverse names"
          placeholder="ip.rev.example.com"
          help={
            domain.trim() === ""
              ? "New servers\u2019 addresses are named by their digits under it, which has to lead back to them."
              : `203.0.113.9 of a new server is called 203-0-113-9.${domain.trim().replace(/^\.+|\.+$/g, "")}, which has to lead back to it.`
          }
          value={domain}
          error={configError}
          onChange={(event) => setDomain(event.currentTarget.value)}
        />
      ) : (
        <>
          {row === null ? (
            <TextField
              label="Type"
              maxLength={50}
              value={type}
              error={failure?.field === "type" ? failure.message : null}
              onChange={(event) => setType(event.currentTarget.value)}
            />
          ) : null}
          <TextArea
            label="Configuration"
            help="A JSON object. What this program doesn’t know is kept as it is."
            rows={10}
            className="mono"
            spellCheck={false}
            value={json}
            error={configError}
            onChange={(event) => setJson(event.currentTarget.value)}
          />
        </>
      )}
      <Switch
        label="Counts"
        help="Otherwise it is kept, and nothing goes by it."
        checked={active}
        onChange={setActive}
      />
    </FormDialog>
  );
}

/** The configuration with another domain; what else is in it stays. */
function withDomain(config: string, domain: string): string {
  try {
    const known: unknown = JSON.parse(config);
    const kept = typeof known === "object" && known !== null && !Array.isArray(known) ? known : {};
    return JSON.stringify({ ...kept, [KEY]: domain.trim() }, null, 2);
  } catch {
    return JSON.stringify({ [KEY]: domain.trim() }, null, 2);
  }
}
