import type { NumberType } from "./number_type.ts";

/** A tensor of a weights file. Its numbers stay in the file until they are asked for. */
export interface StateTensor {
  readonly shape: readonly number[];
  /** How the file writes its numbers. */
  readonly type: NumberType;
  /**
   * The numbers, row by row, in memory that the caller may keep and change.
   *
   * @throws {DataFormatError} naming the tensor, if one of them is not finite as a float32 or the file has changed
   */
  read(): Promise<Float32Array<ArrayBuffer>>;
}

/** The tensors of a weights file by name, in the file's order. */
export type StateDict = ReadonlyMap<string, StateTensor>;
