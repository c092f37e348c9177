import type { ImageSource } from "../data/dataset.ts";
import { subset } from "../data/subset.ts";
import { gatherRows, type Matrix } from "../runtime/matrix.ts";

/** What a model is fitted to and asked about: rows of numbers (embeddings), or images. */
export type Instances = Matrix | ImageSource;

/** How many there are. */
export function instanceCount(instances: Instances): number {
  return isMatrix(instances) ? instances.rows : instances.count;
}

/**
 * Those at `indices`, in that order: rows are copied, images are a view.
 *
 * @throws {RangeError} if an index is outside
 */
export function instancesAt<X extends Instances>(instances: X, indices: ArrayLike<number>): X;
export function instancesAt(instances: Instances, indices: ArrayLike<number>): Instances {
  if (!isMatrix(instances)) {
    const blank = { name: "", classNames: [], checksum: "", labels: new Int32Array(instances.count) };
    return subset({ ...blank, images: instances }, indices).images;
  }
  for (let place = 0; place < indices.length; place++) {
    if (!(Number.isInteger(indices[place]) && indices[place] >= 0 && indices[place] < instances.rows)) {
      throw new RangeError(
        `Cannot pick rows: an index must be an integer in 0…${instances.rows - 1}: current value is ${indices[place]}`,
      );
    }
  }
  return gatherRows(instances, indices);
}

/**
 * The first, and then the second.
 *
 * @throws {RangeError} if they are not of one kind and shape
 */
export function joinInstances<X extends Instances>(first: X, second: X): X;
export function joinInstances(first: Instances, second: Instances): Instances {
  const shapes = [first, second].map((x) => isMatrix(x) ? `rows of ${x.columns}` : JSON.stringify(x.shape));
  if (shapes[0] !== shapes[1]) {
    throw new RangeError(
      `Cannot add instances: they must be like those before, ${shapes[0]}: current value is ${shapes[1]}`,
    );
  }
  if (isMatrix(first) && isMatrix(second)) {
    const data = new Float32Array(first.data.length + second.data.length);
    data.set(first.data);
    data.set(second.data, first.data.length);
    return { rows: first.rows + second.rows, columns: first.columns, data };
  }
  return joinImages(first as ImageSource, second as ImageSource);
}

export function isMatrix(instances: Instances): instances is Matrix {
  return "rows" in instances;
}

function joinImages(first: ImageSource, second: ImageSource): ImageSource {
  const { shape } = first;
  const size = shape.height * shape.width * shape.channels;
  return {
    count: first.count + second.count,
    shape,
    async read(indices) {
      const places = Array.from(indices);
      const bytes = new Uint8Array(places.length * size);
      for (const [source, from] of [[first, 0], [second, first.count]] as const) {
        const own = places.flatMap((index, place) => (index >= first.count) === (source === second) ? [place] : []);
        const part = await source.read(own.map((place) => places[place] - from));
        own.forEach((place, at) => bytes.set(part.subarray(at * size, (at + 1) * size), place * size));
      }
      return bytes;
    },
  };
}
