import { isAtRest } from "../runtime/engine/is_at_rest.ts";
import { tf } from "../runtime/tensorflow.ts";
import { hasTensorFlowOps, tensorflowOp } from "./tensorflow_ops.ts";

/** What is read of tfjs's batch-norm layer, whose class is not exported. */
interface BatchNormLayer extends tf.layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma: LayerVariable | null;
  readonly beta: LayerVariable | null;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}
type LayerVariable = tf.LayersModel["weights"][number];
type LayerCall = BatchNormLayer["call"];

/**
 * Mends how tfjs's batch-norm layers train, from now on and in the whole process; a second call does nothing.
 *
 * - A frozen layer is at rest (`isAtRest`): it normalises by its moving statistics and leaves them alone, as in
 *   Keras and as fine-tuning needs. tfjs goes on updating them.
 * - On TensorFlow, images with channels last run through the fused operation `FusedBatchNormV3` and its gradient, which
 *   takes a twentieth of the time of tfjs's composition.
 */
export function mendBatchNorm(): void {
  const prototype = Object.getPrototypeOf(tf.layers.batchNormalization()) as BatchNormLayer & { mended?: true };
  if (prototype.mended) return;
  const stock = prototype.call;
  const call: LayerCall = function (this: BatchNormLayer, inputs, kwargs) {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    if (!kwargs["training"]) return stock.call(this, inputs, kwargs);
    if (isAtRest(this)) return stock.call(this, inputs, { ...kwargs, training: false });
    const isFusible = hasTensorFlowOps && x.rank === 4 && (this.axis === -1 || this.axis === 3);
    return isFusible ? tf.tidy(() => fused(this, x as tf.Tensor4D)) : stock.call(this, inputs, kwargs);
  };
  Object.assign(prototype, { call, mended: true });
}

function fused(layer: BatchNormLayer, x: tf.Tensor4D): tf.Tensor {
  const channels = x.shape[3];
  const attributes = { T: "float32", U: "float32", epsilon: layer.epsilon, data_format: "NHWC", is_training: true };
  let statistics: tf.Tensor[] = [];
  const normalise = tf.customGrad((...inputs) => {
    const [image, scale, offset] = inputs as tf.Tensor[];
    const save = inputs[3] as (tensors: tf.Tensor[]) => void;
    const none = tf.tensor1d([]);
    const [y, mean, variance, ...reserved] = tensorflowOp("FusedBatchNormV3", {
      attributes: { ...attributes, exponential_avg_factor: 1 },
      inputs: [image, scale, offset, none, none],
      outputs: 6,
    });
    statistics = [tf.keep(mean), tf.keep(variance)];
    save([image, scale, ...reserved]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tensorflowOp("FusedBatchNormGradV3", { attributes, inputs: [dy, ...saved], outputs: 5 }).slice(0, 3),
    };
  });
  const y = normalise(x, layer.gamma?.read() ?? tf.ones([channels]), layer.beta?.read() ?? tf.zeros([channels]));
  const [mean, variance] = statistics;
  // TensorFlow gives the unbiased variance, tfjs keeps the biased one.
  const count = x.size / channels;
  blend(layer.movingMean, mean, layer.momentum);
  blend(layer.movingVariance, variance.mul((count - 1) / count), layer.momentum);
  tf.dispose(statistics);
  return y;
}

/** moving ← momentum·moving + (1 − momentum)·value */
function blend(moving: LayerVariable, value: tf.Tensor, momentum: number): void {
  moving.write(moving.read().mul(momentum).add(value.mul(1 - momentum)));
}
