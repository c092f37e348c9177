import assert from "node:assert/strict";
import { join } from "node:path";
import { withWorkFolder } from "../../lib/data/with_work_folder.ts";
import { withFolder } from "./small_datasets.ts";

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("withWorkFolder() gives an empty folder that is gone afterwards, also when the work fails", async () => {
  await withFolder(async (parent) => {
    // What a killed process may have left behind:
    await Deno.mkdir(join(parent, ".work", "old"), { recursive: true });
    await Deno.writeTextFile(join(parent, ".work.lock"), "");
    const work = async (folder: string) => {
      assert.deepEqual(namesIn(folder), []);
      await Deno.writeTextFile(join(folder, "new"), "");
      return "done";
    };
    assert.equal(await withWorkFolder(parent, { work }), "done");
    assert.deepEqual(namesIn(parent), []);
    const failing = () => Promise.reject(new Error("no"));
    await assert.rejects(withWorkFolder(parent, { work: failing }), /no/);
    assert.deepEqual(namesIn(parent), []);
  });
});

Deno.test("withWorkFolder() lets one in at a time", async () => {
  await withFolder(async (parent) => {
    let inside = 0;
    const work = async () => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 30));
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withWorkFolder(parent, { work })));
  });
});

Deno.test("withWorkFolder() does not wait on when aborted", async () => {
  await withFolder(async (parent) => {
    const controller = new AbortController();
    const work = async () => {
      const waiting = withWorkFolder(parent, { signal: controller.signal, work });
      controller.abort();
      await assert.rejects(waiting, { name: "AbortError" });
    };
    await withWorkFolder(parent, { work });
  });
});
