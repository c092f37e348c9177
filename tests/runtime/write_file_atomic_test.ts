import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFileAtomic } from "../../lib/runtime/write_file_atomic.ts";

async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("writeFileAtomic() makes missing folders and leaves only the file", () =>
  inTemporaryFolder(async (folder) => {
    await writeFileAtomic(join(folder, "a", "b.txt"), "one");
    await writeFileAtomic(join(folder, "a", "b.txt"), new Uint8Array([116, 119, 111]));
    assert.equal(await Deno.readTextFile(join(folder, "a", "b.txt")), "two");
    assert.deepEqual(namesIn(join(folder, "a")), ["b.txt"]);
  }));

Deno.test("writeFileAtomic() keeps the old file and cleans up when it cannot finish", () =>
  inTemporaryFolder(async (folder) => {
    const occupied = join(folder, "occupied"); // a folder cannot be replaced by a file
    await Deno.mkdir(join(occupied, "kept"), { recursive: true });
    await assert.rejects(writeFileAtomic(occupied, "text"));
    assert.deepEqual(namesIn(folder), ["occupied"]);
    assert.deepEqual(namesIn(occupied), ["kept"]);
  }));

Deno.test("writeFileAtomic() shows readers one whole version or the other", () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, "file");
    const versions = ["a".repeat(1 << 20), "b".repeat(1 << 20)];
    await writeFileAtomic(path, versions[0]);
    let writing = true;
    const writer = (async () => {
      for (let round = 0; round < 10; round++) await writeFileAtomic(path, versions[round % 2]);
      writing = false;
    })();
    let reads = 0;
    while (writing) {
      assert.ok(versions.includes(await Deno.readTextFile(path)));
      reads++;
    }
    await writer;
    assert.ok(reads > 0);
  }));
