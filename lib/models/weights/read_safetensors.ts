import { DataFormatError } from "../../data/data_format_error.ts";
import { parseSafetensorsHeader, type RefuseSafetensors, safetensorsStart } from "../../training/safetensors.ts";
import { fileTensor, readRange } from "./file_tensor.ts";
import { bytesOf } from "./number_type.ts";
import type { StateDict } from "./state_dict.ts";

/**
 * The tensors of a safetensors file.
 *
 * @throws {DataFormatError} if its header is not whole, or tensors overlap or do not fill the file
 */
export async function readSafetensors(path: string): Promise<StateDict> {
  const refuse: RefuseSafetensors = (rule, value, offset) => {
    throw new DataFormatError({ file: path, rule, value, offset });
  };
  const { size } = await Deno.stat(path);
  const read = async (length: number) => new Uint8Array(await readRange(path, { start: 0, length }));
  const start = safetensorsStart(await read(Math.min(8, size)), { size, refuse });
  const { entries } = parseSafetensorsHeader(await read(start), { size, refuse });
  return new Map(entries.map(({ name, type, shape, from, to }) => [
    name,
    fileTensor(path, { name, type, shape, storage: { start: from, length: (to - from) / bytesOf(type) } }),
  ]));
}
