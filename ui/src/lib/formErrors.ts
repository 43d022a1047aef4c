import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import type { ApiError } from "../bindings/contract";

/**
 * Puts an error that names a field of the form onto that field, and the focus with it. Answers what is left to be told
 * elsewhere: null when the field tells it.
 */
export function landOnField<F extends FieldValues>(
  error: ApiError,
  fields: ReadonlyArray<FieldPath<F>>,
  setError: UseFormSetError<F>,
): ApiError | null {
  const field = fields.find((name) => name === error.field);
  if (field === undefined) return error;
  setError(field, { type: "server", message: error.message }, { shouldFocus: true });
  return null;
}
