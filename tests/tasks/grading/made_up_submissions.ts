import type { Cause } from "../../../lib/tasks/grading/verdict.ts";

/** A submission that someone could hand in, right or wrong, and what is to be found in it. */
export interface MadeUpSubmission {
  readonly name: string;
  readonly cause: Cause;
  /** The cells of its one notebook. */
  readonly cells: readonly string[];
  /** Whether it comes with the reports that its notebook writes. */
  readonly withReports: boolean;
  /** What its author has made of the value of its metric. */
  readonly claims?: number;
}

/** What all of them are named. */
export const madeUpNotebook = "01_baseline_cnn";

const load = `import * as curio from "curio";
const seed = Number(Deno.env.get("CURIO_SEED") ?? 1);
const random = new curio.Random(seed);
const { train, test } = await curio.loadDataset("fashion-mnist");`;

const fit = `const { shape } = train.images;
const network = curio.cnn({ shape, classes: 10, filters: [8], denseUnits: [32], random: random.child("weights") });
const model = new curio.NetworkClassifier({ network, classNames: train.classNames });
const chosen = curio.initialSet(train.labels, { size: 1000, random: random.child("images") });
await model.fit(curio.subset(train, chosen), { epochs: 3, batchSize: 50, learningRate: 0.003, random: random.child("fit") });
const evaluation = await model.evaluate(test);
await model.dispose();
await curio.show({ accuracy: evaluation.accuracy });`;

const write = `const metrics = { testAccuracy: { value: evaluation.accuracy, tolerance: 0.1 } };
const evidence = { test, accuracy: { testAccuracy: [evaluation] } };
const configuration = { images: 1000 };
await curio.writeMetrics("${madeUpNotebook}", { metrics, configuration, seed, datasets: [train, test], evidence });`;

const honest = [load, fit, write];
const after = (cell: string) => [load, cell, fit, write];

/** Twelve of them. `outside` is a folder that belongs to none of them. */
export function madeUpSubmissions(outside: string): MadeUpSubmission[] {
  const own = { withReports: false };
  return [
    { name: "honest", cause: "sound", cells: honest, withReports: true },
    { ...own, name: "does-not-start", cause: "does-not-start", cells: [`import { cnn } from "curios";`, ...honest] },
    { ...own, name: "syntax-error", cause: "syntax-error", cells: after("const images = ;") },
    { ...own, name: "infinite-loop", cause: "timed-out", cells: after("while (true) { /* nothing */ }") },
    {
      ...own,
      name: "forty-gigabytes",
      cause: "out-of-memory",
      cells: after("const hoard = [];\nfor (let i = 0; i < 400; i++) hoard.push(new Uint8Array(1e8).fill(1));"),
    },
    {
      ...own,
      name: "fork-bomb",
      cause: "process-limit",
      cells: after(`await new Deno.Command("sh", { args: ["-c", "f() { f | f & }; f; sleep 60"] }).output();`),
    },
    {
      ...own,
      name: "fills-the-disk",
      cause: "disk-limit",
      cells: after(
        "const block = new Uint8Array(1e7);\nfor (let i = 0; i < 1e4; i++) Deno.writeFileSync(`${i}`, block);",
      ),
    },
    {
      ...own,
      name: "deletes",
      cause: "tampering",
      cells: after(`await Deno.remove(${JSON.stringify(outside)}, { recursive: true });`),
    },
    // An address that is nobody's (RFC 5737).
    { ...own, name: "network", cause: "network", cells: after(`await fetch("http://192.0.2.7/");`) },
    { name: "forged-metrics", cause: "forged-metrics", cells: honest, withReports: true, claims: 0.99 },
    {
      name: "test-leakage",
      cause: "test-leakage",
      cells: [load, fit.replace("subset(train, chosen)", "subset(test, chosen.map((index) => index % 10_000))"), write],
      withReports: true,
    },
    {
      name: "seed-ignored",
      cause: "seed-ignored",
      cells: [load.replace("new curio.Random(seed)", "new curio.Random(1)"), fit, write],
      withReports: true,
    },
  ];
}

/** Points for one notebook that runs, and for a metric that holds. */
export const madeUpRubric = {
  title: "A small CNN",
  requirements: [{
    requirement: "1 · A CNN of one's own",
    needs: [
      { need: "passes", points: 4, notebook: madeUpNotebook },
      { need: "metric", points: 4, notebook: madeUpNotebook, metric: "^testAccuracy$" },
      { need: "none found", points: 2, of: ["test-leakage", "forged-metrics", "seed-ignored"] },
    ],
  }],
  voids: { tampering: "everything", network: "everything", "forged-metrics": "everything" },
};
