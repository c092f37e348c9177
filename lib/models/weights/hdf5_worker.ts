/**
 * Reads a Keras file of weights apart from everything else: the HDF5 library was not written for files that mean harm, so
 * it works on a copy in memory, in a worker that sees no other file and can be ended.
 *
 * @module
 */
import h5wasm, { Dataset, type File, Group } from "h5wasm";
import { kerasKind, kerasKinds } from "./keras_kind.ts";
import type { NumberType } from "./number_type.ts";

/** What the worker is asked to read. */
export interface Hdf5Request {
  readonly bytes: Uint8Array;
  /** The most numbers that all tensors together may have. */
  readonly most: number;
}

/** What it answers: every tensor, then the end, or what is wrong. */
export type Hdf5Answer =
  | {
    readonly kind: "tensor";
    readonly name: string;
    readonly type: NumberType;
    readonly shape: readonly number[];
    readonly buffer: ArrayBuffer;
  }
  | { readonly kind: "end" }
  | { readonly kind: "fault"; readonly rule: string; readonly value: string };

class Fault extends Error {
  readonly rule: string;

  constructor(rule: string, value: string) {
    super(value);
    this.rule = rule;
  }
}

const mostGroups = 10_000;
const answer = (message: Hdf5Answer, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.addEventListener("message", async ({ data }: MessageEvent<Hdf5Request>) => {
  try {
    await readAll(data);
    answer({ kind: "end" });
  } catch (error) {
    const rule = error instanceof Fault ? error.rule : "it must be a whole HDF5 file";
    answer({ kind: "fault", rule, value: error instanceof Error ? error.message.slice(0, 200) : "damaged" });
  }
});

async function readAll({ bytes, most }: Hdf5Request): Promise<void> {
  const module = await h5wasm.ready;
  // Otherwise faults are printed, and reading goes on with nothing.
  module.activate_throwing_error_handler();
  module.FS.writeFile("weights.h5", bytes);
  const file = new h5wasm.File("weights.h5", "r");
  let left = most;
  for (const [name, dataset] of tensorsIn(file)) {
    const { metadata } = dataset;
    const type = typeOf(dataset);
    const { shape } = metadata;
    if (type === undefined || shape === null) continue;
    left -= shape.reduce((product, side) => product * side, 1);
    if (!(left >= 0)) throw new Fault(`its tensors must have ${most} numbers at most together`, "more");
    const value = shape.includes(0) ? new Uint8Array(0) : dataset.value;
    if (!ArrayBuffer.isView(value)) throw new Fault(`tensor "${name}" must hold numbers`, typeof value);
    const buffer = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice().buffer;
    answer({ kind: "tensor", name, type, shape, buffer }, [buffer]);
  }
}

/** The tensors of a Keras file, by `layer/kind`, in its order. */
function tensorsIn(file: File): Iterable<readonly [name: string, dataset: Dataset]> {
  const root = file.get("model_weights") ?? file;
  if (!(root instanceof Group)) throw new Fault("its model_weights must be a group", "something else");
  const layers = namesIn(root, "layer_names");
  if (layers !== undefined) return layers.flatMap((layer) => [...layerTensors(root, layer)]);
  const variables = groupsBelow(file).filter(([path]) => path.endsWith("/vars"));
  if (variables.length === 0) throw new Fault("it must hold weights as Keras saves them", "another HDF5 file");
  return variables.flatMap(([path, group]) => variableTensors(path, group));
}

/** Keras 1 and 2, and `.h5` of Keras 3: a group a layer, which names its weights in order. */
function* layerTensors(root: Group, layer: string): Iterable<[string, Dataset]> {
  const group = root.get(layer);
  if (!(group instanceof Group)) throw new Fault(`its layer "${layer}" must be a group`, "missing");
  const names = namesIn(group, "weight_names") ?? [];
  const kinds = names.map(kerasKind);
  // A model within a model: the weights then say which layer of it they belong to.
  const isNested = new Set(kinds).size < kinds.length;
  for (const [place, name] of names.entries()) {
    const dataset = group.get(name);
    if (!(dataset instanceof Dataset)) throw new Fault(`its weight "${layer}/${name}" must be a dataset`, "missing");
    yield [`${isNested ? name.split("/").at(-2) ?? layer : layer}/${kinds[place]}`, dataset];
  }
}

/** Keras 3: `layers/…/vars/0`, `1`, …; the layer's own name is an attribute. */
function variableTensors(path: string, group: Group): [string, Dataset][] {
  const name = group.attrs["name"]?.value;
  const layer = typeof name === "string" ? name : path.split("/").at(-2) ?? path;
  const datasets = group.keys().sort((one, other) => Number(one) - Number(other))
    .map((key) => group.get(key)).filter((entity) => entity instanceof Dataset);
  const kinds = kerasKinds(datasets.map(({ shape }) => shape ?? []));
  return datasets.map((dataset, place) => [`${layer}/${kinds[place]}`, dataset]);
}

/** A list of names, which Keras cuts into numbered pieces where it is long. */
function namesIn(group: Group, attribute: string): string[] | undefined {
  const { attrs } = group;
  const pieces = attribute in attrs
    ? [attribute]
    : Object.keys(attrs).filter((key) => key.startsWith(attribute) && /^\d+$/.test(key.slice(attribute.length)))
      .sort((one, other) => Number(one.slice(attribute.length)) - Number(other.slice(attribute.length)));
  if (pieces.length === 0) return undefined;
  return pieces.flatMap((piece) => {
    const { value } = attrs[piece];
    return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
  });
}

function groupsBelow(file: File): [path: string, group: Group][] {
  const found: [string, Group][] = [];
  const open: [string, Group][] = [["", file]];
  for (let next = open.pop(); next; next = open.pop()) {
    found.push(next);
    if (found.length > mostGroups) throw new Fault(`it must have ${mostGroups} groups at most`, "more");
    const [path, group] = next;
    for (const key of group.keys().reverse()) {
      const inner = group.get(key);
      if (inner instanceof Group) open.push([`${path}/${key}`, inner]);
    }
  }
  return found;
}

function typeOf({ metadata: { type, size, littleEndian } }: Dataset): NumberType | undefined {
  const isFloat = type === 1 && littleEndian;
  const types: Readonly<Record<number, NumberType>> = { 2: "float16", 4: "float32", 8: "float64" };
  return isFloat ? types[size] : undefined;
}
