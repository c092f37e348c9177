import { DataFormatError } from "../../data/data_format_error.ts";
import { bytesOf, type NumberType } from "./number_type.ts";
import { fileTensor } from "./file_tensor.ts";
import type { StateDict, StateTensor } from "./state_dict.ts";
import { PickleGlobal, Tuple, unpickle } from "./unpickle.ts";

/** Numbers that tensors are views of, kept outside of the pickle under a key. */
interface StoredNumbers {
  readonly key: string;
  readonly type: NumberType;
  /** How many numbers. */
  readonly length: number;
  /** Where this storage begins in that of the key, in numbers: old files have storages that are views themselves. */
  readonly from: number;
}

/** A tensor as a pickle describes it: a view of stored numbers. */
class TorchTensor {
  readonly storage: StoredNumbers;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor([storage, offset, shape, strides]: readonly unknown[]) {
    if (!(storage instanceof TorchStorage)) throw new TypeError("a tensor without a storage");
    this.storage = storage;
    this.offset = numberOf(offset);
    this.shape = numbersOf(shape);
    this.strides = numbersOf(strides);
  }
}

class TorchStorage implements StoredNumbers {
  readonly key: string;
  readonly type: NumberType;
  readonly length: number;
  readonly from: number;

  constructor({ key, type, length, from }: StoredNumbers) {
    this.key = key;
    this.type = type;
    this.length = length;
    this.from = from;
  }
}

/** What a torch file's pickle says, before any numbers are read. */
export interface TorchPickle {
  /** The object itself, for {@linkcode stateDictOf}. */
  readonly value: unknown;
  readonly storages: ReadonlyMap<string, StoredNumbers>;
  /** Where the pickle ends in the bytes given. */
  readonly end: number;
}

const storageTypes: Readonly<Record<string, NumberType>> = {
  DoubleStorage: "float64",
  FloatStorage: "float32",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  LongStorage: "int64",
  IntStorage: "int32",
  ShortStorage: "int16",
  CharStorage: "int8",
  ByteStorage: "uint8",
  BoolStorage: "bool",
};

/** Everything that a torch file's pickle may name: all of it describes tensors and containers, none of it acts. */
const globals: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    new PickleGlobal("collections.OrderedDict", orderedDict),
    new PickleGlobal("torch._utils._rebuild_tensor", (args) => new TorchTensor(args)),
    new PickleGlobal("torch._utils._rebuild_tensor_v2", (args) => new TorchTensor(args)),
    new PickleGlobal("torch._utils._rebuild_parameter", tensorOf),
    new PickleGlobal("torch._utils._rebuild_parameter_with_state", tensorOf),
    new PickleGlobal("torch.Size", ([sides]) => new Tuple(numbersOf(sides))),
    new PickleGlobal("torch.device", () => null),
    new PickleGlobal("builtins.set", setOf),
    new PickleGlobal("__builtin__.set", setOf),
    ...[...Object.keys(storageTypes), "float32", "float64", "float16", "bfloat16", "int64", "int32"]
      .map((name) => new PickleGlobal(`torch.${name}`)),
  ].map((global) => [global.name, global]),
);

/**
 * Reads one pickle of a torch file.
 *
 * @throws {DataFormatError} if it names anything but tensors and containers, or is damaged
 */
export function readTorchPickle(bytes: Uint8Array, { file, start }: { file: string; start: number }): TorchPickle {
  const storages = new Map<string, StoredNumbers>();
  const { value, end } = unpickle(bytes, {
    file,
    start,
    globals,
    persistent(id) {
      const storage = storageOf(id);
      const known = storage && storages.get(storage.key);
      if (!storage || (known && (known.type !== storage.type || known.length !== storage.length))) {
        throw new DataFormatError({
          file,
          offset: start,
          rule: "what lies outside of its pickle must be storages of numbers, each of one type and length",
          value: storage ? `another description of storage ${storage.key.slice(0, 40)}` : "something else",
        });
      }
      if (!known) storages.set(storage.key, { ...storage, from: 0 });
      return new TorchStorage(storage);
    },
  });
  return { value, storages, end };
}

/** `("storage", type, key, location, length)`; old files add `(view's key, offset, length)` or `None`. */
function storageOf(id: unknown): StoredNumbers | undefined {
  if (!(id instanceof Tuple)) return undefined;
  const [kind, global, key, , length, view] = id.items;
  const type = global instanceof PickleGlobal ? storageTypes[global.name.replace(/^torch\./, "")] : undefined;
  const isWhole = kind === "storage" && typeof key === "string" && type !== undefined && isCount(length);
  if (!isWhole) return undefined;
  const from = view instanceof Tuple ? view.items[1] : 0;
  return isCount(from) && from <= length ? { key, type, length, from } : undefined;
}

/**
 * The state dict in what a checkpoint's pickle gave: itself, or under one of the names that training scripts use.
 *
 * @param starts where each storage begins in the file, in bytes
 * @throws {DataFormatError} if there is none, or a tensor reaches out of its storage
 */
export function stateDictOf(
  value: unknown,
  { file, starts }: { file: string; starts: ReadonlyMap<string, number> },
): StateDict {
  const dict = statesIn(value);
  if (dict === undefined) {
    throw new DataFormatError({
      file,
      rule: `it must hold a state dict: tensors by name, by themselves or as ${stateNames.join(", ")}`,
      value: "something else",
      remedy: "Save it as torch.save(model.state_dict(), path).",
    });
  }
  const tensors = new Map<string, StateTensor>();
  for (const [name, tensor] of dict) {
    if (typeof name !== "string" || !(tensor instanceof TorchTensor)) continue;
    const { key, type, length, from } = tensor.storage;
    tensors.set(
      name,
      fileTensor(file, {
        ...{ name, type, shape: tensor.shape, strides: tensor.strides, offset: from + tensor.offset },
        storage: { start: starts.get(key)!, length },
      }),
    );
  }
  return tensors;
}

/** What training scripts call the state dict in a checkpoint that holds more. */
const stateNames = ["state_dict", "model_state_dict", "model", "net"];

/** No deeper than checkpoints go: a dict may hold itself. */
function statesIn(value: unknown, levels = 3): ReadonlyMap<unknown, unknown> | undefined {
  if (!(value instanceof Map) || levels === 0) return undefined;
  const nested = stateNames.map((name) => value.get(name)).find((inner) => inner instanceof Map);
  const found = nested && statesIn(nested, levels - 1);
  if (found) return found;
  return [...value.values()].some((each) => each instanceof TorchTensor) ? value : undefined;
}

/** The bytes of a storage in the file. */
export function storageBytes({ type, length }: StoredNumbers): number {
  return length * bytesOf(type);
}

function orderedDict([pairs]: readonly unknown[]): Map<unknown, unknown> {
  if (pairs === undefined) return new Map();
  if (!Array.isArray(pairs)) throw new TypeError("no list of pairs");
  return new Map(pairs.map((pair) => {
    const [key, value] = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : [];
    return [key, value];
  }));
}

function setOf([items = []]: readonly unknown[]): Set<unknown> {
  if (!Array.isArray(items)) throw new TypeError("no list of items");
  return new Set(items);
}

function tensorOf([tensor]: readonly unknown[]): TorchTensor {
  if (!(tensor instanceof TorchTensor)) throw new TypeError("no tensor");
  return tensor;
}

function numbersOf(value: unknown): number[] {
  if (!(value instanceof Tuple)) throw new TypeError("no tuple of numbers");
  return value.items.map(numberOf);
}

/** A count; a negative or fractional number is left for {@linkcode fileTensor} to refuse with the tensor's name. */
function numberOf(value: unknown): number {
  if (typeof value !== "number" && typeof value !== "bigint") throw new TypeError("no number");
  return Number(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
