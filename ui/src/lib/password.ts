/** As the program's rule for new passwords has it. */
export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 128;

/** Crockford’s 32 letters and digits, none of which is taken for another when read aloud: five bits each. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS = 5;
const GROUP_CHARS = 4;

/** A first password of 100 random bits, in groups that can be read out. */
export function generatePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_CHARS));
  // 256 is a multiple of 32, so that every sign is as likely as every other.
  const signs = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return Array.from({ length: GROUPS }, (_, group) =>
    signs.slice(group * GROUP_CHARS, (group + 1) * GROUP_CHARS).join(""),
  ).join("-");
}

/** What is wrong with a first password; null when it will do. */
export function passwordProblem(password: string, email: string): string | null {
  const chars = [...password].length;
  if (chars < PASSWORD_CHARS_MIN) return `Choose a password of at least ${PASSWORD_CHARS_MIN} characters.`;
  if (chars > PASSWORD_CHARS_MAX) return `Choose a password of at most ${PASSWORD_CHARS_MAX} characters.`;
  const address = email.trim().toLowerCase();
  const said = password.trim().toLowerCase();
  if (said === address || said === address.split("@")[0]) return "Choose a password that isn’t the e-mail address.";
  return null;
}

/** Catches slips only: whether an address will do, the program decides. */
export function emailProblem(email: string): string | null {
  if (email.trim() === "") return "Enter an e-mail address.";
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : "Write the address as name@domain, such as ana@example.com.";
}
