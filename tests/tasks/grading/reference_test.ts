import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { Random } from "curio";
import { makeReference } from "../../../lib/tasks/grading/make_reference.ts";
import { rangesOf, readReference, referenceRange } from "../../../lib/tasks/grading/reference.ts";
import { names, rerunAt } from "./sample_record.ts";

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "reference.json"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("referenceRange() is the prediction interval by hand", () => {
  const { mean, deviation, low, high, apart, min, max } = referenceRange([0.8, 0.82, 0.84], { metrics: 1 });
  // Student's t, 2 degrees of freedom, at 0.995: 9.9248.
  assert.ok(Math.abs(mean - 0.82) < 1e-12 && Math.abs(deviation - 0.02) < 1e-12);
  assert.ok(Math.abs(high - (0.82 + 9.9248 * 0.02 * Math.sqrt(4 / 3))) < 1e-5);
  assert.ok(Math.abs(mean - low - (high - mean)) < 1e-12);
  assert.ok(Math.abs(apart - 9.9248 * 0.02 * Math.SQRT2) < 1e-5);
  assert.deepEqual([min, max], [0.8, 0.84]);
});

Deno.test("referenceRange() has a width also where all seeds agree, and wants three of them", () => {
  const { low, high, apart } = referenceRange([0.5, 0.5, 0.5], { metrics: 1 });
  assert.deepEqual([low, high, apart], [0.498, 0.502, 0.002]);
  assert.throws(() => referenceRange([0.5, 0.6], { metrics: 1 }), { name: "RangeError", message: /at least 3 seeds/ });
});

Deno.test("referenceRange() holds all metrics of an honest run together 99 times in 100", () => {
  const random = new Random(5);
  const metrics = 10;
  const draw = (count: number) => Array.from({ length: count }, () => 0.8 + 0.01 * random.normal());
  const trials = 2000;
  let alarms = 0;
  for (let trial = 0; trial < trials; trial++) {
    const outside = Array.from({ length: metrics }, () => {
      const { low, high } = referenceRange(draw(20), { metrics });
      const [value] = draw(1);
      return value < low || value > high;
    });
    if (outside.some(Boolean)) alarms++;
  }
  // 20 are expected of 2,000; the binomial's deviation is 4.4.
  assert.ok(alarms > 5 && alarms < 38, `${alarms} alarms`);
});

Deno.test("referenceRange() does not depend on the order of seeds", () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 20 });
  fc.assert(fc.property(values, (all) => {
    const [one, other] = [all, all.toReversed()].map((each) => referenceRange(each, { metrics: 2 }));
    assert.ok(Math.abs(one.low - other.low) < 1e-9 && Math.abs(one.high - other.high) < 1e-9);
  }));
});

const notebooks = names.map((name) => ({ name, cells: [`"${name}";`] }));
const made = { notebooks, profile: "smoke", dataset: "made up" } as const;
const runOf = (wanted: readonly { readonly name: string }[], seed: number) =>
  rerunAt(seed).notebooks.filter(({ notebook }) => wanted.some(({ name }) => name === notebook));

Deno.test("makeReference() goes on with the seeds that are missing, and adds profiles and seeds to what is there", () =>
  inFolder(async (file) => {
    const ran: number[] = [];
    const runSeed = (missing: readonly { readonly name: string }[], seed: number) => {
      ran.push(seed);
      if (seed === 103 && ran.length === 3) throw new Error("the machine was switched off");
      return Promise.resolve(runOf(missing, seed));
    };
    const how = { ...made, seeds: 4, runSeed };
    await assert.rejects(makeReference(file, how), /switched off/);
    assert.deepEqual((await readReference(file)).profiles.smoke?.notebooks[names[2]].seeds, [101, 102]);
    const told: number[] = [];
    const reference = await makeReference(file, { ...how, onSeed: (_, { missing }) => told.push(missing.length) });
    assert.deepEqual(ran, [101, 102, 103, 103, 104]);
    assert.deepEqual(told, [0, 0, 3, 3]);
    assert.deepEqual(await readReference(file), reference);
    const ranges = rangesOf(reference.profiles.smoke, names[0]);
    // Seeds move the accuracy by (seed mod 3) points: 0.80, 0.78, 0.79, 0.80.
    assert.deepEqual([ranges.get("testAccuracy")?.seeds, ranges.get("testAccuracy")?.mean], [4, 0.7925]);
    const both = await makeReference(file, { ...how, profile: "quick", seeds: [5] });
    assert.deepEqual(Object.keys(both.profiles).sort(), ["quick", "smoke"]);
    assert.equal(rangesOf(both.profiles.quick, names[0]).size, 0); // one seed is no range
    assert.equal(rangesOf(both.profiles.full, names[0]).size, 0);
  }));

Deno.test("makeReference() executes only the notebooks that lack a seed, and those that have changed from the first", () =>
  inFolder(async (file) => {
    const ran: string[] = [];
    const runSeed = (missing: readonly { readonly name: string }[], seed: number) => {
      ran.push(...missing.map(({ name }) => `${name.slice(0, 2)} at ${seed}`));
      return Promise.resolve(runOf(missing, seed));
    };
    const make = async (some: typeof notebooks, seeds: number) => {
      ran.length = 0;
      return await makeReference(file, { ...made, notebooks: some, seeds, runSeed });
    };
    await make(notebooks.slice(0, 1), 2);
    assert.deepEqual(ran, ["01 at 101", "01 at 102"]);
    await make(notebooks.slice(0, 2), 2);
    assert.deepEqual(ran, ["02 at 101", "02 at 102"]);
    const changed = [{ name: names[0], cells: ["changed;"] }, notebooks[1]];
    const { profiles } = await make(changed, 1);
    assert.deepEqual(ran, ["01 at 101"]);
    assert.deepEqual(profiles.smoke?.notebooks[names[0]].seeds, [101]);
    assert.deepEqual(Object.keys(profiles.smoke!.notebooks[names[0]].metrics.testAccuracy), ["101"]);
    assert.deepEqual(profiles.smoke?.notebooks[names[1]].seeds, [101, 102]);
  }));

Deno.test("makeReference() refuses a file of another dataset, and a notebook of ours that fails", () =>
  inFolder(async (file) => {
    const how = { ...made, seeds: [1], runSeed: () => Promise.resolve(rerunAt(1).notebooks) };
    await makeReference(file, how);
    await assert.rejects(
      makeReference(file, { ...how, dataset: "cifar-10" }),
      /must be of cifar-10: .* made up/,
    );
    const failing = rerunAt(2).notebooks.map((each) => ({ ...each, outcome: "failed" as const, error: "no data" }));
    await assert.rejects(
      makeReference(file, { ...how, seeds: [2], runSeed: () => Promise.resolve(failing) }),
      /01_baseline_cnn must pass at seed 2: failed: no data/,
    );
    // One that cannot run on this dataset is known to be skipped, and not tried again.
    const skipped = runOf(notebooks.slice(0, 1), 3).map((each) => ({ ...each, outcome: "skipped" as const }));
    const only = { ...how, notebooks: notebooks.slice(0, 1), seeds: [3], runSeed: () => Promise.resolve(skipped) };
    const { profiles } = await makeReference(file, only);
    assert.deepEqual(profiles.smoke?.notebooks[names[0]].seeds, [1, 3]);
    await makeReference(file, { ...only, runSeed: () => Promise.reject(new Error("executed again")) });
  }));

Deno.test("readReference() names a file that is none, and the place", () =>
  inFolder(async (file) => {
    await Deno.writeTextFile(file, "{");
    await assert.rejects(readReference(file), { name: "SyntaxError", message: /reference\.json: it is not JSON/ });
    await Deno.writeTextFile(
      file,
      JSON.stringify({ format: "curio reference 1", dataset: "x", profiles: { slow: {} } }),
    );
    await assert.rejects(readReference(file), { name: "SyntaxError", message: /profiles/ });
  }));
