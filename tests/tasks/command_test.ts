import assert from "node:assert/strict";
import { join } from "node:path";
import { findCommand, lastLines, runCommand } from "../../lib/tasks/command.ts";
import { inFolder } from "./small_notebook.ts";

Deno.test("runCommand() gives both outputs, the lines as they come and the exit code", async () => {
  const lines: string[] = [];
  const script = 'console.log("a\\nb"); console.error("c"); Deno.exit(3)';
  const result = await runCommand([Deno.execPath(), "eval", script], {
    onLine: (line, from) => lines.push(from + line),
  });
  assert.deepEqual(result, { code: 3, stdout: "a\nb\n", stderr: "c\n" });
  assert.deepEqual(lines.toSorted(), ["stderrc", "stdouta", "stdoutb"]);
});

Deno.test("runCommand() gives the command no more environment than it is given", async () => {
  const script = 'console.log(Deno.env.get("CURIO_TEST") + Deno.env.get("HOME"))';
  const { stdout } = await runCommand([Deno.execPath(), "eval", script], { env: { CURIO_TEST: "1" } });
  assert.equal(stdout, "1undefined\n");
});

Deno.test("findCommand() takes the first executable file on the path, and no folder and no plain file", () =>
  inFolder(async (folder) => {
    const folders = ["a", "b", "c"].map((name) => join(folder, name));
    await Deno.mkdir(join(folders[0], "tool"), { recursive: true });
    for (const [place, mode] of [[folders[1], 0o644], [folders[2], 0o755]] as const) {
      await Deno.mkdir(place);
      await Deno.writeTextFile(join(place, "tool"), "", { mode });
    }
    assert.equal(findCommand("tool", folders.join(":")), join(folders[2], "tool"));
    assert.equal(findCommand("tool", ""), undefined);
  }));

Deno.test("lastLines() passes over empty lines", () => assert.equal(lastLines("a\n\nb\n\nc\n", 2), "b\nc"));
