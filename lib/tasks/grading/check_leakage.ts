import { earlyLooks } from "./make_reference.ts";
import type { ReferenceProfile } from "./reference.ts";
import type { NotebookRerun } from "./submission_record.ts";
import type { TrailSummary } from "./trail_summary.ts";
import type { Finding } from "./verdict.ts";

/**
 * Whether test images were learnt from, chosen among, or decided when to stop; and whether results on them were seen
 * while there was still something to decide, as far as the reference shows that there was no other reason to look.
 */
export function checkLeakage(
  { notebook, trail }: NotebookRerun,
  { reference }: { readonly reference: ReferenceProfile | undefined },
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
  const known = Object.values(reference?.notebooks[notebook]?.earlyLooks ?? {});
  if (known.length === 0) return findings;
  const [looks, usual] = [earlyLooks({ predictions }), Math.max(...known)];
  const text = `Results for the test images were looked at ${looks} times before the last training; ` +
    `the reference does so ${usual === 0 ? "never" : `${usual} times at most`}.`;
  // One look too many happens to honest people; a choice by the test images needs two.
  if (usual === 0 && looks >= 2) return [...findings, { cause: "test-leakage", notebook, text }];
  return looks > usual ? [...findings, { cause: null, notebook, text }] : findings;
}

type Share = TrailSummary["pools"][0];

function largest(shares: readonly Share[]): Share | undefined {
  return shares.filter(({ test }) => test > 0).sort((one, other) => other.test - one.test)[0];
}
