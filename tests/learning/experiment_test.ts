import assert from "node:assert/strict";
import { join } from "node:path";
import {
  compareStrategies,
  type ExperimentDeclaration,
  type ExperimentResult,
  type FeatureSet,
  learningRuns,
  loadFeatureSet,
  matrix,
  numbersOf,
  type ProgressEvent,
  Random,
  runExperiment,
  saveFeatureSet,
  tf,
} from "curio";
import { parseExperiment } from "../../lib/learning/experiment_schema.ts";

/** Three clouds of points in four dimensions, that overlap. */
function clouds(name: string, count: number): FeatureSet {
  const random = new Random(name);
  const labels = Int32Array.from({ length: count }, (_, item) => item % 3);
  const rows = Array.from(labels, (label) => [0, 1, 2, 3].map((axis) => (axis === label ? 2 : 0) + random.normal()));
  return { name, labels, classNames: ["a", "b", "c"], checksum: `${name} ${count}`, features: matrix(rows) };
}

async function inFolder(work: (folder: string, declaration: ExperimentDeclaration) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const [features, test] = [join(folder, "pool.safetensors"), join(folder, "test.safetensors")];
    await saveFeatureSet(clouds("pool", 150), features);
    await saveFeatureSet(clouds("test", 60), test);
    await work(join(folder, "cells"), {
      datasets: [{ features, test, name: "clouds" }],
      models: [{ kind: "probe" }],
      strategies: ["random", "margin"],
      seeds: 2,
      initial: { size: 10 },
      batchSize: 10,
      budget: 30,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const numbers = ({ cells }: ExperimentResult) => cells.map(({ rounds }) => rounds.map(numbersOf));

Deno.test("runExperiment() runs every strategy at every seed, all beginning with the same labels", () =>
  inFolder(async (folder, declaration) => {
    const before = tf.memory().numTensors;
    const { cells, failures } = await runExperiment(declaration, { folder, workers: 0 });
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(failures, []);
    assert.deepEqual(cells.map(({ strategy, seed, status }) => `${strategy} ${seed} ${status}`), [
      "random 1 done",
      "margin 1 done",
      "random 2 done",
      "margin 2 done",
    ]);
    const initial = cells.map(({ rounds }) => rounds[0].initial!.map(({ index }) => index));
    assert.deepEqual(initial[0], initial[1]);
    assert.deepEqual(initial[2], initial[3]);
    assert.notDeepEqual(initial[0], initial[2]);
    assert.equal(cells[0].rounds[0].test!.accuracy, cells[1].rounds[0].test!.accuracy);
    assert.notDeepEqual(cells[0].rounds[0].asked, cells[1].rounds[0].asked);
  }));

Deno.test("runExperiment() gives the same numbers in processes of its own, and from what an earlier run kept", () =>
  inFolder(async (folder, declaration) => {
    const options = { workers: 2, memory: 5e8, threads: 1 };
    const first = await runExperiment(declaration, { folder, ...options });
    assert.deepEqual(first.failures, []);
    assert.ok(first.cells.every(({ cached }) => !cached));
    const kept = [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name));
    assert.equal(kept.length, 4);
    await Deno.remove(kept[0]);
    await Deno.writeTextFile(kept[1], '{"rounds": [');
    const again = await runExperiment({ ...declaration, seeds: [1, 2] }, { folder, ...options, workers: 1 });
    assert.equal(again.cells.filter(({ cached }) => cached).length, 2);
    assert.deepEqual(numbers(again), numbers(first));
  }));

Deno.test("what a cell kept is not taken for that of other features in the same file", () =>
  inFolder(async (folder, declaration) => {
    const options = { folder, workers: 0 };
    const first = await runExperiment(declaration, options);
    const [{ features: path }] = declaration.datasets as { features: string }[];
    const { features, ...rest } = await loadFeatureSet(path);
    await saveFeatureSet({ ...rest, features: { ...features, data: features.data.map((value) => -value) } }, path);
    const { cells } = await runExperiment(declaration, options);
    assert.ok(cells.every(({ cached }) => !cached));
    assert.notDeepEqual(numbers({ cells, failures: [] }), numbers(first));
  }));

Deno.test("an experiment's annotators may err, and be asked again", () =>
  inFolder(async (folder, declaration) => {
    const { labels } = clouds("pool", 150);
    const wrong = async (changes: Partial<ExperimentDeclaration>) => {
      const { cells: [{ rounds }] } = await runExperiment({ ...declaration, ...changes }, { folder, workers: 0 });
      const answers = rounds.flatMap(({ initial = [], asked }) => [...initial, ...asked]);
      const again = rounds.flatMap(({ askedAgain = [] }) => askedAgain).length;
      return { wrong: answers.filter(({ index, label }) => label !== labels[index]).length, again };
    };
    assert.deepEqual(await wrong({}), { wrong: 0, again: 0 });
    const noisy = await wrong({ flip: 0.3 });
    assert.ok(noisy.wrong > 0 && noisy.again === 0);
    assert.ok((await wrong({ flip: 0.3, relabel: { share: 0.5, folds: 2 } })).again > 0);
  }));

Deno.test("runExperiment() reports a cell that fails, and the others go on", () =>
  inFolder(async (folder, declaration) => {
    const events: ProgressEvent[] = [];
    // A linear probe has no dropout for BALD to read.
    const strategies: ExperimentDeclaration["strategies"] = ["random", { strategy: "bald", name: "broken" }];
    const { cells, failures } = await runExperiment({ ...declaration, strategies, seeds: 1 }, {
      folder,
      workers: 0,
      onProgress: (event) => events.push(event),
    });
    assert.deepEqual(cells.map(({ status }) => status), ["done", "failed"]);
    assert.equal(failures[0].strategy, "broken");
    assert.match(failures[0].error!.message, /^Cannot /);
    assert.ok(events.some((event) => event.kind === "note" && /^broken at seed 1 .* failed: Cannot/.test(event.text)));
    assert.deepEqual(events.filter(({ kind }) => kind === "advance").map((event) => "done" in event && event.done), [
      1,
      2,
    ]);
    assert.equal(learningRuns({ cells }).length, 1);
  }));

Deno.test("a committee stands beside the model: with it, random asks and scores as without", () =>
  inFolder(async (folder, declaration) => {
    const strategies = ["random", "voteEntropy"] as const;
    const { cells: [random, committee] } = await runExperiment({
      ...declaration,
      strategies: [...strategies],
      seeds: 1,
    }, {
      folder,
      workers: 0,
    });
    assert.deepEqual([committee.status, committee.error], ["done", undefined]);
    assert.equal(committee.rounds[0].test!.loss, random.rounds[0].test!.loss);
  }));

Deno.test("learningRuns() counts the labels of the validation set, and names what there are several of", () =>
  inFolder(async (folder, declaration) => {
    const [dataset] = declaration.datasets;
    const validation = join(folder, "..", "validation.safetensors");
    await saveFeatureSet(clouds("validation", 20), validation);
    const result = await runExperiment({
      ...declaration,
      datasets: [{ ...dataset as { features: string; test: string; name: string }, validation }],
      models: [{ kind: "probe", name: "weak", c: 0.01 }, { kind: "probe", name: "strong", c: 10 }],
    }, { folder, workers: 0 });
    const runs = learningRuns(result);
    assert.equal(runs.length, 8);
    assert.deepEqual([runs[0].model, runs[0].dataset], ["weak", undefined]);
    assert.deepEqual(runs[0].labels, [30, 40, 50]);
    assert.equal(runs[0].values[0], result.cells[0].rounds[0].test!.accuracy);
    assert.equal(
      learningRuns(result, { on: "validation", measure: "brier" })[0].values[0],
      result.cells[0].rounds[0].validation!.brier,
    );
    assert.equal(compareStrategies(runs).length, 2);
  }));

Deno.test("runExperiment() stops when it is told to", () =>
  inFolder(async (folder, declaration) => {
    const controller = new AbortController();
    const outcomes: string[] = [];
    const running = runExperiment(declaration, {
      folder,
      workers: 0,
      signal: controller.signal,
      onCells: () => controller.abort(new DOMException("enough", "AbortError")),
      onProgress: (event) => event.kind === "finish" && outcomes.push(event.outcome),
    });
    await assert.rejects(running, { message: "enough" });
    assert.deepEqual(outcomes, ["stopped"]);
    assert.equal([...Deno.readDirSync(folder)].length, 1);
  }));

Deno.test("an experiment's declaration is completed, or refused where it is wrong", () => {
  const smallest = { datasets: ["mnist"], models: [{ kind: "cnn" as const }], strategies: ["random" as const] };
  const cnn = parseExperiment(smallest);
  assert.deepEqual(cnn.seeds, [1, 2, 3, 4, 5]);
  assert.deepEqual(cnn.datasets, [{ kind: "catalogue", catalogue: "mnist", name: "mnist" }]);
  assert.equal(parseExperiment({ ...smallest, models: [{ kind: "probe" }] }).seeds.length, 20);
  const wrong = (part: object) => () => parseExperiment({ ...smallest, ...part });
  assert.throws(
    wrong({ strategies: ["oracle"] }),
    /Cannot run the experiment: its declaration is wrong:[^]*strategies\[0\]/,
  );
  assert.throws(wrong({ strategies: ["margin", "margin"] }), /every one must have a name of its own/);
  assert.throws(wrong({ models: [{ kind: "network" }] }), /models\[0\]/);
  assert.throws(wrong({ budgets: 5 }), /budgets/);
});

Deno.test("a feature set comes back from its file as it was, and a damaged file is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "features.safetensors");
    const features = clouds("pool", 9);
    await saveFeatureSet(features, path);
    assert.deepEqual(await loadFeatureSet(path), features);
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(path, bytes);
    await assert.rejects(loadFeatureSet(path), SyntaxError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
