import type { Examples } from "../learning/examples.ts";

/**
 * What is known when a continual learner is asked (van de Ven and Tolias, 2019, table 1): `task`, which experience an
 * image is from, so that only that experience's output units compete; `domain`, nothing, and all experiences share their
 * output units; `class`, nothing, and the units of all experiences seen so far compete.
 */
export type Scenario = "task" | "domain" | "class";

/** What is learnt from at a time, and never seen again. */
export interface Experience {
  readonly name: string;
  readonly train: Examples;
  readonly test: Examples;
  /** The output units that stand for its classes. */
  readonly units: readonly number[];
}

/** Experiences in the order in which they come. Labels are output units. */
export interface ContinualStream {
  readonly name: string;
  readonly scenario: Scenario;
  /** What each output unit stands for. */
  readonly classNames: readonly string[];
  readonly experiences: readonly Experience[];
}

/** A dataset of which a stream is made. */
export interface StreamSource {
  readonly train: Examples;
  readonly test: Examples;
}

/**
 * The output units that compete for an image of experience `of`, once those up to `seen` have been learnt.
 *
 * @param of an experience's place in the stream, as is `seen`; −1 where none has been learnt
 */
export function unitsFor(
  { scenario, classNames, experiences }: ContinualStream,
  { of, seen }: { readonly of: number; readonly seen: number },
): readonly number[] {
  if (scenario === "task") return experiences[of].units;
  // Where nothing was learnt, no class has a claim above another.
  if (scenario === "domain" || seen < 0) return [...classNames.keys()];
  return [...new Set(experiences.slice(0, seen + 1).flatMap(({ units }) => units))].sort((a, b) => a - b);
}
