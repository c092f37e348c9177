import type { Matrix } from "../matrix.ts";
import { CannotCompileError } from "./cannot_compile_error.ts";
import type { Graph, Output } from "./graph.ts";
import { normalised, type PixelStatistics } from "./images.ts";
import type { Precision } from "./lowering.ts";
import { lowerNetwork } from "./lower_network.ts";
import type { NativeTensor } from "./native_tensor.ts";
import type { LayerVariable, NetworkPlan } from "./network_plan.ts";
import type { Call, Session } from "./session.ts";

/** Where forward passes are to be added. */
export interface ForwardPassesOptions {
  readonly graph: Graph;
  readonly session: Session;
  readonly plan: NetworkPlan;
  readonly statistics: PixelStatistics;
  readonly precision: Precision;
  /** Bytes, `[batch, height, width, channels]`. */
  readonly images: Output;
  /** An int32 scalar. */
  readonly noiseKey: Output;
  readonly weightOf: (variable: LayerVariable) => Output;
  /** Keeps what follows from weights alone; without it, that is worked out at each run. */
  readonly settle?: (name: string, value: Output) => Output;
}

/** What to compute. */
export interface PassOptions {
  /** The layer whose output is wanted, by its place in the plan. */
  readonly place: number;
  readonly images: NativeTensor;
  /** Where given, noise layers are on. */
  readonly noiseKey?: NativeTensor;
}

/** Forward passes of a network at rest, batch norm folded: to any layer, each added to the graph when first asked for. */
export class ForwardPasses {
  readonly #options: ForwardPassesOptions;
  readonly #calls = new Map<string, Call>();
  readonly #lowered = new Map<boolean, (place: number) => Output>();

  constructor(options: ForwardPassesOptions) {
    this.#options = options;
  }

  /** Adds the pass to the layer at `place` unless it is there. */
  prepare(place: number, noisy: boolean): Call {
    const name = `${place} ${noisy}`;
    let call = this.#calls.get(name);
    if (!call) {
      const { graph, session, images, noiseKey } = this.#options;
      const output = graph.inScope(noisy ? "noisy" : "forward", () => this.#flattened(this.#network(noisy)(place)));
      call = session.call({
        name: "the forward pass",
        feeds: noisy ? [images, noiseKey] : [images],
        fetches: [output],
      });
      this.#calls.set(name, call);
    }
    return call;
  }

  /** @returns `[batch, numbers]`: the layer's output, each item flattened */
  async run({ place, images, noiseKey }: PassOptions): Promise<Matrix> {
    const call = this.prepare(place, noiseKey !== undefined);
    const [result] = await call(noiseKey ? [images, noiseKey] : [images]);
    const [rows, columns] = result.shape;
    const data = result.float32.slice();
    result.delete();
    return { rows, columns, data };
  }

  #network(noisy: boolean): (place: number) => Output {
    let lower = this.#lowered.get(noisy);
    if (!lower) {
      const { graph, plan, statistics, precision, images, noiseKey, weightOf, settle } = this.#options;
      lower = lowerNetwork(plan, {
        graph,
        images: normalised(graph, images, { statistics, precision }),
        weightOf,
        settle,
        precision,
        noiseKey: noisy ? noiseKey : undefined,
      });
      this.#lowered.set(noisy, lower);
    }
    return lower;
  }

  #flattened(output: Output): Output {
    const { graph, precision } = this.#options;
    const sizes = graph.shapeOf(output).slice(1);
    if (sizes.some((size) => size < 0)) throw new CannotCompileError("a layer's output has no fixed size");
    const width = sizes.reduce((product, size) => product * size, 1);
    const flat = graph.add("Reshape", { inputs: [output, graph.integers([-1, width])] });
    if (precision === "float32") return flat;
    return graph.add("Cast", { inputs: [flat], attributes: { DstT: { type: "float32" } } });
  }
}
