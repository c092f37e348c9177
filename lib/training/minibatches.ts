import { type Augmentation, augmentBatch } from "../data/augment_batch.ts";
import type { Dataset } from "../data/dataset.ts";
import type { GraphBatch } from "../runtime/engine/engine_types.ts";
import type { Random } from "../runtime/random.ts";
import type { Schedule } from "./schedules.ts";
import { targetRows } from "./target_rows.ts";

/** How {@linkcode minibatches} makes a step's batch. */
export interface MinibatchOptions {
  readonly random: Random;
  readonly batchSize: number;
  readonly totalSteps: number;
  readonly schedule: Schedule;
  /** `[classes]` */
  readonly classWeights: Float32Array;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | undefined;
}

/**
 * The batch of each step, as a function of the step alone: an epoch is a permutation of the dataset cut into batches
 * (the last may be smaller), and every draw comes from a child of `random` named by epoch or step. So a run can go on
 * from any step, and a batch can be read ahead.
 */
export function minibatches(
  { images, labels }: Dataset,
  { random, batchSize, totalSteps, schedule, classWeights, labelSmoothing, augmentation }: MinibatchOptions,
): (step: number) => Promise<GraphBatch> {
  const stepsPerEpoch = Math.ceil(images.count / batchSize);
  const classes = classWeights.length;
  let order: { epoch: number; indices: Int32Array } = { epoch: -1, indices: new Int32Array(0) };

  return async (step) => {
    const epoch = Math.floor(step / stepsPerEpoch);
    if (order.epoch !== epoch) {
      order = { epoch, indices: random.child("order").child(epoch).permutation(images.count) };
    }
    const start = step % stepsPerEpoch * batchSize;
    const indices = order.indices.subarray(start, start + batchSize);
    const batchLabels = Array.from(indices, (index) => labels[index]);
    const bytes = await images.read(indices);
    const stepRandom = random.child("step").child(step);
    return {
      images: augmentation
        ? augmentBatch(bytes, images.shape, { ...augmentation, random: stepRandom.child("augmentation") })
        : bytes,
      targets: targetRows(batchLabels, { classes, labelSmoothing }),
      weights: Float32Array.from(batchLabels, (label) => classWeights[label]),
      learningRate: schedule(step, totalSteps),
      noiseKey: stepRandom.child("noise").uint32(),
    };
  };
}
