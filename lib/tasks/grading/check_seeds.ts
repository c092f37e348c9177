import type { Evidence } from "../../report/evidence.ts";
import { rounding } from "./check_metrics.ts";
import type { NotebookRerun, SubmissionRecord } from "./submission_record.ts";
import type { Finding } from "./verdict.ts";

/** Of two runs from one seed on one machine, at least so many predictions agree; from two seeds, far fewer do. */
const leastAgreement = 0.995;

/**
 * Whether the seed does what it should: another one changes the numbers and what the runs of a study begin from, the
 * same one gives them again, and the notebook says the seed that it was given.
 */
export function checkSeeds(record: Pick<SubmissionRecord, "claims" | "claimedEvidence" | "reruns">): Finding[] {
  const { reruns } = record;
  const findings = reruns.flatMap(({ seed, notebooks }) =>
    notebooks.flatMap((each) =>
      studySeeds(record, { ...each, seed }).filter(({ claimed, again }) => claimed === again)
        .map(({ study, claimed, claimedAt }): Finding => {
          const text =
            `The runs of "${study}" begin with the seed ${claimed}, as they did when the notebook was given ` +
            `${claimedAt}; it was given ${seed}.`;
          return { cause: "seed-ignored", notebook: each.notebook, text };
        })
    )
  );
  for (const { seed, notebooks } of reruns) {
    for (const { notebook, metrics } of notebooks) {
      if (typeof metrics?.seed !== "number" || metrics.seed === seed) continue;
      const text = `It was given the seed ${seed} and says that it ran with ${metrics.seed}.`;
      findings.push({ cause: "seed-ignored", notebook, text });
    }
  }
  reruns.forEach((one, place) =>
    reruns.slice(place + 1).filter(({ profile }) => profile === one.profile).forEach((other) => {
      for (const first of one.notebooks) {
        const second = other.notebooks.find(({ notebook }) => notebook === first.notebook);
        const finding = second && compare([first, second], [one.seed, other.seed]);
        if (finding) findings.push(finding);
      }
    })
  );
  return findings;
}

/**
 * Whether one execution shows already what the seed does, so that no second one has to: everything that was trained drew
 * its numbers from that seed, or there are studies that can be held against those that were handed in.
 */
export function showsItsSeed(
  record: Pick<SubmissionRecord, "claims" | "claimedEvidence">,
  rerun: Pick<NotebookRerun, "notebook" | "evidence" | "trail"> & { readonly seed: number },
): boolean {
  const drawnFrom = rerun.trail?.fits.flatMap(({ random }) => random ?? []) ?? [];
  const isFollowed = drawnFrom.every((key) => `${key}/`.startsWith(`number:${rerun.seed}/`));
  return drawnFrom.length > 0 && isFollowed || studySeeds(record, rerun).length > 0;
}

/** What the runs of a study began with, as it was handed in and as it was executed again by another seed. */
interface StudySeeds {
  readonly study: string;
  /** The smallest seed of its runs. */
  readonly claimed: number;
  readonly again: number;
  readonly claimedAt: number;
}

/**
 * For each study that was handed in and executed again, by different seeds: what its runs began with. Nothing else is
 * compared: the two may differ in profile and machine.
 */
export function studySeeds(
  { claims, claimedEvidence }: Pick<SubmissionRecord, "claims" | "claimedEvidence">,
  { notebook, seed, evidence }: Pick<NotebookRerun, "notebook" | "evidence"> & { readonly seed: number },
): StudySeeds[] {
  const claimedAt = claims[notebook]?.seed;
  if (typeof claimedAt !== "number" || claimedAt === seed) return [];
  const own = firstSeeds(evidence);
  return [...firstSeeds(claimedEvidence[notebook])].flatMap(([study, claimed]) => {
    const again = own.get(study);
    return again === undefined ? [] : [{ study, claimed, again, claimedAt }];
  });
}

/** By study, the smallest seed of its runs. */
function firstSeeds(evidence: Evidence | null | undefined): Map<string, number> {
  const first = new Map<string, number>();
  for (const { study, seed } of evidence?.runs ?? []) first.set(study, Math.min(seed, first.get(study) ?? Infinity));
  return first;
}

type Two<T> = readonly [one: T, other: T];

function compare([first, second]: Two<NotebookRerun>, [seed, other]: Two<number>): Finding | undefined {
  if (!first.metrics || !second.metrics) return undefined;
  const { notebook } = first;
  const [values, others] = [first.metrics.metrics, second.metrics.metrics];
  const names = Object.keys(values).filter((name) => name in others);
  if (names.length === 0) return undefined;
  const gaps = names.map((name) => Math.abs(values[name].value - others[name].value));
  const agreement = first.evidence && second.evidence ? agreementOf([first.evidence, second.evidence]) : undefined;
  if (seed !== other) {
    // One accuracy on few images may be equal by chance: all of them, and all predictions, are not.
    const decides = agreement !== undefined ? agreement === 1 : names.length > 1;
    if (!decides || gaps.some((gap) => gap > 0)) return undefined;
    const which = names.length === 1 ? "its metric is" : `all ${names.length} metrics are`;
    const text = `With the seeds ${seed} and ${other}, ${which} equal to the last digit.`;
    return { cause: "seed-ignored", notebook, text };
  }
  const differs = agreement === undefined ? Math.max(...gaps) > rounding : agreement < leastAgreement;
  if (!differs) return undefined;
  const worst = gaps.indexOf(Math.max(...gaps));
  const text = `Run twice with the seed ${seed}, ${names[worst]} is ${values[names[worst]].value.toFixed(4)} and ` +
    `${others[names[worst]].value.toFixed(4)}` +
    (agreement === undefined ? "." : `; ${(100 * agreement).toFixed(1)} % of the predictions agree.`);
  return { cause: "irreproducible", notebook, text };
}

/** Share of predictions, of models and images in the same places, that are equal; of curves' points, where there are none. */
function agreementOf([one, other]: Two<Evidence>): number | undefined {
  const pairs = Object.entries(one.metrics).flatMap(([name, metric]) => {
    const same = other.metrics[name];
    if (!("predictions" in metric && same && "predictions" in same)) return [];
    return metric.predictions.flatMap((classes, model) =>
      classes.map((each, image): Two<number | undefined> => [each, same.predictions[model]?.[image]])
    );
  });
  const points = (evidence: Evidence) =>
    evidence.runs.flatMap(({ rounds }) => rounds.map((round) => round.testAccuracy));
  const [curve, otherCurve] = [points(one), points(other)];
  curve.forEach((point, place) => pairs.push([point, otherCurve[place]]));
  return pairs.length === 0 ? undefined : pairs.filter(([a, b]) => a === b).length / pairs.length;
}
