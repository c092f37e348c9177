import { type Instances, isMatrix } from "../learning/instances.ts";
import { Random } from "../runtime/random.ts";
import type { ContinualStream, Scenario, StreamSource } from "./stream.ts";
import { movedValues, type Transformation, transformedStream } from "./transformed_stream.ts";

/** What {@linkcode permutedStream} makes. */
export interface PermutedStreamOptions {
  readonly experiences: number;
  /** Draws the permutations. */
  readonly random: Random;
  /** Default `"domain"`. */
  readonly scenario?: Exclude<Scenario, "class">;
}

/**
 * The dataset with its pixels, or the features of its embeddings, in another fixed order in each experience
 * (Permuted-MNIST; Goodfellow et al., 2013, section 4). The first experience is as it was; in Avalanche it is permuted
 * too. Channels stay with their pixel.
 *
 * @throws {RangeError} if there is not at least one experience
 */
export function permutedStream(
  source: StreamSource,
  { experiences, random, scenario = "domain" }: PermutedStreamOptions,
): ContinualStream {
  if (!(Number.isInteger(experiences) && experiences >= 1)) {
    throw new RangeError(
      `Cannot permute: the experiences must be an integer ≥ 1: current value is ${experiences}`,
    );
  }
  const transformations = Array.from({ length: experiences }, (_, number): Transformation => {
    if (number === 0) return { name: "as it was", key: "", apply: (instances) => instances };
    const own = random.child("permutation").child(number);
    return {
      name: `permutation ${number}`,
      key: JSON.stringify(own.state),
      apply: (instances) => movedValues(instances, permutationFor(instances, new Random(own.state))),
    };
  });
  return transformedStream(source, { name: `permuted ${source.train.name}`, scenario, transformations });
}

/** The same for training and test images: the generator is at the same place for both. */
function permutationFor(instances: Instances, random: Random): Int32Array {
  if (isMatrix(instances)) return random.permutation(instances.columns);
  const { height, width, channels } = instances.shape;
  const pixels = random.permutation(height * width);
  return Int32Array.from(
    { length: height * width * channels },
    (_, place) => pixels[Math.floor(place / channels)] * channels + place % channels,
  );
}
