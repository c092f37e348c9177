/** Numbers with a shape, outside of any backend. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name, in a fixed order: what a network's weights are in files and between engines. */
export type NamedTensors = ReadonlyMap<string, HostTensor>;
