import assert from "node:assert/strict";
import { loadStream, Random, type Scenario, type StreamName } from "curio";
import { exampleCount } from "../../lib/continual/examples_at.ts";
import { streamOf } from "../../lib/continual/load_stream.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";

const tenClasses = {
  train: syntheticDataset({ count: 40, classes: 10 }),
  test: syntheticDataset({ count: 10, classes: 10 }),
};

Deno.test("loadStream() makes the split, permuted and rotated streams of papers", () => {
  const of = (name: StreamName, options: { scenario?: Scenario; experiences?: number } = {}) => {
    const { scenario, experiences } = streamOf(tenClasses, name, options);
    return [scenario, experiences.length, exampleCount(experiences[0].train), experiences.at(-1)!.name];
  };
  const { classNames } = tenClasses.train;
  assert.deepEqual(of("split-mnist"), ["class", 5, 8, classNames.slice(8).join(", ")]);
  assert.deepEqual(of("split-cifar-10", { scenario: "task", experiences: 2 }), [
    "task",
    2,
    20,
    classNames.slice(5).join(", "),
  ]);
  assert.deepEqual(of("permuted-mnist"), ["domain", 10, 40, "permutation 9"]);
  assert.deepEqual(of("rotated-mnist", { scenario: "task", experiences: 4 }), ["task", 4, 40, "135°"]);
});

Deno.test("loadStream() takes the classes in another order where it is given a generator", () => {
  const first = (random?: Random) => streamOf(tenClasses, "split-mnist", { random }).experiences[0].units;
  assert.deepEqual(first(), [0, 1]);
  assert.deepEqual(first(new Random(1)), [...new Random(1).permutation(10)].slice(0, 2));
});

Deno.test("loadStream() refuses streams that it does not know, and classes that do not come one by one", async () => {
  await assert.rejects(loadStream("split-tiny" as StreamName), /must be one of split-mnist, .*split-cifar-100/);
  await assert.rejects(loadStream("permuted-mnist", { scenario: "class" }), /must be task or domain/);
});
