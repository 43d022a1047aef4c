import { describe, expect, it } from "vitest";
import { toBase64 } from "./base64";

describe("a file as base64", () => {
  it("is the same bytes, however many", () => {
    for (const length of [0, 1, 2, 3, 8_191, 8_192, 8_193, 70_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) % 256);
      expect(Uint8Array.from(atob(toBase64(bytes)), (letter) => letter.charCodeAt(0))).toEqual(bytes);
    }
  });
});
