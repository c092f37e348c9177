import { createHash } from "node:crypto";
import { z } from "zod";
import type { EngineState, HostTensor, NamedTensors } from "../runtime/engine/engine_state.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { openSealedSafetensors, sealSafetensors } from "../training/safetensors.ts";
import type { StrategyState } from "./continual_strategy.ts";
import { type ExperienceRecord, experienceRecordSchema } from "./experience_record.ts";

/** A stream's run between two experiences. */
export interface ContinualCheckpoint {
  readonly records: readonly ExperienceRecord[];
  readonly network: EngineState;
  readonly strategy: StrategyState;
}

/** Where a checkpoint lies, and of what run it is. */
export interface CheckpointPlace {
  readonly path: string;
  /** Everything that decides the numbers, as plain JSON. */
  readonly configuration: unknown;
}

const headSchema = z.strictObject({
  run: z.string(),
  step: z.int().nonnegative(),
  records: z.array(experienceRecordSchema),
  data: z.unknown(),
});
const parts = ["weights", "optimizer", "strategy"] as const;

/** Writes it in place of the one before: whoever reads finds one of the two, whole. */
export async function writeCheckpoint(checkpoint: ContinualCheckpoint, place: CheckpointPlace): Promise<void> {
  const { network: { weights, optimizer, step }, strategy: { tensors = new Map(), data }, records } = checkpoint;
  const named = { weights, optimizer, strategy: tensors };
  const head: z.infer<typeof headSchema> = { run: runOf(place), step, records: [...records], data: data ?? null };
  const content = sealSafetensors({
    tensors: new Map(parts.flatMap((part) => [...named[part]].map(([name, tensor]) => [`${part}/${name}`, tensor]))),
    metadata: { head: JSON.stringify(head) },
  });
  await writeFileAtomic(place.path, content);
}

/**
 * Reads it; undefined where there is none.
 *
 * @throws {SyntaxError} if it is damaged, naming the file and the place
 * @throws {RangeError} if it is of another run
 */
export async function readCheckpoint(place: CheckpointPlace): Promise<ContinualCheckpoint | undefined> {
  let bytes;
  try {
    bytes = await Deno.readFile(place.path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const { tensors, metadata } = openSealedSafetensors(bytes, place.path);
  const { run, step, records, data } = headSchema.parse(JSON.parse(metadata.head));
  if (run !== runOf(place)) {
    throw new RangeError(
      `Cannot go on from ${place.path}: the stream, the strategy and the settings must be those it was written with, ` +
        `${runOf(place).slice(0, 16)}: current value is ${run.slice(0, 16)}. Give another file, or the same settings.`,
    );
  }
  const [weights, optimizer, strategy] = parts.map((part): NamedTensors =>
    new Map(
      [...tensors].filter(([name]) => name.startsWith(`${part}/`)).map(([name, tensor]): [string, HostTensor] => [
        name.slice(part.length + 1),
        tensor,
      ]),
    )
  );
  return { records, network: { weights, optimizer, step }, strategy: { tensors: strategy, data } };
}

function runOf({ configuration }: CheckpointPlace): string {
  return createHash("sha256").update(JSON.stringify(configuration)).digest("hex");
}
