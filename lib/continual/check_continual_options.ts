import { instancesOf } from "../learning/examples.ts";
import { isMatrix } from "../learning/instances.ts";
import type { ContinualOptions } from "./continual_options.ts";
import { exampleCount } from "./examples_at.ts";

/**
 * @throws {RangeError} if an option is out of its range, or an experience of the stream is empty
 * @throws {TypeError} if features are to be augmented
 */
export function checkContinualOptions({ stream, training = {}, budget }: ContinualOptions): void {
  const { epochs, steps, batchSize = 128, learningRate = 0.001 } = training;
  for (
    const [name, value] of Object.entries({ epochs, steps, batchSize, labels: budget?.labels, rounds: budget?.rounds })
  ) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot learn the stream: ${name} must be an integer ≥ 1: current value is ${value}`);
    }
  }
  if (epochs !== undefined && steps !== undefined) {
    throw new RangeError(
      `Cannot learn the stream: either epochs or steps may be given: current values are ${epochs} and ${steps}`,
    );
  }
  if (typeof learningRate === "number" && !(learningRate > 0)) {
    throw new RangeError(`Cannot learn the stream: learningRate must be above 0: current value is ${learningRate}`);
  }
  if (training.augmentation && stream.experiences.some(({ train }) => isMatrix(instancesOf(train)))) {
    throw new TypeError("Cannot augment the stream: its examples must be images: current value is rows of features");
  }
  if (budget && budget.labels < (budget.rounds ?? 5)) {
    throw new RangeError(
      `Cannot learn the stream: at least one label must be bought in each of ${budget.rounds ?? 5} rounds: ` +
        `current value is ${budget.labels} labels`,
    );
  }
  const empty = stream.experiences.find(({ train, test }) => exampleCount(train) === 0 || exampleCount(test) === 0);
  if (stream.experiences.length === 0 || empty) {
    throw new RangeError(
      `Cannot learn the stream: each of its experiences must hold training and test examples: current value is ${
        empty ? `"${empty.name}" without` : "no experience"
      }`,
    );
  }
}
