import { type Architecture, tf } from "curio";

/** Images and classes of the reference. */
export const [count, classes] = [4, 7];

/** `size` numbers in [0, 1), by name: the same as `draws` in `networks.py` gives. */
export function draws(name: string, size: number): Float64Array {
  let seed = 2166136261;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 16777619);
  const numbers = new Float64Array(size);
  for (let place = 0; place < size; place++) {
    let x = Math.imul(place, 2654435761) + seed;
    x = Math.imul(x ^ x >>> 16, 0x7feb352d);
    x = Math.imul(x ^ x >>> 15, 0x846ca68b);
    numbers[place] = ((x ^ x >>> 16) >>> 0) / 2 ** 32;
  }
  return numbers;
}

/** The images of the reference: `[count, size, size, 3]` bytes. */
export function images(size: number): Uint8Array {
  return Uint8Array.from(draws("images", count * size * size * 3), (u) => Math.floor(256 * u));
}

/** A weight as its publisher names and lays it out. */
export interface PublishedWeight {
  readonly name: string;
  /** Of each number in the publisher's order, its place in ours; the same order where it is left out. */
  readonly order?: Int32Array;
}

const torchNames: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  gamma: "weight",
  beta: "bias",
  bias: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/** What the publisher calls one of our weights. */
export function published(
  { convention, namePrefix = "" }: Pick<Architecture, "convention" | "namePrefix">,
  { originalName, shape }: { readonly originalName: string; readonly shape: readonly (number | null)[] },
): PublishedWeight {
  const [layer, kind] = originalName.split("/");
  if (convention !== "torch") return { name: originalName };
  const name = `${namePrefix}${layer}.${torchNames[kind]}`;
  if (shape.length === 1) return { name };
  // Dense [in, out] → [out, in], depthwise [h, w, in, 1] → [in, 1, h, w], [h, w, in, out] → [out, in, h, w]
  const axes = shape.length === 2 ? [1, 0] : kind === "depthwise_kernel" ? [2, 3, 0, 1] : [3, 2, 0, 1];
  return { name, order: transposition(shape as number[], axes) };
}

/** Of each number of the transposed array, its place in the one before. */
function transposition(shape: readonly number[], axes: readonly number[]): Int32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis]);
  const places = new Int32Array(shape.reduce((product, size) => product * size, 1));
  const indices = axes.map(() => 0);
  for (let place = 0, source = 0; place < places.length; place++) {
    places[place] = source;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      source += strides[axes[axis]];
      if (++indices[axis] < sizes[axis]) break;
      source -= sizes[axis] * strides[axes[axis]];
      indices[axis] = 0;
    }
  }
  return places;
}

/** Gives a network the weights of the reference. */
export function setFormulaWeights(
  network: tf.LayersModel,
  architecture: Pick<Architecture, "convention" | "namePrefix">,
): void {
  for (const weight of network.weights) {
    const { name, order } = published(architecture, weight);
    const shape = weight.shape as number[];
    const kind = weight.originalName.split("/")[1];
    const inputs = shape.slice(0, kind === "depthwise_kernel" ? 2 : -1).reduce((product, size) => product * size, 1);
    const scale = Math.sqrt(6 / inputs);
    const valueOf = (u: number) => {
      if (kind === "gamma") return 0.5 + u;
      if (kind === "moving_variance") return 0.5 + 1.5 * u;
      return kind.endsWith("kernel") ? (2 * u - 1) * scale : 0.4 * u - 0.2;
    };
    const numbers = draws(name, shape.reduce((product, size) => product * size, 1));
    const values = new Float32Array(numbers.length);
    for (let place = 0; place < values.length; place++) values[order ? order[place] : place] = valueOf(numbers[place]);
    const tensor = tf.tensor(values, shape);
    weight.write(tensor);
    tensor.dispose();
  }
}

/** Norm of a gradient, and its product with the formula's numbers, as `networks.py` writes them. */
export function summaryOf(gradient: Float32Array, { name, order }: PublishedWeight): [norm: number, product: number] {
  const probe = draws(`probe ${name}`, gradient.length);
  let [squares, product] = [0, 0];
  for (let place = 0; place < probe.length; place++) {
    const value = gradient[order ? order[place] : place];
    squares += value * value;
    product += value * (2 * probe[place] - 1);
  }
  return [Math.sqrt(squares), product];
}
