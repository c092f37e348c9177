import assert from "node:assert/strict";
import { runSeed } from "curio";

function seedWith(said: string | undefined): number {
  const before = Deno.env.get("CURIO_SEED");
  try {
    if (said === undefined) Deno.env.delete("CURIO_SEED");
    else Deno.env.set("CURIO_SEED", said);
    return runSeed();
  } finally {
    if (before === undefined) Deno.env.delete("CURIO_SEED");
    else Deno.env.set("CURIO_SEED", before);
  }
}

Deno.test("runSeed() is CURIO_SEED, or 1", () => {
  assert.deepEqual([undefined, "", "0", "42"].map(seedWith), [1, 1, 0, 42]);
});

Deno.test("runSeed() refuses what is no seed", () => {
  for (const said of ["-1", "1.5", "seven", "1e3", "99999999999999999"]) {
    assert.throws(() => seedWith(said), { name: "RangeError", message: /CURIO_SEED must be an integer/ });
  }
});
