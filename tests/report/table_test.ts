import assert from "node:assert/strict";
import pl from "nodejs-polars";
import { classTable, historyTable, table } from "curio";
import { renderTable } from "../../lib/report/table.ts";
import { sampleEvaluation, sampleHistory } from "./samples.ts";

Deno.test("renderTable() puts numbers to the right, with sensible digits", () => {
  const { text, html } = renderTable(table([
    { model: "small", parameters: 1234567, accuracy: 0.91234567, seconds: 1234.5 },
    { model: "large", parameters: 98, accuracy: 1, seconds: null },
  ]));
  assert.equal(
    text,
    [
      "model  parameters  accuracy  seconds",
      "─────  ──────────  ────────  ───────",
      "small   1,234,567    0.9123    1,235",
      "large          98         1",
    ].join("\n"),
  );
  assert.match(html, /<th scope="col" style="text-align: right">parameters<\/th>/);
  assert.match(html, /<td style="text-align: left">small<\/td>/);
});

Deno.test("renderTable() writes as many decimals as it is told", () => {
  assert.match(
    renderTable(table([{ a: 0.12345, n: 3 }, { a: 1, n: 10 }], { digits: 2 })).text,
    /0\.12 {3}3\n1\.00 {2}10$/,
  );
});

Deno.test("renderTable() cuts long tables and says so", () => {
  const rows = Array.from({ length: 1200 }, (_, row) => ({ row }));
  const { text, html } = renderTable(table(rows));
  assert.equal(text.split("\n").length, 53);
  assert.match(text, /… and 1,150 rows more$/);
  assert.match(html, /… and 1,150 rows more/);
});

Deno.test("renderTable() lines up wide characters", () => {
  const { text } = renderTable(table([{ name: "狐", count: 1 }, { name: "fox", count: 2 }]));
  assert.equal(text, "name  count\n────  ─────\n狐        1\nfox       2");
});

Deno.test("renderTable() draws empty frames", () => {
  assert.equal(renderTable(table([])).text, "\n");
  assert.equal(renderTable(table(pl.DataFrame({ a: [] }))).text, "a\n─");
});

Deno.test("table() makes columns of every key, and text of a column of mixed kinds", () => {
  const { frame } = table([{ a: 1, b: [1, 2] }, { a: "two", c: { d: true } }]);
  assert.deepEqual(frame.toRecords(), [{ a: "1", b: "1, 2", c: null }, { a: "two", b: null, c: '{"d":true}' }]);
});

Deno.test("classTable() has a row for each class with its metrics", () => {
  const evaluation = sampleEvaluation(["cat", "dog"]);
  assert.deepEqual(
    classTable(evaluation).toRecords(),
    evaluation.classes.map(({ className, ...metrics }) => ({ class: className, ...metrics })),
  );
});

Deno.test("historyTable() has a row for each epoch, and validation only where there was one", () => {
  const { epochs } = sampleHistory(2);
  assert.deepEqual(historyTable({ epochs }).toRecords(), epochs);
  assert.deepEqual(historyTable(sampleHistory(2, { validated: false })).columns, [
    "epoch",
    "learningRate",
    "loss",
    "accuracy",
    "seconds",
  ]);
});
