/**
 * Decides for a stream, one item at a time and at once, whether to ask for its label. Any measure can feed it: one row
 * in, one utility out. It remembers what it has seen; a new stream takes a new sampler.
 *
 * @example
 * ```ts
 * import { entropy, matrix, quantileThreshold } from "curio";
 *
 * const sampler = quantileThreshold({ share: 0.1 });
 * for (const row of [[0.9, 0.1], [0.5, 0.5], [0.8, 0.2]]) {
 *   const [utility] = entropy(matrix([row]), { normalised: true });
 *   if (sampler.ask(utility)) console.log(`ask about ${row}`);
 * }
 * ```
 */
export interface StreamSampler {
  readonly name: string;
  readonly reference: string;
  /** Items seen so far. */
  readonly seen: number;
  /** Items asked about so far. */
  readonly asked: number;
  /** What the last utility was held against; NaN before the first. */
  readonly threshold: number;
  /** Whether to ask about the next item, by its utility: larger is more wanted, and NaN is never asked about. */
  ask(utility: number): boolean;
}

/** A rule that a sampler follows. */
export interface StreamRule {
  readonly name: string;
  readonly reference: string;
  /** What this utility is held against, and whether it is wanted. Called for numbers only. */
  judge(utility: number, so: { readonly seen: number; readonly asked: number }): {
    readonly threshold: number;
    readonly wanted: boolean;
  };
}

/** A sampler that keeps count for a rule. */
export function streamSampler({ name, reference, judge }: StreamRule): StreamSampler {
  let seen = 0;
  let asked = 0;
  let threshold = NaN;
  return {
    name,
    reference,
    get seen() {
      return seen;
    },
    get asked() {
      return asked;
    },
    get threshold() {
      return threshold;
    },
    ask(utility) {
      const verdict = Number.isNaN(utility) ? { threshold, wanted: false } : judge(utility, { seen, asked });
      threshold = verdict.threshold;
      seen++;
      if (verdict.wanted) asked++;
      return verdict.wanted;
    },
  };
}

/** @throws {RangeError} if `share` is not in [0, 1] */
export function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot sample a stream: the share to ask must be in 0…1: current value is ${share}`);
  }
}
