/** As `organizations.name` is declared. */
export const NAME_CHARS_MAX = 255;
/** As the rule for addresses on invoices has it. */
export const ADDRESS_CHARS_MAX = 1000;

/** What is wrong with an organization's name; null when it will do. */
export function nameProblem(name: string): string | null {
  return name.trim() === "" ? "Enter the organization's name." : null;
}
