import assert from "node:assert/strict";
import { checkStrategy, strategies } from "curio";

for (const [name, make] of Object.entries(strategies)) {
  Deno.test(`${name} keeps the contract of every strategy`, async () => {
    const { checks } = await checkStrategy(make());
    assert.deepEqual(checks.filter(({ passed }) => !passed), []);
  });

  Deno.test(`${name} is registered under its own name, with a reference`, () => {
    const strategy = make();
    assert.equal(strategy.name, name);
    assert.ok(strategy.reference.length > 0);
  });
}
