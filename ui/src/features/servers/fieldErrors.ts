import type { ApiError } from "../../bindings/contract";

const KNOWN = /^(label|region|type|image|stackscript_id|stackscript_data\..+|authorized_keys.*|root_pass)$/;

/** An error that names a field lands on it; `landed` says whether it does. */
export function fieldErrors(failure: ApiError | null): {
  readonly fields: Readonly<Record<string, string>>;
  readonly landed: boolean;
} {
  const field = failure?.field ?? null;
  if (failure === null || field === null || !KNOWN.test(field)) return { fields: {}, landed: false };
  const name = field.startsWith("authorized_keys") ? "authorized_keys" : field;
  return { fields: { [name]: failure.message }, landed: name !== "type" && name !== "root_pass" };
}
