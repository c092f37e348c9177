import type { ImageShape } from "../data/dataset.ts";
import { type Instances, isMatrix } from "../learning/instances.ts";
import type { ContinualStream, Scenario, StreamSource } from "./stream.ts";
import { movedValues, transformedStream } from "./transformed_stream.ts";

/** What {@linkcode rotatedStream} makes. */
export interface RotatedStreamOptions {
  /** Degrees, anticlockwise; one for each experience, as Avalanche's `rotations_list`. */
  readonly degrees: readonly number[];
  /** Default `"domain"`. */
  readonly scenario?: Exclude<Scenario, "class">;
}

/**
 * The dataset turned about its middle by another angle in each experience (Rotated-MNIST; Lopez-Paz and Ranzato, 2017,
 * section 5.1). Each pixel is the nearest of the original, as torchvision's `rotate` does by default; what comes in from
 * outside is 0.
 *
 * @throws {RangeError} if there is no angle or one is not a number
 * @throws {TypeError} if the dataset holds embeddings: rotate its images first, and embed them then
 */
export function rotatedStream(
  source: StreamSource,
  { degrees, scenario = "domain" }: RotatedStreamOptions,
): ContinualStream {
  if (degrees.length === 0 || !degrees.every(Number.isFinite)) {
    throw new RangeError(`Cannot rotate: there must be an angle for each experience: current value is ${degrees}`);
  }
  const transformations = degrees.map((angle) => ({
    name: `${angle}°`,
    key: `rotated ${angle}`,
    apply(instances: Instances) {
      if (!isMatrix(instances)) return movedValues(instances, rotationOf(instances.shape, angle));
      throw new TypeError(
        "Cannot rotate embeddings: they have no pixels. Rotate the images, then embed each experience.",
      );
    },
  }));
  return transformedStream(source, { name: `rotated ${source.train.name}`, scenario, transformations });
}

/** Of each value of a rotated image, its place in the original; −1 outside. */
function rotationOf({ height, width, channels }: ImageShape, degrees: number): Int32Array {
  const [sine, cosine] = [Math.sin(degrees * Math.PI / 180), Math.cos(degrees * Math.PI / 180)];
  return Int32Array.from({ length: height * width * channels }, (_, place) => {
    const pixel = Math.floor(place / channels);
    const [x, y] = [pixel % width - (width - 1) / 2, Math.floor(pixel / width) - (height - 1) / 2];
    // Rows grow downwards, so this turns anticlockwise.
    const column = Math.round(cosine * x - sine * y + (width - 1) / 2);
    const row = Math.round(sine * x + cosine * y + (height - 1) / 2);
    const inside = column >= 0 && column < width && row >= 0 && row < height;
    return inside ? (row * width + column) * channels + place % channels : -1;
  });
}
