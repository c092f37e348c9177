import { cApi, checked, cString } from "./c_api.ts";
import { type DataType, dataTypes, int64s, NativeTensor } from "./native_tensor.ts";

/** A node of a graph. */
export interface Operation {
  readonly name: string;
  readonly pointer: Deno.PointerObject;
}

/** One of the results of an operation. */
export interface Output {
  readonly operation: Operation;
  readonly index: number;
}

/** The value of an operation's attribute; TensorFlow tells whole numbers, floats and types apart. */
export type Attribute =
  | string
  | boolean
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly type: DataType }
  | { readonly shape: readonly number[] }
  | { readonly tensor: NativeTensor };

/** How an operation is made. */
export interface OperationOptions {
  /** In the order of the operation's definition; an array where it takes a list. */
  readonly inputs?: readonly (Output | readonly Output[])[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** What must have run before. */
  readonly after?: readonly Operation[];
  /** Default: the operation's kind. Made unique. */
  readonly name?: string;
}

/** A TensorFlow graph under construction. */
export class Graph {
  static #alive = 0;
  readonly #pointer: Deno.PointerObject;
  readonly #names = new Map<string, number>();
  /** What goes into each ReLU, and what comes out. */
  readonly #relus: { readonly input: Output; readonly output: Output }[] = [];
  #scope = "";
  #deleted = false;

  constructor() {
    const pointer = cApi().TF_NewGraph();
    if (!pointer) throw new Error("Cannot make a graph: TensorFlow refuses");
    this.#pointer = pointer;
    Graph.#alive++;
  }

  /** Graphs made and not yet deleted, in this process: what leak tests count. */
  static get alive(): number {
    return Graph.#alive;
  }

  /**
   * What TensorFlow's C functions take.
   *
   * @throws {Error} if the graph has been deleted: TensorFlow would read freed memory
   */
  get pointer(): Deno.PointerObject {
    if (this.#deleted) throw new Error("Cannot use the graph: it has been deleted");
    return this.#pointer;
  }

  /** Prefixes the names of all operations that `build` makes, so that errors and profiles say where they belong. */
  inScope<T>(scope: string, build: () => T): T {
    const outer = this.#scope;
    this.#scope = `${outer}${scope.replaceAll(/[^A-Za-z0-9_.\\/-]/g, "_").replace(/^[^A-Za-z0-9.]/, "n_")}/`;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  /**
   * Adds an operation of one of TensorFlow's kinds.
   *
   * @throws {Error} if TensorFlow refuses it: unknown kind, wrong types, shapes that do not match
   */
  operation(kind: string, { inputs = [], attributes = {}, after = [], name = kind }: OperationOptions = {}): Operation {
    const c = cApi();
    const fullName = this.#unique(this.#scope + name);
    const description = c.TF_NewOperation(this.pointer, cString(kind), cString(fullName));
    for (const input of inputs) {
      if ("operation" in input) c.TF_AddInput(description, outputBytes([input]));
      else c.TF_AddInputList(description, outputBytes(input), input.length);
    }
    for (const { pointer } of after) c.TF_AddControlInput(description, pointer);
    const pointer = checked(`add ${kind} "${fullName}" to the graph`, (status) => {
      for (const [attribute, value] of Object.entries(attributes)) setAttribute(description, attribute, value, status);
      return c.TF_FinishOperation(description, status);
    });
    const added = { name: fullName, pointer: pointer! };
    if (kind === "Relu" || kind === "Relu6") {
      this.#relus.push({ input: inputs[0] as Output, output: { operation: added, index: 0 } });
    }
    return added;
  }

  /** {@linkcode operation}, and its first result. */
  add(kind: string, options: OperationOptions = {}): Output {
    return { operation: this.operation(kind, options), index: 0 };
  }

  /** A float32 constant. */
  constant(values: number | ArrayLike<number>, shape: readonly number[] = [], name = "Const"): Output {
    const tensor = new NativeTensor({ type: "float32", shape });
    tensor.float32.set(typeof values === "number" ? [values] : values);
    return this.#constantOf(tensor, "float32", name);
  }

  /** An int32 constant: a list, or a scalar where a number is given. */
  integers(values: number | readonly number[], name = "Const"): Output {
    const list = typeof values === "number" ? [values] : values;
    const tensor = new NativeTensor({ type: "int32", shape: typeof values === "number" ? [] : [list.length] });
    tensor.int32.set(list);
    return this.#constantOf(tensor, "int32", name);
  }

  #constantOf(tensor: NativeTensor, type: DataType, name: string): Output {
    try {
      return this.add("Const", { attributes: { value: { tensor }, dtype: { type } }, name });
    } finally {
      tensor.delete();
    }
  }

  /** What is fed at each run; −1 where a size differs from run to run. */
  placeholder(type: DataType, shape: readonly number[], name = "Placeholder"): Output {
    return this.add("Placeholder", { attributes: { dtype: { type }, shape: { shape } }, name });
  }

  /** The shape that TensorFlow infers, −1 where it depends on what is fed. */
  shapeOf(output: Output): number[] {
    const c = cApi();
    return checked(`infer the shape of "${output.operation.name}"`, (status) => {
      const rank = c.TF_GraphGetTensorNumDims(this.pointer, outputBytes([output]), status);
      const sizes = new BigInt64Array(Math.max(rank, 0));
      c.TF_GraphGetTensorShape(this.pointer, outputBytes([output]), sizes, sizes.length, status);
      return [...sizes].map(Number);
    });
  }

  /**
   * Adds the operations that compute dy/dx for each of `xs`.
   *
   * @returns one gradient for each of `xs`; `undefined` where `y` does not depend on it
   * @throws {Error} if an operation on the way has no gradient in TensorFlow's C++ registry
   */
  gradients(y: Output, xs: readonly Output[]): (Output | undefined)[] {
    const found = new BigUint64Array(2 * xs.length);
    checked("differentiate the graph", (status) => {
      cApi().TF_AddGradients(
        this.pointer,
        outputBytes([y]),
        1,
        outputBytes(xs),
        xs.length,
        null,
        status,
        found,
      );
    });
    this.#differentiateRelusByOutput();
    return xs.map((x, place) => {
      const pointer = Deno.UnsafePointer.create(found[2 * place]);
      if (!pointer) return undefined;
      const name = `gradient of ${x.operation.name}`;
      return { operation: { name, pointer }, index: Number(found[2 * place + 1] & 0xffffffffn) };
    });
  }

  /**
   * Lets the gradient of each ReLU look at the ReLU's output, which is positive where its input is, as TensorFlow's
   * Python gradients do. Its C++ gradients look at the input, which then has a second reader, and that keeps TensorFlow
   * from fusing the ReLU into the layer before.
   */
  #differentiateRelusByOutput(): void {
    const c = cApi();
    for (const { input, output } of this.#relus) {
      const readers = new BigUint64Array(2 * c.TF_OperationOutputNumConsumers(outputBytes([input])));
      c.TF_OperationOutputConsumers(outputBytes([input]), readers, readers.length / 2);
      for (let place = 0; place < readers.length; place += 2) {
        const kind = c.TF_OperationOpType(Deno.UnsafePointer.create(readers[place]));
        if (!/^Relu6?Grad$/.test(Deno.UnsafePointerView.getCString(kind!))) continue;
        checked(
          "differentiate a ReLU by its output",
          (status) => c.TF_UpdateEdge(this.pointer, outputBytes([output]), readers.subarray(place, place + 2), status),
        );
      }
    }
  }

  /** Frees the graph; its sessions must be closed before. A second call does nothing. */
  delete(): void {
    if (this.#deleted) return;
    this.#deleted = true;
    Graph.#alive--;
    cApi().TF_DeleteGraph(this.#pointer);
  }

  #unique(name: string): string {
    const uses = this.#names.get(name) ?? 0;
    this.#names.set(name, uses + 1);
    return uses === 0 ? name : `${name}_${uses}`;
  }
}

/** Result `index` of the operation that made `output`. */
export function sibling(output: Output, index: number): Output {
  return { operation: output.operation, index };
}

/** Outputs as C's `TF_Output[]`: a pointer and an int each, padded to 16 bytes. */
export function outputBytes(outputs: readonly Output[]): BigUint64Array<ArrayBuffer> {
  const words = new BigUint64Array(2 * outputs.length);
  outputs.forEach(({ operation, index }, place) => {
    words[2 * place] = Deno.UnsafePointer.value(operation.pointer);
    words[2 * place + 1] = BigInt(index);
  });
  return words;
}

function setAttribute(
  description: Deno.PointerValue,
  attribute: string,
  value: Attribute,
  status: Deno.PointerValue,
): void {
  const c = cApi();
  const name = cString(attribute);
  if (typeof value === "string") {
    const text = cString(value);
    c.TF_SetAttrString(description, name, text, BigInt(text.length - 1));
  } else if (typeof value === "boolean") c.TF_SetAttrBool(description, name, value ? 1 : 0);
  else if ("int" in value) c.TF_SetAttrInt(description, name, BigInt(value.int));
  else if ("ints" in value) c.TF_SetAttrIntList(description, name, int64s(value.ints), value.ints.length);
  else if ("float" in value) c.TF_SetAttrFloat(description, name, value.float);
  else if ("type" in value) c.TF_SetAttrType(description, name, dataTypes[value.type]);
  else if ("shape" in value) c.TF_SetAttrShape(description, name, int64s(value.shape), value.shape.length);
  else c.TF_SetAttrTensor(description, name, value.tensor.pointer, status);
}
