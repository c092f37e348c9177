import { createHash } from "node:crypto";
import { z } from "zod";
import type { HostTensor, NamedTensors } from "../runtime/engine/engine_state.ts";

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: NamedTensors;
  /** Text by name, kept in the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The metadata under which {@linkcode sealSafetensors} keeps the checksum. */
const seal = "sha256";

/** The header's length comes first: 8 bytes, little-endian. */
const lengthBytes = 8;

/** Longer headers are refused unread: a network's takes kilobytes. */
const longestHeader = 16 * 2 ** 20;

/** The types that weights are written in, by the format's names. */
const dtypes = {
  F64: { type: "float64", bytes: 8 },
  F32: { type: "float32", bytes: 4 },
  F16: { type: "float16", bytes: 2 },
  BF16: { type: "bfloat16", bytes: 2 },
  I64: { type: "int64", bytes: 8 },
  I32: { type: "int32", bytes: 4 },
  I16: { type: "int16", bytes: 2 },
  I8: { type: "int8", bytes: 1 },
  U8: { type: "uint8", bytes: 1 },
  BOOL: { type: "bool", bytes: 1 },
} as const;

const tensorSchema = z.strictObject({
  dtype: z.enum(Object.keys(dtypes) as (keyof typeof dtypes)[]),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());

/**
 * Tensors in the safetensors format (https://github.com/huggingface/safetensors): the header's length, a JSON header,
 * the numbers, each tensor right after the one before.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end += data.byteLength] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces make the numbers begin at a multiple of 8, so that a reader may map them.
  const start = lengthBytes + Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, 0, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - lengthBytes), true);
  file.set(text, lengthBytes);
  let place = start;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return file;
}

/** A tensor as a header describes it. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly type: (typeof dtypes)[keyof typeof dtypes]["type"];
  readonly shape: readonly number[];
  /** Where its numbers lie in the file, in bytes. */
  readonly from: number;
  readonly to: number;
}

/** What a file says of itself before its numbers begin. */
export interface SafetensorsHeader {
  /** In the order of their numbers, which follow each other without a gap. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Says what is wrong with a file, at which byte. */
export type RefuseSafetensors = (rule: string, value: string | number, offset: number) => never;

/**
 * The length in bytes of all that stands before the numbers.
 *
 * @param start the file's first bytes, 8 or more
 */
export function safetensorsStart(
  start: Uint8Array,
  { size, refuse }: { size: number; refuse: RefuseSafetensors },
): number {
  if (start.length < lengthBytes) refuse("it must begin with the 8 bytes of its header's length", start.length, 0);
  const length = new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true);
  if (length > BigInt(Math.min(size - lengthBytes, longestHeader))) {
    refuse(`its header must fit into its ${size} bytes and into ${longestHeader}`, `${length}`, 0);
  }
  return lengthBytes + Number(length);
}

/**
 * Reads all that stands before the numbers; they must fill the rest of the file exactly.
 *
 * @param bytes the file's beginning, {@linkcode safetensorsStart} long
 */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  { size, refuse }: { size: number; refuse: RefuseSafetensors },
): SafetensorsHeader {
  const { __metadata__ = {}, ...described } = parseHeader(bytes.subarray(lengthBytes), refuse);
  const metadata = metadataSchema.safeParse(__metadata__);
  if (!metadata.success) refuse("its metadata must be text by name", z.prettifyError(metadata.error), lengthBytes);
  const entries = Object.entries(described).map(([name, entry]): SafetensorsEntry => {
    const parsed = tensorSchema.safeParse(entry);
    if (!parsed.success) return refuse(`"${name}" must be a tensor`, z.prettifyError(parsed.error), lengthBytes);
    const { dtype, shape, data_offsets: [from, to] } = parsed.data;
    const { type, bytes: width } = dtypes[dtype];
    const length = shape.reduce((product, side) => product * side, width);
    if (to - from !== length) {
      refuse(`tensor "${name}" must take the ${length} bytes of its shape`, `${from}…${to}`, lengthBytes);
    }
    return { name, type, shape, from: bytes.length + from, to: bytes.length + to };
  }).sort((one, other) => one.from - other.from || one.to - other.to);
  let end = bytes.length;
  for (const { name, from, to } of entries) {
    if (from !== end || to > size) {
      refuse(`tensor "${name}" must begin where the one before ends and lie in the file`, `${from}…${to}`, end);
    }
    end = to;
  }
  if (end !== size) refuse("it must end where its last tensor ends", size, end);
  return { entries, metadata: metadata.data ?? {} };
}

/**
 * Reads the safetensors format, float32 only.
 *
 * @param file for messages
 * @throws {SyntaxError} naming the file and the place, unless the header is whole and the tensors fill the rest exactly
 */
export function parseSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const refuse: RefuseSafetensors = (rule, value, offset) => {
    throw new SyntaxError(
      `Cannot read ${file}: ${rule}: current value is ${value}, at byte ${offset}. The file is damaged or of another ` +
        "format; restore it from where it came.",
    );
  };
  const format = { size: bytes.length, refuse };
  const { entries, metadata } = parseSafetensorsHeader(bytes.subarray(0, safetensorsStart(bytes, format)), format);
  const tensors = new Map<string, HostTensor>();
  for (const { name, type, shape, from, to } of entries) {
    if (type !== "float32") refuse(`its entry "${name}" must be a float32 tensor`, type, lengthBytes);
    tensors.set(name, { shape, data: new Float32Array(bytes.slice(from, to).buffer) });
  }
  return { tensors, metadata };
}

/** {@linkcode encodeSafetensors} with the SHA-256 of all of it in the metadata. */
export function sealSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  return encodeSafetensors({ tensors, metadata: { ...metadata, [seal]: digestOf({ tensors, metadata }) } });
}

/**
 * Reads what {@linkcode sealSafetensors} wrote.
 *
 * @throws {SyntaxError} naming the file, if a single bit has changed
 */
export function openSealedSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { tensors, metadata: { [seal]: wanted, ...metadata } } = parseSafetensors(bytes, file);
  const found = digestOf({ tensors, metadata });
  if (found !== wanted) {
    throw new SyntaxError(
      `Cannot read ${file}: its SHA-256 must be the one it was written with, ${
        wanted ?? "which is missing"
      }: current ` +
        `value is ${found}. The file is damaged; restore it from where it came.`,
    );
  }
  return { tensors, metadata };
}

function digestOf(content: Safetensors): string {
  return createHash("sha256").update(encodeSafetensors(content)).digest("hex");
}

function parseHeader(
  bytes: Uint8Array,
  refuse: RefuseSafetensors,
): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse("its header must be JSON", String(error).slice(0, 200), lengthBytes);
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(header);
  return parsed.success ? parsed.data : refuse("its header must be an object", typeof header, lengthBytes);
}
