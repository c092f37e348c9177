import { loadDataset, type LoadDatasetOptions } from "../data/load_dataset.ts";
import { Random } from "../runtime/random.ts";
import { permutedStream } from "./permuted_stream.ts";
import { rotatedStream } from "./rotated_stream.ts";
import { splitStream } from "./split_stream.ts";
import type { ContinualStream, Scenario, StreamSource } from "./stream.ts";

/** What papers compare on, under Avalanche's names (`avalanche.benchmarks.classic`). */
const streams = {
  "split-mnist": { kind: "split", dataset: "mnist", experiences: 5 },
  "split-fashion-mnist": { kind: "split", dataset: "fashion-mnist", experiences: 5 },
  "split-cifar-10": { kind: "split", dataset: "cifar-10", experiences: 5 },
  "split-cifar-100": { kind: "split", dataset: "cifar-100", experiences: 10 },
  "permuted-mnist": { kind: "permuted", dataset: "mnist", experiences: 10 },
  "rotated-mnist": { kind: "rotated", dataset: "mnist", experiences: 5 },
} as const satisfies Record<string, { kind: string; dataset: string; experiences: number }>;

/** The streams that {@linkcode loadStream} knows. */
export type StreamName = keyof typeof streams;

/** What {@linkcode loadStream} may be told. */
export interface LoadStreamOptions extends LoadDatasetOptions {
  /** Default: `class` for split streams, `domain` for permuted and rotated ones. */
  readonly scenario?: Scenario;
  /** Default: 5; 10 for `split-cifar-100` and `permuted-mnist`. */
  readonly experiences?: number;
  /** Draws the order of classes, which otherwise is their own, or the permutations, which otherwise are always the same. */
  readonly random?: Random;
}

/**
 * Loads a dataset and makes of it one of the streams that papers compare on. For another dataset, order or choice of angles:
 * `splitStream`, `permutedStream`, `rotatedStream`. The angles of `rotated-mnist` go from 0° in equal steps to below 180°.
 *
 * @throws {RangeError} if there is no such stream, its scenario cannot be `class`, or the experiences do not divide the
 *   classes
 * @throws as `loadDataset` does
 *
 * @example
 * ```ts ignore
 * import { loadStream } from "curio";
 *
 * const { experiences } = await loadStream("split-cifar-100", { scenario: "task" });
 * experiences.length; // 10, of ten classes each
 * ```
 */
export async function loadStream(
  name: StreamName,
  { scenario, experiences, random, ...loading }: LoadStreamOptions = {},
): Promise<ContinualStream> {
  if (!Object.hasOwn(streams, name)) {
    throw new RangeError(
      `Cannot load a stream: its name must be one of ${Object.keys(streams).join(", ")}: current value is "${name}"`,
    );
  }
  if (streams[name].kind !== "split" && scenario === "class") {
    throw new RangeError(
      `Cannot load ${name}: its experiences all have the same classes, so its scenario must be task or domain: ` +
        "current value is class",
    );
  }
  const source = await loadDataset(streams[name].dataset, loading);
  return streamOf(source, name, { scenario, experiences, random });
}

/** The stream of that name, of this dataset. */
export function streamOf(
  source: StreamSource,
  name: StreamName,
  { scenario, experiences = streams[name].experiences, random }: Omit<LoadStreamOptions, keyof LoadDatasetOptions>,
): ContinualStream {
  const { kind } = streams[name];
  if (kind === "split") return splitStream(source, { scenario: scenario ?? "class", experiences, random });
  const domains = { scenario: scenario === "task" ? "task" : "domain" } as const;
  if (kind === "permuted") {
    return permutedStream(source, { ...domains, experiences, random: random ?? new Random(name) });
  }
  const degrees = Array.from({ length: experiences }, (_, turn) => 180 * turn / experiences);
  return rotatedStream(source, { ...domains, degrees });
}
