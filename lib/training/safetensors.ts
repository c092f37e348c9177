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

const tensorSchema = z.strictObject({
  dtype: z.literal("F32"),
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

/**
 * Reads the safetensors format, float32 only.
 *
 * @param file for messages
 * @throws {SyntaxError} naming the file and the place, unless the header is whole and the tensors fill the rest exactly
 */
export function parseSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const refuse = (rule: string, value: unknown, offset: number): never => {
    throw new SyntaxError(
      `Cannot read ${file}: ${rule}: current value is ${value}, at byte ${offset}. The file is damaged or of another ` +
        "format; restore it from where it came.",
    );
  };
  if (bytes.length < lengthBytes) refuse("it must begin with the 8 bytes of its header's length", bytes.length, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - lengthBytes)) {
    refuse(`its header must fit into its ${bytes.length} bytes`, headerLength, 0);
  }
  const start = lengthBytes + Number(headerLength);
  const header = parseHeader(bytes.subarray(lengthBytes, start), refuse);
  const metadata = metadataSchema.safeParse(header["__metadata__"] ?? {});
  if (!metadata.success) refuse("its metadata must be text by name", z.prettifyError(metadata.error), lengthBytes);
  const tensors = new Map<string, HostTensor>();
  let end = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const parsed = tensorSchema.safeParse(entry);
    if (!parsed.success) {
      return refuse(`its entry "${name}" must be a float32 tensor`, JSON.stringify(entry), lengthBytes);
    }
    const { shape, data_offsets: [from, to] } = parsed.data;
    const size = shape.reduce((product, side) => product * side, 4);
    if (from !== end || to - from !== size || start + to > bytes.length) {
      refuse(`tensor "${name}" must take the ${size} bytes from ${end} within the file`, `${from}…${to}`, start + end);
    }
    tensors.set(name, { shape, data: new Float32Array(bytes.slice(start + from, start + to).buffer) });
    end = to;
  }
  if (start + end !== bytes.length) refuse("it must end where its last tensor ends", bytes.length, start + end);
  return { tensors, metadata: metadata.data ?? {} };
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
  refuse: (rule: string, value: unknown, offset: number) => never,
): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse("its header must be JSON", error, lengthBytes);
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(header);
  return parsed.success ? parsed.data : refuse("its header must be an object", typeof header, lengthBytes);
}
