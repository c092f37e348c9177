import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import tar from "tar-stream";
import { DataFormatError } from "curio";
import { unpackAll, unpackArchive } from "../../../lib/data/download/unpack_archive.ts";
import { gzip } from "../idx_bytes.ts";
import { putFiles, tarOf, withFolder } from "../small_datasets.ts";

const a = Uint8Array.from({ length: 20_000 }, (_, index) => index * 7);
const members = [{ name: "a.bin", limit: 20_000 }, { name: "b.bin", limit: 10 }];

/** Unpacks bytes as an archive of this name; the names and contents that came out. */
async function unpack(name: string, bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  await withFolder(async (root) => {
    const folder = join(root, "deep", "down");
    await Deno.mkdir(folder, { recursive: true });
    await putFiles(root, [[name, bytes]]);
    await unpackArchive(join(root, name), { members, folder });
    for (const { name } of Deno.readDirSync(folder)) found[name] = await Deno.readFile(join(folder, name));
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name).sort(), ["deep", name].sort());
  });
  return found;
}

/** A zip archive made by Python's zipfile: `gzip/a.bin` holds a hundred a, `gzip/b.bin` a b, `c.txt` a c. */
const zip = Uint8Array.fromBase64(
  "UEsDBBQAAAAIAAAAIVBkenCvBgAAAGQAAAAKAAAAZ3ppcC9hLmJpbktMpD0AAFBLAwQUAAAACAAAACFQ+e++cQMAAAABAAAACgAA" +
    "AGd6aXAvYi5iaW5LAgBQSwMEFAAAAAgAAAAhUG/fuQYDAAAAAQAAAAUAAABjLnR4dEsGAFBLAQIUAxQAAAAIAAAAIVBkenCvBgAA" +
    "AGQAAAAKAAAAAAAAAAAAAACAAQAAAABnemlwL2EuYmluUEsBAhQDFAAAAAgAAAAhUPnvvnEDAAAAAQAAAAoAAAAAAAAAAAAAAIAB" +
    "LgAAAGd6aXAvYi5iaW5QSwECFAMUAAAACAAAACFQb9+5BgMAAAABAAAABQAAAAAAAAAAAAAAgAFZAAAAYy50eHRQSwUGAAAAAAMA" +
    "AwCjAAAAfwAAAAAA",
);

Deno.test("unpackArchive() takes the wanted files out of a tar.gz, whatever folder they lie in, and no others", async () => {
  const archive = await tarOf([["x/y/a.bin", a], ["x/c.bin", a], ["b.bin", a.subarray(0, 10)]]);
  assert.deepEqual(await unpack("archive.tar.gz", await gzip(archive)), { "a.bin": a, "b.bin": a.subarray(0, 10) });
});

Deno.test("unpackArchive() takes the wanted files out of a zip", async () => {
  const found = await unpack("archive.zip", zip);
  assert.deepEqual(Object.keys(found).sort(), ["a.bin", "b.bin"]);
  assert.deepEqual(new TextDecoder().decode(found["a.bin"]), "a".repeat(100));
});

Deno.test("unpackArchive() writes nothing outside its folder and makes no links", async () => {
  const pack = tar.pack();
  pack.entry({ name: "../../b.bin" }, "escaped");
  pack.entry({ name: "/tmp/a.bin", type: "symlink", linkname: "/etc/passwd" });
  pack.entry({ name: "a.bin", type: "link", linkname: "/etc/passwd" });
  pack.entry({ name: "evil/../a.bin" }, Buffer.from(a));
  pack.finalize();
  const bytes = await new Response(ReadableStream.from(pack as AsyncIterable<Uint8Array>)).bytes();
  const found = await unpack("archive.tar.gz", await gzip(bytes));
  assert.deepEqual(found, { "a.bin": a, "b.bin": new TextEncoder().encode("escaped") });
});

Deno.test("unpackArchive() refuses a file that is longer than it may be", async () => {
  const archive = await gzip(await tarOf([["b.bin", a.subarray(0, 11)]]));
  await assert.rejects(unpack("archive.tar.gz", archive), /b\.bin must have 10 bytes at most: current value is 11/);
});

Deno.test("unpackArchive() refuses an archive that is cut anywhere", async () => {
  const archives = {
    "archive.tar.gz": await gzip(await tarOf([["a.bin", a], ["b.bin", a.subarray(0, 10)]])),
    "a.zip": zip,
  };
  for (const [name, whole] of Object.entries(archives)) {
    for (const length of [0, 1, 15, whole.length >> 1, whole.length - 1]) {
      await assert.rejects(unpack(name, whole.subarray(0, length)), DataFormatError, `${name} cut to ${length}`);
    }
  }
});

Deno.test("unpackArchive() refuses a zip64 archive whose directory lies where no file reaches", async () => {
  const bytes = new Uint8Array(42);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x07064b50, true); // zip64 locator
  view.setBigUint64(8, 2n ** 60n, true); // where the directory's end is said to be
  view.setUint32(20, 0x06054b50, true); // end of the directory, whose numbers say: look into zip64
  bytes.fill(0xff, 24, 40);
  await assert.rejects(unpack("archive.zip", bytes), DataFormatError);
});

Deno.test("unpackArchive() says that a file is missing where it is", async () => {
  await assert.rejects(unpackArchive("/nowhere/a.tar.gz", { members, folder: "/" }), { code: "ENOENT" });
  await assert.rejects(unpackArchive("/nowhere/a.zip", { members, folder: "/" }), { code: "ENOENT" });
});

Deno.test("unpackAll() keeps folders, passes over links, and refuses what would leave its folder", async () => {
  await withFolder(async (root) => {
    const pack = tar.pack();
    pack.entry({ name: "set/cat/1.jpg" }, "a cat");
    pack.entry({ name: "set/link", type: "symlink", linkname: "/etc/passwd" });
    pack.finalize();
    const bytes = await new Response(ReadableStream.from(pack as AsyncIterable<Uint8Array>)).bytes();
    await putFiles(root, [["photos.tar", bytes], ["photos.tar.gz", await gzip(bytes)]]);
    for (const name of ["photos.tar", "photos.tar.gz"]) {
      const folder = join(root, "out", name);
      await Deno.mkdir(folder, { recursive: true });
      await unpackAll(join(root, name), { folder });
      assert.equal(await Deno.readTextFile(join(folder, "set/cat/1.jpg")), "a cat");
      assert.deepEqual([...Deno.readDirSync(join(folder, "set"))].map(({ name }) => name), ["cat"]);
    }
    for (const name of ["../escaped", "a/../../b", "/absolute", "a\\..\\b", "C:/windows"]) {
      await putFiles(root, [["bad.tar", await tarOf([[name, a]])]]);
      const folder = join(root, "out");
      await assert.rejects(unpackAll(join(root, "bad.tar"), { folder }), /must stay inside its folder/, name);
    }
  });
});
