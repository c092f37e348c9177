import type { Evidence } from "../../report/evidence.ts";
import type { NotebookRerun } from "./submission_record.ts";
import type { TrailSummary } from "./trail_summary.ts";
import type { Finding } from "./verdict.ts";

/**
 * Whether query strategies were compared fairly: at each seed from the same initial set, over the same budgets, with
 * every label that was bought counted.
 */
export function checkComparison({ notebook, evidence, trail }: NotebookRerun): Finding[] {
  const studied = evidence?.runs ?? [];
  // Runs that no metric rests on may have been about beginnings.
  const unfair = studied.length > 0 ? unequalStudies(studied) : unequalBeginnings(trail?.runs ?? []);
  const miscounted = [...(trail?.runs ?? []), ...studied].flatMap(miscount);
  return [
    ...new Set(unfair).values().map((text): Finding => ({ cause: "unfair-comparison", notebook, text })),
    ...new Set(miscounted).values().map((text): Finding => ({ cause: "labels-miscounted", notebook, text })),
  ];
}

type StudyRun = Evidence["runs"][0];

/** What is wrong with the studies that the metrics rest on. */
function unequalStudies(runs: readonly StudyRun[]): string[] {
  return [...Map.groupBy(runs, ({ study }) => study)].flatMap(([study, own]) => {
    const strategies = new Set(own.map(({ strategy }) => strategy));
    if (strategies.size < 2) return [];
    const bySeed = [...Map.groupBy(own, ({ seed }) => seed)];
    if (bySeed.every(([, runs]) => runs.length === 1)) {
      return [`In "${study}" no two of ${strategies.size} strategies were run from the same seed.`];
    }
    return bySeed.flatMap(([seed, runs]) => {
      const where = `In "${study}" at seed ${seed}`;
      const [first] = runs;
      const other = runs.find(({ initial }) => !sameItems(initial, first.initial));
      const longer = runs.find(({ rounds }) => budgetsOf(rounds) !== budgetsOf(first.rounds));
      return [
        ...other
          ? [
            `${where}, ${first.strategy} begins with ${first.initial.length} labels and ${other.strategy} with ` +
            `${other.initial.length}, of which ${shared(first.initial, other.initial)} are the same.`,
          ]
          : [],
        ...longer
          ? [
            `${where}, ${first.strategy} is measured at ${budgetsOf(first.rounds)} labels and ${longer.strategy} at ` +
            `${budgetsOf(longer.rounds)}.`,
          ]
          : [],
      ];
    });
  });
}

/** Runs of one seed on one pool whose initial sets are of one size and yet differ. */
function unequalBeginnings(runs: TrailSummary["runs"]): string[] {
  const alike = Map.groupBy(runs, ({ random, pool, initial }) => JSON.stringify([random, pool, initial.length]));
  return [...alike.values()].flatMap((own) => {
    const [first] = own;
    const other = own.find(({ initial }) => !sameItems(initial, first.initial));
    return other
      ? [
        `Of ${first.initial.length} labels that ${first.strategy} and ${other.strategy} begin with at the same seed, ` +
        `${shared(first.initial, other.initial)} are the same.`,
      ]
      : [];
  });
}

interface CountedRun {
  readonly strategy: string;
  readonly initial: readonly number[];
  readonly rounds: readonly {
    readonly labels: number;
    readonly asked: readonly number[];
    readonly abstained?: number;
  }[];
}

/** What is wrong with the number of labels of a run. */
function miscount({ strategy, initial, rounds }: CountedRun): string[] {
  const bought = new Set(initial);
  for (const [round, { labels, asked, abstained = 0 }] of rounds.entries()) {
    if (labels > bought.size - abstained) {
      return [
        `In round ${round}, a model of ${strategy} learnt from ${labels} labels, where ${bought.size - abstained} ` +
        "had been bought.",
      ];
    }
    const again = asked.filter((item) => bought.has(item)).length;
    if (again > 0) return [`In round ${round}, ${strategy} asked again for ${again} labels that it had.`];
    asked.forEach((item) => bought.add(item));
  }
  return [];
}

function budgetsOf(rounds: StudyRun["rounds"]): string {
  return rounds.map(({ budget }) => budget).join(", ");
}

function shared(one: readonly number[], other: readonly number[]): number {
  return new Set(one).intersection(new Set(other)).size;
}

function sameItems(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && shared(one, other) === new Set(one).size;
}
