import assert from "node:assert/strict";
import { join } from "node:path";
import { DataFormatError, readContent } from "curio";
import { contentOf, gzip } from "./idx_bytes.ts";

const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) >> 5);

async function withFile(content: Uint8Array, work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "file"), content);
    await work(join(folder, "file"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readContent() reads plain and gzipped files alike, with the sum of the content", async () => {
  for (const stored of [bytes, await gzip(bytes)]) {
    await withFile(stored, async (path) => {
      assert.deepEqual(await readContent(path, { limit: bytes.length }), contentOf(path, bytes));
    });
  }
});

Deno.test("readContent() stops at the limit, plain or gzipped", async () => {
  for (const stored of [bytes, await gzip(bytes)]) {
    await withFile(stored, async (path) => {
      await assert.rejects(readContent(path, { limit: 99_999 }), (error) => {
        assert.ok(error instanceof DataFormatError);
        assert.match(error.message, /byte 99999: its content must end after 99999 bytes/);
        return true;
      });
    });
  }
});

Deno.test("readContent() takes little memory for a gzip bomb", async () => {
  const bomb = await gzip(new Uint8Array(300_000_000));
  await withFile(bomb, async (path) => {
    const before = Deno.memoryUsage();
    await assert.rejects(readContent(path, { limit: 1000 }), DataFormatError);
    const after = Deno.memoryUsage();
    assert.ok(after.external - before.external < 100_000_000, `${after.external - before.external} bytes`);
  });
});

Deno.test("readContent() refuses a gzip stream that is cut, changed or followed by something", async () => {
  const whole = await gzip(bytes);
  const middle = whole.length >> 1;
  for (
    const damaged of [
      whole.subarray(0, -1),
      whole.subarray(0, middle),
      whole.subarray(0, 5),
      whole.with(middle, whole[middle] ^ 4),
      whole.with(whole.length - 6, whole[whole.length - 6] ^ 1), // its checksum
      Uint8Array.of(...whole, 0),
    ]
  ) {
    await withFile(damaged, async (path) => {
      await assert.rejects(readContent(path, { limit: 200_000 }), DataFormatError);
    });
  }
});

Deno.test("readContent() refuses what is not a file", async () => {
  const folder = await Deno.makeTempDir();
  await assert.rejects(readContent(folder, { limit: 1 }), /it must be a plain file/);
  await assert.rejects(readContent(join(folder, "nothing"), { limit: 1 }), Deno.errors.NotFound);
  await Deno.remove(folder);
});
