import { describe, expect, it } from "vitest";
import { validateViewSearch } from "./viewSearch";

describe("the view's URL", () => {
  it("keeps a part that exists, and a ticket only among tickets", () => {
    expect(validateViewSearch({ part: "tickets", ticket: "12" })).toEqual({ part: "tickets", ticket: 12 });
    expect(validateViewSearch({ part: "invoices", ticket: 12 })).toEqual({ part: "invoices" });
    expect(validateViewSearch({ part: "constructor", ticket: 12 })).toEqual({});
    expect(validateViewSearch({ part: "tickets", ticket: -1 })).toEqual({ part: "tickets" });
  });
});
