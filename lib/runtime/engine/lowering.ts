import type { z } from "zod";
import type { tf } from "../tensorflow.ts";
import type { Attribute, Graph, Output } from "./graph.ts";

/** Element types that a network can compute in. */
export type Precision = "float32" | "float64" | "bfloat16";

/** What a layer's lowering may ask for. */
export interface LoweringContext {
  readonly graph: Graph;
  readonly layer: tf.layers.Layer;
  /** What activations are made of. */
  readonly precision: Precision;
  /** Whether batch statistics are used, and moving ones updated. */
  readonly training: boolean;
  /**
   * A batch norm right behind this layer, to be folded into its weights: the output is to be multiplied by `scale` and
   * then moved by `shift`, one number a channel, float32. `name` is the batch norm's.
   */
  readonly fold?: { readonly scale: Output; readonly shift: Output; readonly name: string };
  /** What a pooling's window may overlap on each side, though there is nothing: rows and columns, before and after. */
  readonly margins?: readonly (readonly [number, number])[];
  /** Whether the layer's activation is left out, because it is applied further on. */
  readonly bare?: boolean;

  /**
   * The layer's configuration as far as the schema asks for it.
   *
   * @throws {CannotCompileError} if it does not fit the schema
   */
  config<Schema extends z.ZodType>(schema: Schema): z.infer<Schema>;
  /** @throws {CannotCompileError} always */
  refuse(reason: string): never;
  /** The layer's weight called `name`: float32, whatever the precision. */
  weight(name: string): Output;
  hasWeight(name: string): boolean;
  /** Subtracts `difference` from a weight after the step: moving statistics. */
  subtractFrom(name: string, difference: Output): void;
  /**
   * Random numbers shaped like `shape`, new with each noise key and different for each layer; `undefined` where noise
   * is off.
   */
  noise(distribution: "uniform" | "normal", shape: Output): Output | undefined;

  /** Adds an operation and gives its first result. */
  add(kind: string, inputs: readonly (Output | readonly Output[])[], attributes?: Record<string, Attribute>): Output;
  /** A number in the network's precision. */
  scalar(value: number): Output;
  /** Brings a float32 into the network's precision. */
  cast(value: Output): Output;
  /**
   * Brings what follows from the layer's weights alone into the network's precision. Where weights stay as they are, it
   * is worked out once.
   *
   * @param name tells it from the others of the layer
   */
  settled(name: string, value: Output): Output;
  /** The static shape, without the batch. */
  sizesOf(output: Output): number[];
}

/** Adds the operations of one layer to the graph. */
export type Lowering = (context: LoweringContext, inputs: readonly Output[]) => Output;
