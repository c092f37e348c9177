import { exampleCount } from "./examples_at.ts";
import type { Exemplar } from "./exemplar.ts";
import type { ContinualStream } from "./stream.ts";

/** Every training example of the experiences at these places. */
export function wholeExperiences(stream: ContinualStream, places: Iterable<number>): Exemplar[] {
  return [...places].flatMap((experience) => {
    const { train } = stream.experiences[experience];
    return Array.from({ length: exampleCount(train) }, (_, index) => ({
      experience,
      index,
      label: train.labels[index],
    }));
  });
}
