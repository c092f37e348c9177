import type { Rubric } from "./rubric.ts";
import type { NotebookRerun } from "./submission_record.ts";
import type { TrailSummary } from "./trail_summary.ts";
import type { Finding } from "./verdict.ts";

/**
 * Whether test images were learnt from, chosen among, or decided when to stop; and, in notebooks that are to be tested
 * once, whether results for them were seen while there was still something to decide.
 */
export function checkLeakage(
  { notebook, trail }: NotebookRerun,
  { testedOnce }: Pick<Rubric, "testedOnce">,
): Finding[] {
  if (!trail) return [];
  const texts: string[] = [];
  const { fits, pools, predictions } = trail;
  const learnt = largest(fits.map(({ learntFrom }) => learntFrom));
  if (learnt) texts.push(`A model learnt from ${learnt.test} test images, among ${learnt.images} images in all.`);
  const stopped = largest(fits.flatMap(({ stoppedBy }) => stoppedBy ?? []));
  if (stopped) {
    texts.push(`A training was watched, and its best weights were chosen, by ${stopped.test} test images.`);
  }
  const pool = largest(pools);
  if (pool) texts.push(`A query strategy could choose among ${pool.test} test images, in a pool of ${pool.images}.`);
  const findings: Finding[] = texts.map((text) => ({ cause: "test-leakage", notebook, text }));
  // The same predictions again tell nothing new.
  const looks = new Set(predictions.filter(({ fitsAfter }) => fitsAfter > 0).map(({ digest }) => digest)).size;
  if (looks > 1 && testedOnce.includes(notebook)) {
    const text = `The results of ${looks} models on the test images were seen before the last training.`;
    // A baseline and something better, before an exercise is trained, happen to honest people.
    findings.push({ cause: looks > 2 ? "test-leakage" : null, notebook, text });
  }
  return findings;
}

type Share = TrailSummary["pools"][0];

function largest(shares: readonly Share[]): Share | undefined {
  return shares.filter(({ test }) => test > 0).sort((one, other) => other.test - one.test)[0];
}
