import assert from "node:assert/strict";
import { join } from "node:path";
import { DataFormatError, exportJournal, importJournal, JournalError, numbersOf, readJournal } from "curio";
import { journaledRun } from "./journaled_run.ts";

Deno.test("a run exported half-way as JSONL or Parquet and imported elsewhere goes on to identical rounds", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const whole = await journaledRun();
    const from = join(folder, "from");
    const onPoint = (point: number) => {
      if (point === 13) throw new Error("stopped");
    };
    await assert.rejects(journaledRun({ journal: from, onPoint }), /stopped/);
    const [{ name }] = await Array.fromAsync(Deno.readDir(from));
    const journal = join(from, name);
    assert.deepEqual(readJournal(journal).map(numbersOf), whole.slice(0, 1));
    for (const extension of ["jsonl", "parquet"]) {
      const file = join(folder, `run.${extension}`);
      await exportJournal(journal, file);
      const to = join(folder, extension);
      const imported = await importJournal(file, to);
      const again = join(folder, `again.${extension}`);
      await exportJournal(imported, again);
      assert.deepEqual(await Deno.readFile(again), await Deno.readFile(file));
      assert.deepEqual(await journaledRun({ journal: to }), whole);
      assert.deepEqual(readJournal(imported).map(numbersOf), whole);
      await assert.rejects(importJournal(file, to), JournalError);
    }
    const strange = join(folder, "strange.jsonl");
    await Deno.writeTextFile(strange, '{"kind":"run"}\n');
    await assert.rejects(importJournal(strange, join(folder, "strange")), DataFormatError);
    await Deno.writeTextFile(strange, "{");
    await assert.rejects(importJournal(strange, join(folder, "strange")), /line 1 must be JSON/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
