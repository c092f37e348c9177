import { z } from "zod";
import type { HostTensor, NamedTensors } from "../runtime/engine/engine_state.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import type { Engine } from "./engine.ts";
import type { CheckpointOptions } from "./fit_options.ts";
import type { RunConfiguration } from "./run_configuration.ts";
import type { RunState } from "./run_state.ts";
import { openSealedSafetensors, sealSafetensors } from "./safetensors.ts";

/** A checkpoint is damaged, or belongs to another run. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
}

/** A training run's file: a sealed safetensors file of all tensors, with the rest as JSON in its metadata. */
export interface Checkpoint {
  /**
   * Gives the engine the file's state, if there is a file.
   *
   * @throws {CheckpointError} if it is damaged or of another configuration
   */
  load(engine: Engine): Promise<RunState | undefined>;
  save(engine: Engine, state: RunState): Promise<void>;
  /** Whether the options ask for a save now. */
  isDue(state: RunState): boolean;
}

const format = "curio checkpoint 1";

const count = z.int().nonnegative();
const stateSchema = z.strictObject({
  step: count,
  epochs: z.array(z.strictObject({
    epoch: z.int().positive(),
    learningRate: z.number(),
    loss: z.number(),
    accuracy: z.number(),
    validationLoss: z.number().optional(),
    validationAccuracy: z.number().optional(),
    seconds: z.number(),
  })),
  current: z.strictObject({
    images: count,
    loss: z.number(),
    correct: count,
    learningRate: z.number(),
    seconds: z.number(),
  }),
  best: z.strictObject({ epoch: z.int().positive(), value: z.number() }).optional(),
  ended: z.enum(["completed", "early"]).optional(),
  seconds: z.number(),
});
const configurationSchema = z.record(z.string(), z.string());

/** The checkpoint of a run with this configuration. */
export function checkpointOf(options: CheckpointOptions, configuration: RunConfiguration): Checkpoint {
  const { path, everyEpochs = 1, everySteps } = options;
  for (const [name, value] of Object.entries({ everyEpochs, everySteps: everySteps ?? 1 })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot keep checkpoints: ${name} must be a positive integer: current value is ${value}`);
    }
  }
  return {
    async load(engine) {
      const bytes = await readIfThere(path);
      if (!bytes) return undefined;
      const { tensors, state } = parse(bytes, { path, configuration });
      const { best, ...rest } = state;
      await engine.writeState({
        weights: under("weights/", tensors),
        optimizer: under("optimizer/", tensors),
        step: state.step,
      });
      return { ...rest, ...best && { best: { ...best, weights: under("best/", tensors) } } };
    },

    async save(engine, { best, ...rest }) {
      const { weights, optimizer } = await engine.readState();
      const state = { ...rest, ...best && { best: { epoch: best.epoch, value: best.value } } };
      const tensors = new Map<string, HostTensor>();
      for (
        const [prefix, part] of [["weights/", weights], ["optimizer/", optimizer], ["best/", best?.weights]] as const
      ) {
        for (const [name, tensor] of part ?? []) tensors.set(prefix + name, tensor);
      }
      const metadata = { format, state: JSON.stringify(state), configuration: JSON.stringify(configuration) };
      await writeFileAtomic(path, sealSafetensors({ tensors, metadata }));
    },

    isDue({ ended, current, epochs, step }) {
      if (ended) return true;
      const betweenEpochs = current.images === 0;
      return betweenEpochs ? epochs.length % everyEpochs === 0 : everySteps !== undefined && step % everySteps === 0;
    },
  };
}

interface ParsedCheckpoint {
  readonly tensors: NamedTensors;
  readonly state: z.infer<typeof stateSchema>;
}

function parse(
  bytes: Uint8Array,
  { path, configuration }: { path: string; configuration: RunConfiguration },
): ParsedCheckpoint {
  const restart = "Delete the file to train from the beginning.";
  let parsed: ParsedCheckpoint & { configuration: RunConfiguration };
  try {
    const { tensors, metadata } = openSealedSafetensors(bytes, path);
    if (metadata.format !== format) {
      throw new SyntaxError(`its format must be "${format}": current value is "${metadata.format}"`);
    }
    parsed = {
      tensors,
      state: stateSchema.parse(JSON.parse(metadata.state)),
      configuration: configurationSchema.parse(JSON.parse(metadata.configuration)),
    };
  } catch (error) {
    throw new CheckpointError(
      `Cannot go on from the checkpoint: ${path} is not a whole checkpoint. ${restart} (${error})`,
      { cause: error },
    );
  }
  for (const name of Object.keys({ ...configuration, ...parsed.configuration })) {
    if (configuration[name] !== parsed.configuration[name]) {
      throw new CheckpointError(
        `Cannot go on from the checkpoint: ${path} must be of the same run, but its ${name} is another: ` +
          `${parsed.configuration[name]} there, ${configuration[name]} here. Give the same options, or another path. ` +
          restart,
      );
    }
  }
  return parsed;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function under(prefix: string, tensors: NamedTensors): NamedTensors {
  return new Map(
    [...tensors].filter(([name]) => name.startsWith(prefix)).map((
      [name, tensor],
    ) => [name.slice(prefix.length), tensor]),
  );
}
