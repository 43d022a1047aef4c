import { expect, it } from "vitest";
import { elapsedText, stepsText, tookText } from "./taskText";

it("says how far and how long as the mock-ups do", () => {
  expect(stepsText(1_902, 2_140)).toBe("1,902 / 2,140");
  expect(stepsText(0, 0)).toBeNull();
  expect([0, 400, 59_400, 59_600, 98_000, 124_000, 3_725_000].map(elapsedText)).toEqual([
    "0 s",
    "0 s",
    "59 s",
    "1 m 00 s",
    "1 m 38 s",
    "2 m 04 s",
    "1 h 02 m",
  ]);
});

it("says of what is over how long it took, to the tenth while that tells something", () => {
  expect([0, 412, 9_949, 9_950, 98_000].map(tookText)).toEqual(["0.0 s", "0.4 s", "9.9 s", "10 s", "1 m 38 s"]);
});
