import type { Evidence } from "../../../lib/report/evidence.ts";
import { aulc } from "../../../lib/report/statistics/aulc.ts";
import type { MetricsFile } from "../../../lib/report/metrics_file.ts";
import { packHashes } from "../../../lib/runtime/hash64.ts";
import { predictionDigest } from "../../../lib/tasks/grading/recompute_metrics.ts";
import type { Reference } from "../../../lib/tasks/grading/reference.ts";
import type { NotebookRerun, SubmissionRecord } from "../../../lib/tasks/grading/submission_record.ts";
import type { TestImages } from "../../../lib/tasks/grading/test_images.ts";
import type { TrailSummary } from "../../../lib/tasks/grading/trail_summary.ts";

// A submission written by hand: three notebooks on a test set of 100 images, whose content hashes are 1…100 and whose
// classes are 0…9 in turn.

export const images = BigUint64Array.from({ length: 100 }, (_, place) => BigInt(place + 1));

export const testImages: TestImages = {
  dataset: "made up",
  classNames: Array.from({ length: 10 }, (_, label) => `class ${label}`),
  labels: new Map(Array.from(images, (hash, place) => [hash, place % 10])),
  copies: new Map(),
  alsoTraining: new Set(),
};

/** Classes of which so many of the hundred are right. */
export const predictions = (right: number) => Array.from(images, (_, place) => (place + (place < right ? 0 : 1)) % 10);

export const names = ["01_baseline_cnn", "02_pretrained_finetune", "03_active_learning"] as const;

function metricsFile(notebook: string, values: Readonly<Record<string, number>>, seed: number): MetricsFile {
  return {
    notebook,
    metrics: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, tolerance: 0.05 }])),
    measured: {},
    profile: "smoke",
    configuration: {},
    seed,
    versions: { curio: "0.1.0", deno: "2.9.6", tfjs: "4.22.0", library: "2.21.0" },
    backend: "tensorflow",
    device: "cpu",
    threads: 2,
    data: [{ name: "made up", checksum: "ab" }],
    commit: null,
  };
}

const test = { name: "made up", checksum: "ab", classes: 10, images: packHashes(images) };

interface Made {
  readonly metrics: MetricsFile;
  readonly evidence: Evidence;
  readonly trail: TrailSummary;
}

const noTrail: TrailSummary = { faults: [], fits: [], pools: [], predictions: [], runs: [] };
const clean = (images: number) => ({ images, test: 0 });

/** Metrics that are accuracies of one model each: by name, how many of the hundred are right. */
function accuracies(notebook: string, right: Readonly<Record<string, number>>, seed: number): Made {
  const entries = Object.entries(right);
  return {
    metrics: metricsFile(notebook, Object.fromEntries(entries.map(([name, each]) => [name, each / 100])), seed),
    evidence: {
      notebook,
      test,
      metrics: Object.fromEntries(
        entries.map(([name, each]) => [name, { statistic: "accuracy", predictions: [predictions(each)] }]),
      ),
      runs: [],
    },
    trail: {
      ...noTrail,
      fits: entries.map(() => ({
        learntFrom: clean(2750),
        stoppedBy: clean(250),
        random: `number:${seed}/string:fit`,
      })),
      predictions: entries.map(([, each], place) => ({
        learntFrom: clean(2750),
        images: 100,
        accuracy: each / 100,
        digest: predictionDigest(images, predictions(each)),
        fitsAfter: notebook === names[0] ? 0 : entries.length - 1 - place,
      })),
    },
  };
}

/** Four strategies at two seeds, 20 labels more in each of two rounds. */
function study(seed: number, shift: number): Made {
  const notebook = names[2];
  const strategies = ["random", "margin", "entropy", "badge"];
  const budgets = [20, 40, 60];
  const runs = [1, 2].flatMap((place) =>
    strategies.map((strategy, rank) => ({
      ...{ study: "CNN, AULC", strategy, seed: 1000 * seed + place },
      initial: Array.from({ length: 20 }, (_, item) => 1000 * place + item),
      rounds: budgets.map((labels, round) => ({
        labels,
        budget: labels + 10,
        testAccuracy: (40 + 10 * round + rank + place + shift) / 100,
        asked: round === 2 ? [] : Array.from({ length: 20 }, (_, item) => 5000 + 100 * rank + 20 * round + item),
      })),
    }))
  );
  const areaOf = (strategy: string) => {
    const own = runs.filter((run) => run.strategy === strategy).map(({ rounds }) =>
      aulc({ labels: rounds.map(({ budget }) => budget), values: rounds.map(({ testAccuracy }) => testAccuracy) })
    );
    return own.reduce((sum, each) => sum + each, 0) / own.length;
  };
  const all = (78 + shift) / 100;
  return {
    metrics: metricsFile(notebook, {
      "CNN, all labels": all,
      ...Object.fromEntries(strategies.map((strategy) => [`CNN, AULC, ${strategy}`, areaOf(strategy)])),
    }, seed),
    evidence: {
      notebook,
      test,
      metrics: {
        "CNN, all labels": { statistic: "accuracy", predictions: [predictions(Math.round(100 * all))] },
        ...Object.fromEntries(
          strategies.map((strategy) =>
            [`CNN, AULC, ${strategy}`, { statistic: "aulc", study: "CNN, AULC", strategy }] as const
          ),
        ),
      },
      runs,
    },
    trail: {
      ...noTrail,
      fits: [{ learntFrom: clean(1000), stoppedBy: null, random: `number:${1000 * seed + 1}` }],
      pools: runs.map(() => clean(1000)),
      predictions: [
        { learntFrom: 1000, accuracy: all },
        ...runs.flatMap(({ rounds }) =>
          rounds.map(({ labels, testAccuracy }) => ({ learntFrom: labels, accuracy: testAccuracy }))
        ),
      ].map(({ learntFrom, accuracy }) => ({
        learntFrom: clean(learntFrom),
        images: 100,
        accuracy,
        digest: predictionDigest(images, predictions(Math.round(100 * accuracy))),
        fitsAfter: 1,
      })),
      runs: runs.map(({ strategy, seed, initial, rounds }) => ({
        ...{ strategy, random: `number:${seed}`, pool: "the pool", initial },
        rounds: rounds.map(({ labels, asked }) => ({ labels, asked, validationLabels: 10, abstained: 0 })),
      })),
    },
  };
}

/** What the three notebooks give at a seed, which moves everything by some points. */
export function madeAt(seed: number, shift = seed % 3): readonly Made[] {
  return [
    accuracies(names[0], { testAccuracy: 78 + shift }, seed),
    accuracies(
      names[1],
      { "CNN from scratch, 5 a class": 50 + shift, "fine-tuned resnet20, 5 a class": 60 + shift },
      seed,
    ),
    study(seed, shift),
  ];
}

export function rerunAt(seed: number, shift?: number): SubmissionRecord["reruns"][0] {
  return {
    seed,
    profile: "smoke",
    notebooks: madeAt(seed, shift).map((made, place): NotebookRerun => ({
      ...{ notebook: names[place], outcome: "passed", cell: 28, of: 28, error: "", seconds: 20 },
      ...made,
    })),
  };
}

/** A reference of 20 seeds that move the numbers by up to two points. */
export function sampleReference(): Reference {
  const seeds = Array.from({ length: 20 }, (_, place) => 101 + place);
  const notebooks = names.map((name, place) => {
    const files = seeds.map((seed) => [seed, madeAt(seed)[place]] as const);
    const metrics = Object.keys(files[0][1].metrics.metrics).map((metric) =>
      [metric, Object.fromEntries(files.map(([seed, { metrics }]) => [seed, metrics.metrics[metric].value]))] as const
    );
    return [name, { code: name, seeds, metrics: Object.fromEntries(metrics) }] as const;
  });
  return {
    format: "curio reference 1",
    dataset: "made up",
    profiles: { smoke: { notebooks: Object.fromEntries(notebooks) } },
  };
}

/** An honest submission: claims of seed 1, executed again at seeds 7 and 8. */
export function honestRecord(): SubmissionRecord {
  const claimed = madeAt(1);
  return {
    name: "honest",
    library: "pristine",
    claims: Object.fromEntries(claimed.map(({ metrics }) => [metrics.notebook, metrics])),
    claimedEvidence: Object.fromEntries(claimed.map(({ evidence }) => [evidence.notebook, evidence])),
    unreadable: [],
    markdown: [{ file: "reports/report.md", cell: 0, text: "Margin asks where two classes are close. ".repeat(30) }],
    reruns: [rerunAt(7), rerunAt(8)],
    violations: [],
  };
}
