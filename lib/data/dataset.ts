import type { ResizePlan } from "./photos/resize_options.ts";

/** The size of every image of a source, in pixels and colour channels. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: number;
}

/**
 * Where images come from: memory, a binary file, a folder of photos. Everything above reads batches through this and
 * cannot tell them apart.
 */
export interface ImageSource {
  readonly count: number;
  readonly shape: ImageShape;
  /**
   * The images at `indices`, in that order (repeats allowed): `[indices.length, height, width, channels]` bytes, 0…255,
   * in memory that the caller may keep and change.
   *
   * @throws {RangeError} if an index is not an integer in 0…`count` − 1
   */
  read(indices: ArrayLike<number>): Promise<Uint8Array>;
  /** Of photos: how each became a square of this shape. */
  readonly preprocessing?: ResizePlan;
  /** Of a view, such as a part of other images or the same in another size: which images it shows at `indices`. */
  viewed?(indices: ArrayLike<number>): { readonly images: ImageSource; readonly indices: ArrayLike<number> };
}

/** Images, what each one shows, and the names of what can be shown. */
export interface Dataset {
  readonly name: string;
  readonly images: ImageSource;
  /** Of each image, the index of its class in `classNames`. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
  /** The file of each image, where each has one of its own. */
  readonly files?: readonly string[];
  /** SHA-256 (hexadecimal) of the content that the dataset was read from; of a subset, that of the whole and its indices. */
  readonly checksum: string;
}

/** A dataset as its publisher divided it. */
export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Where there is a third part, to choose by. */
  readonly validation?: Dataset;
}
