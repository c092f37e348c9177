import assert from "node:assert/strict";
import { notebookScreen, textScreen } from "curio";

const text = (line: string) => ({ data: { "text/plain": line } });

function later<T>(value: T, milliseconds: number): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), milliseconds));
}

Deno.test("a screen keeps the order in which outputs were put, however long they take to draw", async () => {
  let written = "";
  const screen = textScreen((part) => written += part);
  screen.put(later(text("first"), 20));
  screen.put(text("second"));
  screen.put(later(text("third"), 5));
  await screen.drained();
  assert.equal(written, "first\nsecond\nthird\n");
});

Deno.test("an output that cannot be drawn is told to who put it, and those behind it are still drawn", async () => {
  let written = "";
  const screen = textScreen((part) => written += part);
  const broken = screen.put(Promise.reject(new Error("no figure")));
  const fine = screen.put(text("fine"));
  await assert.rejects(broken, /no figure/);
  await fine;
  assert.equal(written, "fine\n");
});

Deno.test("a terminal rewrites its live line below what is printed", async () => {
  const written: string[] = [];
  const screen = textScreen((part) => written.push(part), { rewritable: true, columns: () => 8 });
  await screen.put({ ...text("10 % of the work"), displayId: "p" });
  await screen.put(text("a note"));
  await screen.put({ ...text(""), displayId: "p", update: true });
  await screen.put(text("done"));
  assert.deepEqual(written, ["\r\x1b[2K10 % of", "\r\x1b[2Ka note\n10 % of", "\r\x1b[2K", "done\n"]);
});

Deno.test("a notebook is told what to display and what to replace", async () => {
  const messages: unknown[] = [];
  const screen = notebookScreen((type, content) => Promise.resolve(void messages.push([type, content])));
  await screen.put({ ...text("one"), displayId: "p", metadata: { "image/png": { width: 3 } } });
  await screen.put({ ...text("two"), displayId: "p", update: true });
  await screen.put(text("three"));
  assert.deepEqual(messages, [
    ["display_data", {
      data: { "text/plain": "one" },
      metadata: { "image/png": { width: 3 } },
      transient: { display_id: "p" },
    }],
    ["update_display_data", { data: { "text/plain": "two" }, metadata: {}, transient: { display_id: "p" } }],
    ["display_data", { data: { "text/plain": "three" }, metadata: {}, transient: {} }],
  ]);
});
