import assert from "node:assert/strict";
import { backend, engineSupport } from "curio";

/** Runs `work` with CURIO_ENGINE set to `value`. */
function withEngine(value: string, work: () => void): void {
  const before = Deno.env.get("CURIO_ENGINE");
  Deno.env.set("CURIO_ENGINE", value);
  try {
    work();
  } finally {
    if (before === undefined) Deno.env.delete("CURIO_ENGINE");
    else Deno.env.set("CURIO_ENGINE", before);
  }
}

Deno.test("CURIO_ENGINE=eager turns the compiler off, and says so; other values are refused", () => {
  withEngine("eager", () => {
    assert.deepEqual(engineSupport(), { available: false, reason: "CURIO_ENGINE=eager turns the compiler off" });
  });
  withEngine("fast", () => {
    assert.throws(engineSupport, /CURIO_ENGINE must be "eager" or unset: current value is "fast"/);
  });
});

Deno.test("graphs can be built on TensorFlow 2.21 or newer, and elsewhere the reason names what is there", () => {
  withEngine("", () => {
    const support = engineSupport();
    const [, major, minor] = /^TensorFlow (\d+)\.(\d+)/.exec(backend.library)?.map(Number) ?? [0, 0, 0];
    assert.equal(support.available, major > 2 || (major === 2 && minor >= 21));
    const older = { package: "tensorflow-cpu", version: "2.20.3", device: "cpu", reason: "" } as const;
    const refused = engineSupport(older);
    assert.ok(!refused.available);
    if (backend.name !== "tensorflow") return;
    assert.match(refused.reason, /^graphs need TensorFlow 2\.21 or newer, this is 2\.20\.3; `deno task setup` inst/);
  });
});
