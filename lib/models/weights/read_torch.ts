import { DataFormatError } from "../../data/data_format_error.ts";
import { readRange } from "./file_tensor.ts";
import type { StateDict } from "./state_dict.ts";
import type { StoredMember } from "./stored_members.ts";
import { readTorchPickle, stateDictOf, storageBytes } from "./torch_pickle.ts";

/** What torch writes before everything else in the format that it had before 1.6. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
/** The pickle describes tensors, in 100 bytes each; the numbers are not in it. */
const longestPickle = 16 * 2 ** 20;

/**
 * The state dict in a zip archive as `torch.save` writes it since 1.6: `…/data.pkl`, and each storage in `…/data/…`.
 *
 * @throws {DataFormatError} if a storage is missing or of another length, or the pickle is refused
 */
export async function readTorchZip(
  path: string,
  { members, pickle }: { members: ReadonlyMap<string, StoredMember>; pickle: StoredMember },
): Promise<StateDict> {
  const root = pickle.name.slice(0, -"data.pkl".length);
  const order = members.get(`${root}byteorder`);
  if (order && await textOf(path, order) !== "little") throw wrongOrder(path);
  if (pickle.length > longestPickle) throw tooLong(path, pickle.length);
  const { value, storages } = readTorchPickle(new Uint8Array(await readRange(path, pickle)), {
    file: path,
    start: pickle.start,
  });
  const starts = new Map<string, number>();
  for (const [key, storage] of storages) {
    const member = members.get(`${root}data/${key}`);
    if (member?.length !== storageBytes(storage)) {
      throw new DataFormatError({
        file: path,
        rule: `its storage data/${key.slice(0, 40)} must have the ${storageBytes(storage)} bytes that its pickle says`,
        value: member?.length ?? "missing",
      });
    }
    starts.set(key, member.start);
  }
  return stateDictOf(value, { file: path, starts });
}

/**
 * The state dict in the format that `torch.save` had before 1.6: five pickles (a magic number, a version, the machine,
 * the object, the storages' keys), then each storage with its length before it.
 *
 * @throws {DataFormatError} if it is damaged, or a pickle is refused
 */
export async function readTorchLegacy(path: string): Promise<StateDict> {
  const { size } = await Deno.stat(path);
  const head = new Uint8Array(await readRange(path, { start: 0, length: Math.min(size, longestPickle) }));
  let position = 0;
  const next = () => {
    const part = readTorchPickle(head.subarray(position), { file: path, start: position });
    position += part.end;
    return part;
  };
  const refuse = (rule: string, value: string | number) =>
    new DataFormatError({ file: path, offset: position, rule, value });

  if (next().value !== magicNumber) {
    throw new DataFormatError({
      file: path,
      offset: 0,
      rule: "it must be a safetensors, PyTorch or Keras file of weights",
      value: "a pickle of something else",
      remedy: "Save the weights as torch.save(model.state_dict(), path).",
    });
  }
  const version = next().value;
  if (version !== 1001) throw refuse("its format's version must be 1001", String(version).slice(0, 40));
  const machine = next().value;
  if (machine instanceof Map && machine.get("little_endian") === false) throw wrongOrder(path);
  const { value, storages } = next();
  const keys = next().value;
  const isComplete = Array.isArray(keys) && keys.length === storages.size && keys.every((key) => storages.has(key));
  if (!isComplete) throw refuse("it must list the storages that its tensors use", "another list");

  const starts = new Map<string, number>();
  for (const key of keys) {
    const storage = storages.get(key)!;
    const stored = Number(new BigInt64Array(await readRange(path, { start: position, length: 8 }))[0]);
    if (stored !== storage.length) {
      throw refuse(`storage ${key.slice(0, 40)} must have ${storage.length} numbers, as its pickle says`, stored);
    }
    starts.set(key, position + 8);
    position += 8 + storageBytes(storage);
  }
  if (position !== size) throw refuse("it must end where its last storage ends", `a file of ${size} bytes`);
  return stateDictOf(value, { file: path, starts });
}

async function textOf(path: string, member: StoredMember): Promise<string> {
  const length = Math.min(member.length, 16);
  return new TextDecoder().decode(await readRange(path, { start: member.start, length }));
}

function wrongOrder(file: string): DataFormatError {
  return new DataFormatError({
    file,
    rule: "its numbers must be little-endian",
    value: "big-endian",
    remedy: "Load it with PyTorch on the machine that wrote it, and save it as safetensors.",
  });
}

function tooLong(file: string, length: number): DataFormatError {
  return new DataFormatError({ file, rule: `its pickle must have ${longestPickle} bytes at most`, value: length });
}
