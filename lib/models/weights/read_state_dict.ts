import { DataFormatError } from "../../data/data_format_error.ts";
import { readRange } from "./file_tensor.ts";
import { readHdf5 } from "./read_hdf5.ts";
import { readSafetensors } from "./read_safetensors.ts";
import { readTorchLegacy, readTorchZip } from "./read_torch.ts";
import type { StateDict } from "./state_dict.ts";
import { storedMembers } from "./stored_members.ts";

/** What wrappers put before every name: data parallelism, and compiling. */
const wrappers = ["module.", "_orig_mod."];

/**
 * The tensors of a file of weights, whichever it is: safetensors, a PyTorch state dict (`torch.save`, the zip format and
 * the one before 1.6; by itself or in a checkpoint), or Keras' weights in HDF5 (`.h5`, `.weights.h5`, `.keras`). The format
 * is told by the content. Nothing in the file is ever executed, and reading takes memory in proportion to what is
 * asked for; Keras' weights are read as a whole.
 *
 * The names are the file's own, without `module.` where all bear it; Keras' are `layer/kernel`, `layer/bias`,
 * `layer/gamma`, and so on, whatever its version calls them.
 *
 * @throws {DataFormatError} if the file is damaged or of another format, or its pickle names anything but tensors and
 *   plain data
 * @throws {Deno.errors.NotFound} and other file errors
 *
 * @example
 * ```ts
 * import { encodeSafetensors, readStateDict } from "curio";
 * import assert from "node:assert/strict";
 *
 * const path = `${Deno.makeTempDirSync()}/weights.safetensors`;
 * const tensors = new Map([["fc.bias", { shape: [2], data: Float32Array.of(0.5, -1) }]]);
 * Deno.writeFileSync(path, encodeSafetensors({ tensors, metadata: {} }));
 * const state = await readStateDict(path);
 * assert.deepEqual(await state.get("fc.bias")?.read(), Float32Array.of(0.5, -1));
 * ```
 */
export async function readStateDict(path: string): Promise<StateDict> {
  const state = await readByContent(path);
  const wrapper = wrappers.find((prefix) =>
    state.size > 0 && [...state.keys()].every((name) => name.startsWith(prefix))
  );
  return wrapper === undefined
    ? state
    : new Map([...state].map(([name, tensor]) => [name.slice(wrapper.length), tensor]));
}

async function readByContent(path: string): Promise<StateDict> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new DataFormatError({ file: path, rule: "it must be a plain file", value: "something else" });
  const start = new Uint8Array(await readRange(path, { start: 0, length: Math.min(16, size) }));
  const beginsWith = (...bytes: number[]) => bytes.every((byte, place) => start[place] === byte);
  if (beginsWith(0x50, 0x4b)) return await readZip(path);
  if (beginsWith(0x89, 0x48, 0x44, 0x46)) return await readHdf5(path);
  if (path.endsWith(".safetensors") || start[8] === 0x7b) return await readSafetensors(path);
  // Pickles of later protocols begin with 0x80; of the first, one that calls something begins with one of these two.
  if (beginsWith(0x80) || beginsWith(0x63) || beginsWith(0x28)) return await readTorchLegacy(path);
  throw new DataFormatError({
    file: path,
    offset: 0,
    rule: "it must be a safetensors, PyTorch or Keras file of weights",
    value: `a file that begins with the bytes ${start.subarray(0, 4).toHex() || "of nothing"}`,
  });
}

async function readZip(path: string): Promise<StateDict> {
  const members = await storedMembers(path);
  const pickle = [...members.values()].find(({ name }) => /^[^/]+\/data\.pkl$|^data\.pkl$/.test(name));
  if (pickle) return await readTorchZip(path, { members, pickle });
  const keras = members.get("model.weights.h5");
  if (keras) return await readHdf5(path, keras);
  throw new DataFormatError({
    file: path,
    rule: "it must be an archive of weights, with a data.pkl (PyTorch) or a model.weights.h5 (Keras)",
    value: [...members.keys()].slice(0, 5).map((name) => name.slice(0, 60)).join(", ") || "an empty archive",
  });
}
