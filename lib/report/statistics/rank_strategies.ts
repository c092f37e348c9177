import type { LearningRun } from "../../learning/learning_run.ts";
import { Random } from "../../runtime/random.ts";
import { aulc } from "./aulc.ts";
import { checkRuns, commonRange, settingOf, strategiesOf } from "./learning_run.ts";

/** How strategies rank over datasets, by {@linkcode rankStrategies}. */
export interface Ranking {
  readonly datasets: number;
  /** Best first; rank 1 is the best of a dataset, ties share the mean of their places. */
  readonly ranks: readonly { readonly strategy: string; readonly rank: number }[];
  /** Friedman's χ² and its p under permutations of the ranks within datasets. */
  readonly friedman: { readonly statistic: number; readonly p: number };
  /** Nemenyi's critical difference at 0.05: mean ranks closer than this cannot be told apart. */
  readonly criticalDifference: number;
}

/** Datasets below which ranks say nothing. */
const fewestDatasets = 5;

/**
 * 95 % points of the studentised range for 2 to 40 groups and infinite degrees of freedom, over √2, from
 * `scipy.stats.studentized_range.ppf(0.95, k, inf) / sqrt(2)`; those up to 10 are in Demšar (2006), table 5.
 */
const nemenyi = [
  ...[1.96, 2.3437, 2.569, 2.7278, 2.8497, 2.9483, 3.0309, 3.1017, 3.1637, 3.2187, 3.268, 3.3127, 3.3536],
  ...[3.3912, 3.426, 3.4584, 3.4887, 3.5171, 3.5438, 3.569, 3.5929, 3.6156, 3.6373, 3.6579, 3.6776, 3.6964],
  ...[3.7145, 3.7319, 3.7486, 3.7647, 3.7802, 3.7952, 3.8097, 3.8237, 3.8373, 3.8504, 3.8632, 3.8756, 3.8876],
];

/** Permutations behind the p of Friedman's test. */
const permutations = 9_999;

/**
 * Mean ranks over datasets, with Friedman's test and Nemenyi's critical difference CD = q · √(k (k + 1) ÷ 6N) for k
 * strategies on N datasets (Demšar, 2006, "Statistical Comparisons of Classifiers over Multiple Data Sets"). What is
 * ranked on each dataset is the mean AULC over its seeds (and models) and common budget range: seeds are repetitions,
 * and only datasets are independent of each other.
 *
 * @param random of the permutations; a fixed seed by default
 * @throws {RangeError} if there are fewer than 5 datasets, fewer than 2 or more than 40 strategies, or a strategy is missing
 *   on a dataset
 */
export function rankStrategies(
  runs: readonly LearningRun[],
  random: Random = new Random("Friedman's test"),
): Ranking {
  checkRuns(runs, "rank strategies");
  const strategies = strategiesOf(runs);
  const datasets = Map.groupBy(runs, ({ dataset }) => dataset);
  if (datasets.size < fewestDatasets) {
    throw new RangeError(
      `Cannot rank strategies: there must be at least ${fewestDatasets} datasets: current value is ${datasets.size}. ` +
        "Seeds on one dataset are repetitions and cannot stand for datasets; compare with random on each instead.",
    );
  }
  if (strategies.length < 2 || strategies.length > nemenyi.length + 1) {
    throw new RangeError(
      `Cannot rank strategies: there must be 2 to ${nemenyi.length + 1} of them: current value is ${strategies.length}`,
    );
  }
  const ranks = [...datasets].map(([dataset, own]) => {
    const areas = strategies.map((strategy) => meanArea(own, strategy));
    const missing = areas.findIndex(Number.isNaN);
    if (missing >= 0) {
      throw new RangeError(
        `Cannot rank strategies: each must have runs on every dataset: current value is none of ${
          strategies[missing]
        } on ${dataset}`,
      );
    }
    return ranksOf(areas);
  });
  const statistic = friedmanStatistic(ranks);
  let asLarge = 0;
  for (let draw = 0; draw < permutations; draw++) {
    if (friedmanStatistic(ranks.map((row) => random.shuffle(row))) >= statistic - 1e-9) asLarge++;
  }
  const [k, n] = [strategies.length, ranks.length];
  return {
    datasets: n,
    ranks: strategies.map((strategy, place) => ({ strategy, rank: meanOf(ranks.map((row) => row[place])) }))
      .sort((one, other) => one.rank - other.rank),
    friedman: { statistic, p: (asLarge + 1) / (permutations + 1) },
    criticalDifference: nemenyi[k - 2] * Math.sqrt(k * (k + 1) / (6 * n)),
  };
}

function meanArea(runs: readonly LearningRun[], strategy: string): number {
  const areas = [...Map.groupBy(runs, settingOf).values()].flatMap((own) => {
    const range = commonRange(own);
    return own.filter((run) => run.strategy === strategy).map((run) => aulc(run, range));
  });
  return meanOf(areas);
}

/** 1 for the largest; equal values share the mean of their places. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const above = values.filter((other) => other > value).length;
    return above + (values.filter((other) => other === value).length + 1) / 2;
  });
}

/** Friedman's χ² with the correction for ties. */
function friedmanStatistic(ranks: readonly (readonly number[])[]): number {
  const [n, k] = [ranks.length, ranks[0].length];
  const between = ranks[0].reduce(
    (sum, _, place) => sum + (meanOf(ranks.map((row) => row[place])) - (k + 1) / 2) ** 2,
    0,
  );
  const within = ranks.reduce((sum, row) => sum + row.reduce((own, rank) => own + (rank - (k + 1) / 2) ** 2, 0), 0);
  return within === 0 ? 0 : n * n * (k - 1) * between / within;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
