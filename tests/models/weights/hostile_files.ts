/** A pickle from opcodes and arguments, written as characters U+0000 to U+00FF. */
export function pickleOf(...parts: string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.join(""), (character) => character.charCodeAt(0));
}

/** A member of a {@linkcode storedZip}. */
export interface ZipMember {
  readonly name: string;
  readonly content: Uint8Array;
  /** The unpacked size that the archive claims; that of the content by default. */
  readonly claims?: number;
  /** 0, stored, by default; 8 says deflated. */
  readonly method?: number;
}

/** A zip archive that may lie; its checksums are left 0, as nobody here looks at them. */
export function storedZip(members: readonly ZipMember[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content, claims = content.length, method = 0 } of members) {
    const bytes = encoder.encode(name);
    const local = new Uint8Array(30 + bytes.length);
    const view = new DataView(local.buffer);
    view.setUint32(0, 0x04034b50, true);
    view.setUint16(8, method, true);
    view.setUint32(18, content.length, true);
    view.setUint32(22, claims, true);
    view.setUint16(26, bytes.length, true);
    local.set(bytes, 30);
    const central = new Uint8Array(46 + bytes.length);
    const centralView = new DataView(central.buffer);
    centralView.setUint32(0, 0x02014b50, true);
    centralView.setUint16(10, method, true);
    centralView.setUint32(20, content.length, true);
    centralView.setUint32(24, claims, true);
    centralView.setUint16(28, bytes.length, true);
    centralView.setUint32(42, offset, true);
    central.set(bytes, 46);
    parts.push(local, content);
    directory.push(central);
    offset += local.length + content.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, members.length, true);
  view.setUint16(10, members.length, true);
  view.setUint32(12, size, true);
  view.setUint32(16, offset, true);
  return Uint8Array.from([...parts, ...directory, end].flatMap((part) => [...part]));
}

/** What {@linkcode torchZip} describes in its pickle, and the bytes that it stores. */
export interface DescribedTensor {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  /** Numbers in the storage, as the pickle says. */
  readonly length: number;
  /** Bytes that there are. */
  readonly bytes: number;
}

/** A PyTorch archive with this pickle, or with one float32 tensor "weight". */
export function torchZip(
  { pickle, tensor }: { readonly pickle?: Uint8Array; readonly tensor?: DescribedTensor },
): Uint8Array<ArrayBuffer> {
  return storedZip([
    { name: "archive/data.pkl", content: pickle ?? pickleOf(tensorPickle(tensor!)) },
    { name: "archive/data/0", content: new Uint8Array(tensor?.bytes ?? 0) },
  ]);
}

function tensorPickle({ shape, strides, offset, length }: DescribedTensor): string {
  const integer = (value: number) => `I${value}\n`;
  const tuple = (values: readonly number[]) => `(${values.map(integer).join("")}t`;
  const storage = `(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpu${integer(length)}tQ`;
  const call = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${integer(offset)}${tuple(shape)}${
    tuple(strides)
  }I00\n}tR`;
  return `\x80\x02}U\x06weight${call}s.`;
}
