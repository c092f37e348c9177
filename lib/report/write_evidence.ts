import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { contentHashes } from "../data/content_hashes.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Round } from "../learning/round.ts";
import { packHashes } from "../runtime/hash64.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import type { Evaluation } from "../training/evaluation.ts";
import { Evidence } from "./evidence.ts";
import { checkFileName } from "./reports_folder.ts";

/** A finished run of an experiment; one without rounds is left out. */
export interface EvidenceRun {
  readonly strategy: string;
  readonly seed: number;
  readonly rounds: readonly Pick<Round, "initial" | "asked" | "labels" | "budget" | "test">[];
}

type ByMetric<T> = Readonly<Record<string, readonly T[] | undefined>>;

/** What a notebook's metrics rest on. */
export interface EvidenceOptions {
  /** The test images that all of it was predicted for, in that order. */
  readonly test: Pick<Dataset, "name" | "checksum" | "classNames" | "images">;
  /** By metric: the evaluations whose mean accuracy it is. */
  readonly accuracy?: ByMetric<Pick<Evaluation, "predictions">>;
  /** By metric: the evaluations whose mean macro F1 it is. */
  readonly macroF1?: ByMetric<Pick<Evaluation, "predictions">>;
  /** By what the names of the metrics begin with, `CNN, AULC` of `CNN, AULC, margin`: the runs that were compared. */
  readonly aulc?: ByMetric<EvidenceRun>;
  /** The same, of metrics that are the mean test accuracy of each strategy's last models: `CNN, last round, margin`. */
  readonly lastAccuracy?: ByMetric<EvidenceRun>;
}

/** Where the evidence of a notebook lies in a reports folder. */
export function evidencePath(folder: string, notebook: string): string {
  return join(folder, `${checkFileName(notebook)}.evidence.json.gz`);
}

/**
 * Writes down what a notebook's metrics can be computed from again: predictions for the test images, which are named by
 * their content, and the labels that every strategy bought. A few hundred kilobytes at most.
 *
 * @throws {RangeError} if there are not as many predictions as test images
 */
export async function writeEvidence(
  notebook: string,
  { folder, test, accuracy = {}, macroF1 = {}, aulc = {}, lastAccuracy = {} }: EvidenceOptions & {
    readonly folder: string;
  },
): Promise<Evidence> {
  const { name, checksum, classNames, images } = test;
  const predicted = (statistic: "accuracy" | "macroF1", byMetric: ByMetric<Pick<Evaluation, "predictions">>) =>
    Object.entries(byMetric).flatMap(([metric, evaluations]) => {
      if (evaluations === undefined) return [];
      const wrong = evaluations.find(({ predictions }) => predictions.length !== images.count);
      if (wrong) {
        throw new RangeError(
          `Cannot write evidence: there must be one prediction for each of ${images.count} test images: ` +
            `current value for ${metric} is ${wrong.predictions.length}. Give the dataset that was evaluated on.`,
        );
      }
      return [[metric, { statistic, predictions: evaluations.map(({ predictions }) => [...predictions]) }] as const];
    });
  const studies = [["aulc", aulc], ["lastAccuracy", lastAccuracy]] as const;
  const finished = studies.flatMap(([statistic, byMetric]) =>
    Object.entries(byMetric).flatMap(([study, runs = []]) =>
      runs.filter(({ rounds }) => rounds.length > 0).map((run) => ({ statistic, study, ...run }))
    )
  );
  const compared = finished.map(({ statistic, study, strategy }) =>
    [`${study}, ${strategy}`, { statistic, study, strategy }] as const
  );
  const evidence = Evidence.parse({
    notebook,
    test: { name, checksum, classes: classNames.length, images: packHashes(await contentHashes(images)) },
    metrics: Object.fromEntries([...predicted("accuracy", accuracy), ...predicted("macroF1", macroF1), ...compared]),
    runs: finished.map(({ study, strategy, seed, rounds }) => ({
      ...{ study, strategy, seed },
      initial: (rounds[0].initial ?? []).map(({ index }) => index),
      rounds: rounds.map(({ labels, budget, asked, test }) => ({
        ...{ labels, budget },
        testAccuracy: test?.accuracy,
        asked: asked.map(({ index }) => index),
      })),
    })),
  });
  await writeFileAtomic(evidencePath(folder, notebook), gzipSync(JSON.stringify(evidence)));
  return evidence;
}
