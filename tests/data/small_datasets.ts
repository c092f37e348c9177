import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import tar from "tar-stream";
import { type CatalogueEntry, catalogueEntry } from "curio";
import { gzip, idxBytes } from "./idx_bytes.ts";

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Files by path, and what the catalogue would say of them. */
export interface SmallDataset {
  readonly entry: CatalogueEntry;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Six images of 2×3 grey pixels in three classes to train on, three to test on, laid out like MNIST. */
export function smallIdx(): SmallDataset {
  const part = (count: number, from: number) => ({
    images: idxBytes([count, 2, 3], Uint8Array.from({ length: 6 * count }, (_, index) => from + index)),
    labels: idxBytes([count], Uint8Array.from({ length: count }, (_, index) => index % 3)),
  });
  const [train, test] = [part(6, 0), part(3, 100)];
  const files = new Map([
    ["train-images", train.images],
    ["train-labels", train.labels],
    ["test-images", test.images],
    ["test-labels", test.labels],
  ]);
  const entry: CatalogueEntry = {
    ...catalogueEntry("mnist"),
    name: "small",
    classNames: ["a", "b", "c"],
    shape: { height: 2, width: 3, channels: 1 },
    folders: ["small", "elsewhere/raw"],
    files: [...files].map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: sha256Of(bytes) })),
    train: { count: 6, files: ["train-images", "train-labels"] },
    test: { count: 3, files: ["test-images", "test-labels"] },
    sources: [...files].map(([name]) => ({
      name: `${name}.gz`,
      addresses: ["http://nowhere.invalid/"],
      bytes: 1,
      sha256: "0".repeat(64),
    })),
  };
  return { entry, files };
}

/** The same entry with sources at `address` and their true sizes and sums; `published` are their gzipped bytes. */
export async function publishedAt(
  { entry, files }: SmallDataset,
  address: string,
): Promise<{ entry: CatalogueEntry; published: Map<string, Uint8Array> }> {
  const published = new Map<string, Uint8Array>();
  for (const [name, bytes] of files) published.set(`${name}.gz`, await gzip(bytes));
  const sources = [...published].map(([name, bytes]) => ({
    name,
    addresses: [`${address}${name}`],
    bytes: bytes.length,
    sha256: sha256Of(bytes),
  }));
  return { entry: { ...entry, sources }, published };
}

/** Four CIFAR images in two classes to train on, in two files, and one to test on; no content sums, one archive. */
export async function smallCifar(address = "http://nowhere.invalid/"): Promise<SmallDataset & { archive: Uint8Array }> {
  const record = (label: number, from: number) => [
    label,
    ...Uint8Array.from({ length: 3072 }, (_, index) => from + index * 7),
  ];
  const files = new Map([
    ["batch_1.bin", Uint8Array.from([...record(0, 1), ...record(1, 2)])],
    ["batch_2.bin", Uint8Array.from([...record(1, 3), ...record(0, 4)])],
    ["test.bin", Uint8Array.from(record(1, 5))],
    ["names.txt", new TextEncoder().encode("cat\ndog\n\n")],
  ]);
  const archive = await gzip(await tarOf([...files].map(([name, bytes]) => [`some-folder/${name}`, bytes])));
  const entry: CatalogueEntry = {
    ...catalogueEntry("cifar-10"),
    name: "small-cifar",
    classNames: ["cat", "dog"],
    format: { kind: "cifar", labelBytes: 1, labelByte: 0, namesFile: "names.txt" },
    folders: ["small-cifar", "some-folder"],
    files: ["batch_1.bin", "batch_2.bin", "test.bin"].map((name) => ({ name, bytes: files.get(name)!.length })),
    train: { count: 4, files: ["batch_1.bin", "batch_2.bin"] },
    test: { count: 1, files: ["test.bin"] },
    sources: [{
      name: "small.tar.gz",
      addresses: [`${address}small.tar.gz`],
      bytes: archive.length,
      sha256: sha256Of(archive),
    }],
  };
  return { entry, files, archive };
}

/** A tar archive of these files. */
export async function tarOf(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Promise<Uint8Array> {
  const pack = tar.pack();
  for (const [name, bytes] of files) pack.entry({ name }, Buffer.from(bytes));
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack) chunks.push(chunk as Uint8Array);
  return await new Blob(chunks.map((chunk) => chunk.slice())).bytes();
}

/** Writes files below a folder, making folders as needed. */
export async function putFiles(folder: string, files: Iterable<readonly [string, Uint8Array]>): Promise<void> {
  for (const [name, bytes] of files) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeFile(join(folder, name), bytes);
  }
}

/** A folder for a test, gone afterwards. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
