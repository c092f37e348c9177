import assert from "node:assert/strict";
import { DownloadError, NotebookSkipped, orSkip } from "curio";

Deno.test("orSkip() gives what was loaded, and skips where it is nowhere to be had", async () => {
  assert.equal(await orSkip(Promise.resolve(7)), 7);
  const missing = new DownloadError({ failures: [], wanted: [{ path: "data/photos.zip" }] });
  await assert.rejects(orSkip(Promise.reject(missing), "Or name a folder."), (error) => {
    assert.ok(error instanceof NotebookSkipped);
    assert.match(error.message, /data\/photos\.zip[^]*Or name a folder\./);
    return true;
  });
  await assert.rejects(orSkip(Promise.reject(new RangeError("broken"))), RangeError);
});
