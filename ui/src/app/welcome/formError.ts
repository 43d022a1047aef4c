import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import type { CallError } from "../../ipc/error";

/** Lays a server's error on the field that it names; answers whether there was such a field. */
export function setFieldError<T extends FieldValues>(
  form: UseFormReturn<T>,
  fields: ReadonlyArray<Path<T>>,
  error: CallError,
): boolean {
  const field = fields.find((each) => each === error.error.field);
  if (field === undefined) return false;
  form.setError(field, { type: "server", message: error.message }, { shouldFocus: true });
  return true;
}
