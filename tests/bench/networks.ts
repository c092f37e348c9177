import { cnn, Random, tf } from "curio";

const { layers } = tf;

interface ConvOptions {
  readonly filters: number;
  readonly size: number;
  readonly strides?: number;
  readonly relu?: boolean;
}

function convBlock(
  x: tf.SymbolicTensor,
  { filters, size, strides = 1, relu = true }: ConvOptions,
): tf.SymbolicTensor {
  const convolved = layers.conv2d({ filters, kernelSize: size, strides, padding: "same", useBias: false }).apply(x);
  const normal = layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }).apply(convolved) as tf.SymbolicTensor;
  return relu ? layers.reLU().apply(normal) as tf.SymbolicTensor : normal;
}

function residual(x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor {
  const inner = convBlock(x, { filters, size: 3, strides });
  const outer = convBlock(inner, { filters, size: 3, relu: false });
  const same = strides === 1 && x.shape[3] === filters;
  const shortcut = same ? x : convBlock(x, { filters, size: 1, strides, relu: false });
  return layers.reLU().apply(layers.add().apply([outer, shortcut])) as tf.SymbolicTensor;
}

function head(input: tf.SymbolicTensor, x: tf.SymbolicTensor, classes: number): tf.LayersModel {
  const features = layers.globalAveragePooling2d({ name: "features" }).apply(x);
  const logits = layers.dense({ units: classes, name: "logits" }).apply(features) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits });
}

/** He et al. (2016), section 4.2: 20 layers for 32×32 images, with projections where the shape changes. */
function resnet20(): tf.LayersModel {
  const input = tf.input({ shape: [32, 32, 3] });
  let x = convBlock(input, { filters: 16, size: 3 });
  for (const filters of [16, 32, 64]) {
    for (let block = 0; block < 3; block++) x = residual(x, filters, block === 0 && filters > 16 ? 2 : 1);
  }
  return head(input, x, 10);
}

/** He et al. (2016), table 1, 18 layers. */
function resnet18(): tf.LayersModel {
  const input = tf.input({ shape: [224, 224, 3] });
  const stem = convBlock(input, { filters: 64, size: 7, strides: 2 });
  let x = layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(stem) as tf.SymbolicTensor;
  for (const filters of [64, 128, 256, 512]) {
    for (let block = 0; block < 2; block++) x = residual(x, filters, block === 0 && filters > 64 ? 2 : 1);
  }
  return head(input, x, 10);
}

/** The networks of the benchmark, the same ones as in `peers/`. */
export const networks: Readonly<Record<string, () => tf.LayersModel>> = {
  cnn: () => cnn({ shape: { height: 28, width: 28, channels: 1 }, classes: 10, random: new Random(1) }),
  resnet20,
  resnet18,
};
