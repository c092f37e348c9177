import assert from "node:assert/strict";
import { cellInterruption, inNotebook } from "../../lib/runtime/interruption.ts";

Deno.test("cellInterruption() never aborts outside a notebook, and leaves Ctrl-C alone", async () => {
  assert.equal(inNotebook, false);
  assert.equal(cellInterruption().aborted, false);
  const code = `await import(${JSON.stringify(new URL("../../lib/runtime/interruption.ts", import.meta.url).href)});
    Deno.kill(Deno.pid, "SIGINT"); setTimeout(() => {}, 20_000);`;
  const { signal } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert.equal(signal, "SIGINT");
});
