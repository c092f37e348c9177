import { type Dataset, fit, type FitOptions, type History, Random } from "curio";
import type { NamedTensors } from "../../lib/runtime/engine/engine_state.ts";
import { readWeights } from "../../lib/training/network_weights.ts";
import { encodeSafetensors } from "../../lib/training/safetensors.ts";
import { syntheticDataset } from "./synthetic_dataset.ts";
import { tinyTrainable } from "./tiny_trainable.ts";

/** What a run of {@linkcode checkpointedRun} came to. */
export interface RunResult {
  readonly history: History;
  readonly weights: NamedTensors;
}

/** {@linkcode FitOptions}, and a place to disturb the run. */
export interface CheckpointedRunOptions extends Partial<FitOptions> {
  /** Called while the `read`th batch of this call is read, counted from 0. */
  readonly onRead?: (read: number) => void;
}

/** A small run that draws every kind of random number: augmentation, dropout, batch norm, Adam, early stopping. */
export async function checkpointedRun(
  { onRead = () => {}, ...options }: CheckpointedRunOptions = {},
): Promise<RunResult> {
  const whole = syntheticDataset({ count: 44 });
  let reads = -1; // the first read is for the normalization
  const train: Dataset = {
    ...whole,
    images: {
      ...whole.images,
      read(indices) {
        onRead(reads++);
        return whole.images.read(indices);
      },
    },
  };
  const trainable = tinyTrainable({ batchNorm: true, convDropout: 0.2, denseDropout: 0.3 });
  try {
    const history = await fit(trainable, train, {
      epochs: 4,
      batchSize: 16,
      augmentation: { shift: 1, flip: true },
      optimizer: "adam",
      learningRate: 0.005,
      validation: syntheticDataset({ count: 20, seed: 2 }),
      earlyStopping: { patience: 3 },
      random: new Random(1),
      ...options,
    });
    return { history, weights: await readWeights(trainable.network) };
  } finally {
    trainable.network.dispose();
  }
}

// As a program: trains with a checkpoint after each step, kills itself while it reads the batch given third (if any),
// and otherwise writes the weights to the second file.
if (import.meta.main) {
  const [path, weightsPath, killAt] = Deno.args;
  const onRead = (read: number) => {
    if (`${read}` === killAt) Deno.kill(Deno.pid, "SIGKILL");
  };
  const { weights } = await checkpointedRun({ checkpoint: { path, everySteps: 1 }, onRead });
  await Deno.writeFile(weightsPath, encodeSafetensors({ tensors: weights, metadata: {} }));
}
