import type { Random } from "../runtime/random.ts";
import { exampleCount, examplesAt } from "./examples_at.ts";
import type { ContinualStream } from "./stream.ts";

/** How {@linkcode onlineStream} cuts. */
export interface OnlineStreamOptions {
  /** Images in each small experience; Avalanche's `experience_size`. Default 10. */
  readonly size?: number;
  /** Draws the order within each experience. */
  readonly random: Random;
}

/**
 * A stream cut into small experiences that are learnt from once each, as Avalanche's `split_online_stream`: learn it with
 * `training: { epochs: 1 }`. Test sets and output units stay those of the experience that was cut.
 *
 * @throws {RangeError} if the size is not an integer ≥ 1
 */
export function onlineStream(stream: ContinualStream, { size = 10, random }: OnlineStreamOptions): ContinualStream {
  if (!(Number.isInteger(size) && size >= 1)) {
    throw new RangeError(`Cannot cut the stream: the size must be an integer ≥ 1: current value is ${size}`);
  }
  return {
    ...stream,
    name: `${stream.name}, ${size} at a time`,
    experiences: stream.experiences.flatMap((experience, number) => {
      const order = random.child("online").child(number).permutation(exampleCount(experience.train));
      return Array.from({ length: Math.ceil(order.length / size) }, (_, part) => ({
        ...experience,
        name: `${experience.name}, part ${part + 1}`,
        train: examplesAt(experience.train, order.subarray(part * size, (part + 1) * size)),
      }));
    }),
  };
}
