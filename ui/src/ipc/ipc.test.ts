import { afterEach, describe, expect, it, vi } from "vitest";
import { call, setTransport } from "./call";
import { connection } from "./connection";
import { CallError } from "./error";

const PROBLEM = {
  code: "duplicate_key",
  message: "An organization of this name exists already.",
  field: "name",
  retry_after_ms: null,
  request_id: "r-1",
};

function answerWith(status: number, body: unknown) {
  return vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(JSON.stringify(body), { status }));
}

afterEach(() => {
  setTransport(null);
  document.head.replaceChildren();
});

describe("the bridge", () => {
  it("posts the request to the command's own path and gives its answer", async () => {
    const fetched = answerWith(200, { id: 7 });
    await expect(
      call("organizations.create", { name: "Acme", currency: "USD", billing_name: null, billing_address: null }),
    ).resolves.toEqual({ id: 7 });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe("/call/organizations.create");
    expect(init?.method).toBe("POST");
    expect(init?.body).toBe('{"name":"Acme","currency":"USD","billing_name":null,"billing_address":null}');
    expect(init?.headers).toEqual({ "Content-Type": "application/json" });
  });

  it("sends the token that the page carries", async () => {
    const meta = document.createElement("meta");
    meta.name = "bridge-token";
    meta.content = "t0ken";
    document.head.append(meta);
    const fetched = answerWith(200, {});
    await call("session.touch", {});
    expect(fetched.mock.calls[0]?.[1]?.headers).toMatchObject({ "X-Bridge-Token": "t0ken" });
  });

  it("turns an error answer into a CallError", async () => {
    answerWith(409, PROBLEM);
    const failure = call("organizations.create", {
      name: "Acme",
      currency: "USD",
      billing_name: null,
      billing_address: null,
    });
    await expect(failure).rejects.toBeInstanceOf(CallError);
    await expect(failure).rejects.toMatchObject({ error: PROBLEM, message: PROBLEM.message });
  });

  it("does not pass on what is no error of ours", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("password=hunter2"));
    const failure = call("session.touch", {}).catch((error: unknown) => error);
    const error = await failure;
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: "internal" });
    expect(String(error)).not.toContain("hunter2");
  });
});

describe("the connection", () => {
  it("is lost by an error that says so, and back with the next answer of the database", async () => {
    setTransport(() => Promise.reject({ ...PROBLEM, code: "connection_lost" }));
    await expect(call("shell.summary", {})).rejects.toBeInstanceOf(CallError);
    expect(connection.read().state).toBe("lost");
    setTransport(() => Promise.resolve({}));
    await call("preferences.get", {});
    expect(connection.read().state).toBe("lost");
    await call("shell.summary", {});
    expect(connection.read().state).toBe("ok");
  });

  it("is not lost by an answer that merely refuses", async () => {
    setTransport(() => Promise.reject({ ...PROBLEM, code: "forbidden" }));
    await expect(call("shell.summary", {})).rejects.toBeInstanceOf(CallError);
    expect(connection.read().state).toBe("ok");
  });
});
