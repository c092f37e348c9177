import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../../lib/runtime/project_root.ts";
import { prepareTrail, readTrail } from "../../../lib/tasks/grading/read_trail.ts";
import { type TestImages, testImagesOf } from "../../../lib/tasks/grading/test_images.ts";
import { test, train } from "./audited_run.ts";

const testImages = await testImagesOf({ train, test });

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What audited_run.ts prints, and the folder with its trail. */
async function audited(folder: string, watched: TestImages): Promise<{ readonly found: readonly number[] }> {
  await prepareTrail(join(folder, "trail"), watched);
  const script = fileURLToPath(new URL("audited_run.ts", import.meta.url));
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", join(projectRoot, "deno.json"), script, folder],
    env: { CURIO_AUDIT: join(folder, "trail"), NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

Deno.test("a trail tells what each model learnt from, was stopped by, chose among and said of the test images", () =>
  inFolder(async (folder) => {
    const { found } = await audited(folder, testImages);
    const trail = await readTrail(join(folder, "trail"), testImages);
    assert.deepEqual(trail.faults, []);
    const images = (images: number, test = 0) => ({ images, test });
    assert.deepEqual(trail.fits.slice(0, 5), [
      { learntFrom: images(40), stoppedBy: images(4), random: "number:1/string:fit" },
      { learntFrom: images(60, 20), stoppedBy: null, random: "number:1/string:fit" },
      { learntFrom: images(40), stoppedBy: images(20, 20), random: "number:1/string:fit" },
      { learntFrom: images(40), stoppedBy: null, random: null },
      { learntFrom: images(5, 5), stoppedBy: null, random: null },
    ]);
    // The loops: two rounds each, of 4 and 8 labels.
    assert.deepEqual(trail.fits.slice(5, 9).map(({ learntFrom }) => learntFrom), [4, 8, 4, 8].map((n) => images(n)));
    assert.deepEqual(trail.pools, [images(40), images(40), images(60, 20)]);
    // Beside what was found: the validation of fit 3, the probe of step 4.
    const [honest, leaky, validation, probe, ...rounds] = trail.predictions.filter((each) => each.images === 20);
    assert.deepEqual([honest, leaky].map(({ accuracy }) => accuracy), found.slice(0, 2));
    assert.deepEqual([honest, leaky, probe].map(({ learntFrom }) => learntFrom), [
      images(40),
      images(60, 20),
      images(40),
    ]);
    assert.equal(validation.accuracy >= 0 && honest.fitsAfter > leaky.fitsAfter, true);
    assert.deepEqual(rounds.slice(0, 4).map(({ accuracy }) => accuracy), found.slice(2));
    assert.deepEqual(rounds.slice(0, 4).map(({ learntFrom }) => learntFrom?.images), [4, 8, 4, 8]);
    const [onImages, onFeatures] = trail.runs;
    assert.deepEqual(onImages.initial, onFeatures.initial);
    assert.equal(onImages.random, onFeatures.random);
    assert.deepEqual(onImages.rounds.map(({ labels, asked }) => [labels, asked.length]), [[4, 4], [8, 0]]);
    // The same trail gives the same summary.
    assert.deepEqual(await readTrail(join(folder, "trail"), testImages), trail);
  }));

Deno.test("readTrail() does not take for leakage what the publisher put among the training images too", () =>
  inFolder(async (folder) => {
    await prepareTrail(folder, testImages);
    const [shared] = testImages.labels.keys();
    const watched = btoa(String.fromCharCode(...new Uint8Array(BigUint64Array.of(shared).buffer)));
    const lines = [
      { n: 0, kind: "start" },
      { n: 1, kind: "learnt", from: { count: 40, watched }, stoppedBy: null, random: null },
    ];
    await Deno.writeTextFile(join(folder, "a.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const one = await readTrail(folder, testImages);
    assert.deepEqual(one.fits, [{ learntFrom: { images: 40, test: 1 }, stoppedBy: null, random: null }]);
    const other = await readTrail(folder, { ...testImages, alsoTraining: new Set([shared]) });
    assert.deepEqual(other.fits, [{ learntFrom: { images: 40, test: 0 }, stoppedBy: null, random: null }]);
  }));

Deno.test("readTrail() knows that the whole trail was removed", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.remove(folder);
  await assert.rejects(readTrail(folder, testImages), Deno.errors.NotFound);
});

Deno.test("readTrail() bears a line that a kill cut short, and notices lines that are gone, changed or made up", () =>
  inFolder(async (folder) => {
    const start = '{"n":0,"kind":"start"}\n';
    const faultsOf = async (text: string) => {
      await Deno.writeTextFile(join(folder, "a.jsonl"), text);
      return (await readTrail(folder, testImages)).faults;
    };
    assert.deepEqual(await faultsOf(""), []);
    assert.deepEqual(await faultsOf(`${start}{"n":1,"ki`), []);
    assert.match((await faultsOf(`${start}{"n":2,"kind":"start"}\n`)).join(), /Line 2 .* out of order/);
    assert.match((await faultsOf(`${start}nonsense\n`)).join(), /Line 2 .* damaged/);
    assert.match((await faultsOf(`${start}{"n":1,"kind":"start","extra":1}\n`)).join(), /Line 2 .* damaged/);
    const predicted = { n: 1, kind: "predicted", images: "unknown", classes: [1], learntFrom: null };
    assert.match((await faultsOf(`${start}${JSON.stringify(predicted)}\n`)).join(), /other images than are watched/);
  }));
