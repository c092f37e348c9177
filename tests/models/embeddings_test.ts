import assert from "node:assert/strict";
import { basename, join } from "node:path";
import {
  type Dataset,
  embeddings,
  NetworkClassifier,
  type ProgressEvent,
  Random,
  readAll,
  tf,
  type Trainable,
} from "curio";
import { killedAtRandom } from "../data/killed_at_random.ts";
import { withFolder } from "../data/small_datasets.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { tinyTrainable } from "../training/tiny_trainable.ts";
import { embeddedRun } from "./embedded_run.ts";

const dataset = syntheticDataset({ count: 600 });
const normalization = { mean: [0.5], deviation: [0.25] };
const trunk = (options: Parameters<typeof tinyTrainable>[0] = {}): Trainable => ({
  ...tinyTrainable(options),
  normalization,
});

/** The dataset, how many images were read of it, and a place where reading fails. */
function counted({ failAt = Infinity } = {}): Dataset & { readonly reads: () => number } {
  let reads = 0;
  return {
    ...dataset,
    reads: () => reads,
    images: {
      ...dataset.images,
      async read(indices) {
        reads += indices.length;
        if (indices[0] >= failAt) throw new Error("the disk is gone");
        return await dataset.images.read(indices);
      },
    },
  };
}

const filesIn = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("embeddings() are what the classifier gives, and are read back without an image", () =>
  withFolder(async (folder) => {
    const before = tf.memory().numTensors;
    const trainable = trunk();
    const classifier = new NetworkClassifier(trainable);
    const first = await embeddings(trainable, dataset, { folder });
    const whole = await readAll(first);
    assert.deepEqual(whole, await classifier.embeddings(dataset.images));
    const images = counted();
    const again = await embeddings(trainable, images, { folder });
    assert.equal(images.reads(), 0);
    assert.deepEqual(await again.read(590, 10), { rows: 10, columns: 8, data: whole.data.subarray(590 * 8) });
    assert.equal((await Deno.stat(again.path)).size, 600 * 8 * 4);
    await assert.rejects(again.read(595, 10), /within 0…599: current value is 595…604/);
    await classifier.dispose();
    assert.equal(tf.memory().numTensors, before);
  }));

Deno.test("other weights, layers, normalizations, images and sizes are other embeddings; freezing is not", () =>
  withFolder(async (folder) => {
    const trainable = trunk();
    const pathOf = async (through: Trainable, of: Dataset = dataset, layer?: string) =>
      (await embeddings(through, of, { folder, layer })).path;
    const path = await pathOf(trainable);
    const others = [
      await pathOf(trunk({ seed: 2 })),
      await pathOf(trainable, dataset, "pool1"),
      await pathOf({ ...trainable, normalization: { mean: [0.4], deviation: [0.25] } }),
      await pathOf(trainable, syntheticDataset({ count: 600, seed: 2 })),
      await pathOf(trainable, syntheticDataset({ count: 500 })),
      (await embeddings(trainable, dataset, { folder, precision: "bfloat16" })).path,
    ];
    assert.equal(new Set([path, ...others]).size, 7);
    trainable.network.layers.forEach((layer) => layer.trainable = false);
    assert.equal(await pathOf(trainable), path);
    assert.equal(await pathOf(trunk()), path, "the same network, built again");
  }));

Deno.test("what was begun goes on where it was, with the same result to the last bit", () =>
  withFolder(async (folder) => {
    const trainable = trunk();
    const whole = await embeddings(trainable, dataset, { folder: join(folder, "whole") });
    const broken = join(folder, "broken");
    await assert.rejects(embeddings(trainable, counted({ failAt: 512 }), { folder: broken }), /the disk is gone/);
    const [partial] = await filesIn(broken);
    assert.match(partial, /\.partial$/);
    // A kill may leave half a row.
    await Deno.writeFile(join(broken, partial), Uint8Array.of(1, 2, 3), { append: true });
    const images = counted();
    const resumed = await embeddings(trainable, images, { folder: broken });
    assert.ok(images.reads() < 600, `${images.reads()} images read`);
    assert.deepEqual(await Deno.readFile(resumed.path), await Deno.readFile(whole.path));
    assert.equal((await filesIn(broken)).length, 1);
  }));

Deno.test("embeddings in a process that is killed at random moments end as those of one that was not", () =>
  withFolder(async (folder) => {
    const whole = await embeddedRun(join(folder, "whole"));
    const killed = join(folder, "killed");
    const left: string[] = [];
    await killedAtRandom(new URL("embedded_run.ts", import.meta.url), {
      ...{ args: [killed], kills: 2, lines: 7, random: new Random(1) },
      onKilled: async () => void left.push(...await filesIn(killed)),
    });
    assert.ok(left.some((name) => name.endsWith(".partial")), "a kill before the end");
    const [name, ...others] = await filesIn(killed);
    assert.deepEqual(others, []);
    assert.equal(name, basename(whole.path));
    assert.deepEqual(await Deno.readFile(join(killed, name)), await Deno.readFile(whole.path));
  }));

Deno.test("two that want the same embeddings compute them once", () =>
  withFolder(async (folder) => {
    const [a, b] = [counted(), counted()];
    const trainable = trunk();
    const [first, second] = await Promise.all([a, b].map((images) => embeddings(trainable, images, { folder })));
    assert.equal(a.reads() + b.reads(), 600);
    assert.deepEqual(await readAll(first), await readAll(second));
    assert.deepEqual(await filesIn(folder), [first.path.slice(folder.length + 1)]);
  }));

Deno.test("the cache says what it takes, and lets go of what was used longest ago", () =>
  withFolder(async (folder) => {
    const size = 600 * 8 * 4;
    const before = Deno.env.get("CURIO_CACHE_GB");
    Deno.env.set("CURIO_CACHE_GB", `${2.5 * size / 1e9}`);
    try {
      const trunks = [1, 2, 3].map((seed) => trunk({ seed }));
      const paths: string[] = [];
      for (const [age, trainable] of trunks.slice(0, 2).entries()) {
        const { path } = await embeddings(trainable, dataset, { folder });
        paths.push(path);
        await Deno.utime(path, new Date(), new Date(2020, 0, 1 + age));
      }
      await embeddings(trunks[0], dataset, { folder });
      const events: ProgressEvent[] = [];
      const third = await embeddings(trunks[2], dataset, { folder, onProgress: (event) => events.push(event) });
      const kept = await filesIn(folder);
      assert.deepEqual(kept, [paths[0], third.path].map((path) => path.slice(folder.length + 1)).sort());
      assert.ok(events.some((event) => event.kind === "note" && event.text.includes("take 0.00 GB of 0.00 GB")));
      await Deno.remove(third.path);
      await assert.rejects(third.read(0, 1), /must still be in the cache. Call embeddings\(\) again/);
    } finally {
      if (before === undefined) Deno.env.delete("CURIO_CACHE_GB");
      else Deno.env.set("CURIO_CACHE_GB", before);
    }
  }));

Deno.test("embeddings() refuse a network without normalization, and images that do not fit", () =>
  withFolder(async (folder) => {
    await assert.rejects(embeddings(tinyTrainable(), dataset, { folder }), /normalization is not known yet/);
    await assert.rejects(embeddings(trunk({ side: 16 }), dataset, { folder }), RangeError);
  }));
