import assert from "node:assert/strict";
import { join } from "node:path";
import { poolView, Random, strategies } from "curio";
import type { GoldenCase } from "./golden/golden_case.ts";

const folder = join(import.meta.dirname!, "golden");
const cases: GoldenCase[] = [];
for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (name === "golden_case.ts") continue;
  const module: { readonly cases: readonly GoldenCase[] } = await import(`./golden/${name}`);
  cases.push(...module.cases);
}

for (const { strategy, sources, k, indices, scores, origin } of cases) {
  const options = Object.entries(strategy.options).map(([name, value]) => `${name} ${value}`).join(", ");
  Deno.test(`${strategy.name} (${options || "no options"}) picks ${indices} as worked out: ${origin}`, async () => {
    const selection = await strategy.select(poolView(sources), k, new Random(1));
    assert.deepEqual([...selection.indices], indices);
    scores?.forEach((score, place) => {
      const actual = selection.scores[place];
      assert.ok(Math.abs(actual - score) <= 1e-6, `score ${place} should be ${score}, is ${actual}`);
    });
  });
}

Deno.test("every registered strategy has a golden case", () => {
  const covered = new Set(cases.map(({ strategy }) => strategy.name));
  assert.deepEqual(Object.keys(strategies).filter((name) => !covered.has(name)), []);
});
