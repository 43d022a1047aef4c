import { describe, expect, it } from "vitest";
import { onlookerName, peopleText } from "./words";

describe("who can see a row", () => {
  it("names roles, also ones that this page does not know", () => {
    expect(onlookerName({ role: "customer" })).toBe("Customers");
    expect(onlookerName({ role: "auditor" })).toBe("auditor");
  });

  it("tells that there are more people than it names", () => {
    expect(peopleText({ people: [], people_count: 0 })).toBe("Nobody");
    expect(peopleText({ people: ["Ana", "Rui"], people_count: 2 })).toBe("Ana, Rui");
    expect(peopleText({ people: ["Ana"], people_count: 40 })).toBe("Ana and 39 more");
  });
});
