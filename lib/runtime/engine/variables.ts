import type { HostTensor, NamedTensors } from "./engine_state.ts";
import type { Graph, Operation, Output } from "./graph.ts";
import { NativeTensor } from "./native_tensor.ts";
import type { Session } from "./session.ts";

/** A float32 variable of a graph. */
export interface GraphVariable {
  readonly name: string;
  readonly shape: readonly number[];
  /** What update operations take. */
  readonly handle: Output;
  /** Its value. There is one read for all who need it: a second could see the step's own update. */
  readonly value: Output;
}

const float = { type: "float32" } as const;

/** The variables of a graph, and the way of their values in and out. */
export class Variables {
  readonly #graph: Graph;
  readonly #entries = new Map<string, GraphVariable & { readonly feed: Output; readonly assign: Operation }>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Adds a variable; it has no value before the first write. */
  add(name: string, shape: readonly number[]): GraphVariable {
    const graph = this.#graph;
    return graph.inScope(`variables/${name}`, () => {
      // Variables of one shared_name would be one variable.
      const attributes = { dtype: float, shape: { shape }, shared_name: name };
      const handle = graph.add("VarHandleOp", { attributes });
      const feed = graph.placeholder("float32", shape);
      const assign = graph.operation("AssignVariableOp", { inputs: [handle, feed], attributes: { dtype: float } });
      const value = graph.add("ReadVariableOp", { inputs: [handle], attributes: { dtype: float } });
      const variable = { name, shape, handle, value, feed, assign };
      this.#entries.set(name, variable);
      return variable;
    });
  }

  /** Gives every variable a value: its own in `values`, or zeros. */
  async write(session: Session, values: NamedTensors): Promise<void> {
    const entries = [...this.#entries.values()];
    // Fresh tensors each time, because a variable keeps the memory that it is given.
    const tensors = entries.map(({ name, shape }) => {
      const tensor = new NativeTensor({ type: "float32", shape });
      const value = values.get(name);
      if (value) tensor.float32.set(value.data);
      return tensor;
    });
    try {
      await session.call({
        name: "the import of weights",
        feeds: entries.map(({ feed }) => feed),
        targets: entries.map(({ assign }) => assign),
      })(tensors);
    } finally {
      tensors.forEach((tensor) => tensor.delete());
    }
  }

  /** A copy of every variable. */
  async read(session: Session): Promise<NamedTensors> {
    const entries = [...this.#entries.values()];
    const fetches = entries.map(({ value }) => value);
    const tensors = await session.call({ name: "the export of weights", fetches })();
    return new Map(
      entries.map(({ name, shape }, place): [string, HostTensor] => {
        const data = tensors[place].float32.slice();
        tensors[place].delete();
        return [name, { shape, data }];
      }),
    );
  }
}
