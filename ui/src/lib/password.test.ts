import { describe, expect, it } from "vitest";
import { emailProblem, generatePassword, passwordProblem } from "./password";

describe("first passwords", () => {
  it("are made so that they pass the rule, and never twice the same", () => {
    const made = new Set(Array.from({ length: 200 }, generatePassword));
    expect(made.size).toBe(200);
    for (const password of made) {
      expect(password).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){4}[0-9a-hjkmnp-tv-z]{4}$/);
      expect(passwordProblem(password, "ana@example.com")).toBeNull();
    }
  });

  it("are judged by length and by not being the address", () => {
    expect(passwordProblem("elevenchars", "a@b.c")).toMatch("at least 12");
    expect(passwordProblem("äöüäöüäöüäöü", "a@b.c")).toBeNull();
    expect(passwordProblem("x".repeat(129), "a@b.c")).toMatch("at most 128");
    expect(passwordProblem("Ana.Rodrigues@Example.com", "ana.rodrigues@example.com")).toMatch("isn’t the e-mail");
    expect(passwordProblem("ana.rodrigues ", "ana.rodrigues@example.com")).toMatch("isn’t the e-mail");
  });

  it("come with an address that looks like one", () => {
    expect(emailProblem(" ana@example.com ")).toBeNull();
    expect(emailProblem("ana")).not.toBeNull();
    expect(emailProblem("a b@example.com")).not.toBeNull();
    expect(emailProblem("")).toBe("Enter an e-mail address.");
  });
});
