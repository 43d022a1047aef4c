import { describe, expect, it } from "vitest";

const sources = Object.entries(
  import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
).filter(([path]) => !path.includes(".test.") && !path.startsWith("./bindings/"));

function importsOf(source: string): Array<string> {
  return [...source.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

function offenders(test: (path: string, source: string) => boolean): Array<string> {
  return sources.filter(([path, source]) => test(path, source)).map(([path]) => path);
}

describe("the house rules", () => {
  it("are held against all of the program's source", () => {
    expect(sources.map(([path]) => path)).toEqual(
      expect.arrayContaining(["./main.tsx", "./ui/Button.tsx", "./ipc/call.ts"]),
    );
  });

  it("only ipc knows Tauri", () => {
    expect(
      offenders(
        (path, source) =>
          !path.startsWith("./ipc/") && importsOf(source).some((name) => name.startsWith("@tauri-apps/")),
      ),
    ).toEqual([]);
  });

  it("features never import each other", () => {
    expect(
      offenders((path, source) => {
        const feature = /^\.\/features\/([^/]+)\//.exec(path)?.[1];
        if (feature === undefined) return false;
        return importsOf(source).some((name) => /^\.\.\/(?!\.\.\/)([a-z]+)\//.test(name));
      }),
    ).toEqual([]);
  });

  it("primitives know neither router nor query nor the way to the program", () => {
    expect(
      offenders(
        (path, source) =>
          path.startsWith("./ui/") &&
          importsOf(source).some(
            (name) => /^@tanstack\/react-(router|query)$/.test(name) || /^\.\.\/(ipc|app|features|routes)\//.test(name),
          ),
      ),
    ).toEqual([]);
  });

  it("nothing but React makes elements of text", () => {
    expect(
      offenders((_, source) => /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write/.test(source)),
    ).toEqual([]);
  });

  it("there are no style elements, which the content security policy blocks", () => {
    expect(offenders((_, source) => /<style|createElement\("style"\)/.test(source))).toEqual([]);
  });

  it("amounts never become floats", () => {
    expect(
      offenders(
        (path, source) => !path.startsWith("./ipc/mock/") && /Number\([^)]*(amount|balance|rate)\b/i.test(source),
      ),
    ).toEqual([]);
  });

  it("a page's code is fetched before its route is shown", () => {
    expect(offenders((path, source) => path.startsWith("./routes/") && /\blazy\([^;]*Page"\)/.test(source))).toEqual(
      [],
    );
  });

  it("the mock backend is loaded in development only", () => {
    expect(
      offenders(
        (path, source) =>
          !path.startsWith("./ipc/mock/") &&
          path !== "./main.tsx" &&
          importsOf(source).some((name) => name.includes("/mock/")),
      ),
    ).toEqual([]);
  });
});
