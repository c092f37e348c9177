import assert from "node:assert/strict";
import { downloadText } from "../../lib/tasks/download_text.ts";
import { bytesText, duration } from "../../lib/tasks/terminal.ts";

Deno.test("duration() says seconds, minutes and hours as a person would", () => {
  assert.deepEqual([0, 3.14159, 9.96, 42.4, 59.6, 185, 3725].map(duration), [
    ...["0.0 s", "3.1 s", "10 s", "42 s", "1 min 0 s", "3 min 5 s", "1 h 2 min"],
  ]);
});

Deno.test("bytesText() says kB, MB and GB in powers of ten", () => {
  assert.deepEqual([0, 740_000, 999_600, 274e6, 1.62e9].map(bytesText), ["0 kB", "740 kB", "1 MB", "274 MB", "1.6 GB"]);
});

Deno.test("downloadText() says bytes, and of how many where the total is known", () => {
  const said: string[] = [];
  const listen = downloadText((text) => said.push(text));
  listen({ kind: "begin", task: "a", unit: "bytes" });
  listen({ kind: "advance", task: "a", done: 5e6, total: 20e6 });
  listen({ kind: "advance", task: "a", done: 6e6 });
  listen({ kind: "note", task: "a", text: "trying again" });
  assert.match(said[0], /^5 MB of 20 MB, /);
  assert.match(said[1], /^6 MB, .*\/s$/);
  assert.equal(said[2], "trying again");
});
