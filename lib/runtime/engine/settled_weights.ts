import type { Graph, Operation, Output } from "./graph.ts";
import type { Precision } from "./lowering.ts";
import { NativeTensor } from "./native_tensor.ts";
import type { LayerVariable } from "./network_plan.ts";
import type { Session } from "./session.ts";

/** What follows from a network's weights alone, worked out once and kept in variables of a graph. */
export class SettledWeights {
  readonly #graph: Graph;
  readonly #weights = new Map<LayerVariable, Output>();
  readonly #kept = new Map<string, { readonly value: Output; readonly assign: Operation }>();
  /** How many of the kept ones, in order, have their value. */
  #current = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** A weight, as what is to be kept is made of it. */
  weightOf(variable: LayerVariable): Output {
    let weight = this.#weights.get(variable);
    if (!weight) {
      weight = this.#graph.placeholder("float32", variable.shape as number[], variable.originalName);
      this.#weights.set(variable, weight);
    }
    return weight;
  }

  /** Keeps `value`, or gives what is kept under this name; it holds from the next {@linkcode update} on. */
  settle(name: string, value: Output, precision: Precision): Output {
    const known = this.#kept.get(name);
    if (known) return known.value;
    const graph = this.#graph;
    const dtype = { type: precision } as const;
    const attributes = { dtype, shape: { shape: graph.shapeOf(value) }, shared_name: `settled/${name}` };
    const handle = graph.add("VarHandleOp", { attributes });
    const assign = graph.operation("AssignVariableOp", { inputs: [handle, value], attributes: { dtype } });
    const read = graph.add("ReadVariableOp", { inputs: [handle], attributes: { dtype } });
    this.#kept.set(name, { value: read, assign });
    return read;
  }

  /** Works out what has been added, or all after {@linkcode forget}, from the weights that the network has now. */
  async update(session: Session): Promise<void> {
    const targets = [...this.#kept.values()].slice(this.#current).map(({ assign }) => assign);
    if (targets.length === 0) return;
    const tensors = [...this.#weights.keys()].map((variable) => {
      const tensor = new NativeTensor({ type: "float32", shape: variable.shape as number[] });
      tensor.float32.set(variable.read().dataSync<"float32">());
      return tensor;
    });
    try {
      await session.call({ name: "the import of weights", feeds: [...this.#weights.values()], targets })(tensors);
    } finally {
      tensors.forEach((tensor) => tensor.delete());
    }
    this.#current = this.#kept.size;
  }

  /** The network has other weights now. */
  forget(): void {
    this.#current = 0;
  }
}
