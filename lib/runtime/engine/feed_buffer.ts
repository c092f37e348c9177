import { type DataType, NativeTensor } from "./native_tensor.ts";

/** What is fed at every step, in memory that is used again as long as the batch keeps its size. */
export class FeedBuffer {
  readonly #type: DataType;
  readonly #sizes: readonly number[];
  #tensor: NativeTensor | undefined;

  /** @param sizes of one item; `[]` where items are numbers */
  constructor(type: DataType, sizes: readonly number[]) {
    this.#type = type;
    this.#sizes = sizes;
  }

  /**
   * A batch as a tensor, which stays the buffer's.
   *
   * @param values of the buffer's type, as many as fill whole items
   * @throws {RangeError} if they do not
   */
  filled(values: Uint8Array | Float32Array): NativeTensor {
    const items = values.length / this.#sizes.reduce((product, size) => product * size, 1);
    if (!Number.isInteger(items) || items === 0) {
      throw new RangeError(
        `Cannot feed the network: a batch must be items of [${
          this.#sizes.join(", ")
        }], at least one: current value is ` +
          `${values.length} numbers`,
      );
    }
    if (this.#tensor?.shape[0] !== items) {
      this.delete();
      this.#tensor = new NativeTensor({ type: this.#type, shape: [items, ...this.#sizes] });
    }
    if (values instanceof Uint8Array) this.#tensor.bytes.set(values);
    else this.#tensor.float32.set(values);
    return this.#tensor;
  }

  /** Gives the memory back; the next batch takes some again. */
  delete(): void {
    this.#tensor?.delete();
    this.#tensor = undefined;
  }
}
