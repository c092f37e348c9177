/** Numbers with a shape, outside of any backend. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name, in a fixed order. */
export type NamedTensors = ReadonlyMap<string, HostTensor>;

/** Everything that a training run must keep to go on bit for bit. */
export interface EngineState {
  /** Batch-norm statistics and frozen weights included; named `layer/weight`. */
  readonly weights: NamedTensors;
  /** The optimizer's slots, named `layer/weight/slot`. */
  readonly optimizer: NamedTensors;
  /** Updates made. */
  readonly step: number;
}
