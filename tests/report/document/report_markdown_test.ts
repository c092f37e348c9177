import assert from "node:assert/strict";
import { accuracyRows } from "../../../lib/report/document/accuracy_rows.ts";
import { escapeMarkdown } from "../../../lib/report/document/markdown.ts";
import { readOwnText } from "../../../lib/report/document/own_text.ts";
import { unwrittenBlocks } from "../../../lib/report/document/own_blocks.ts";
import { reportMarkdown } from "../../../lib/report/document/report_markdown.ts";
import { sampleFindings, sampleMetrics } from "./sample_findings.ts";

const oneTable = [
  { model: "custom CNN", "labels by": "random", labels: 100, accuracy: 0.61, seconds: 1, steps: 150 },
  { model: "custom CNN", "labels by": "random", labels: 1000, accuracy: 0.8004, seconds: 2, steps: 150 },
  { model: "custom CNN", "labels by": "badge", labels: 1000, accuracy: 0.8217, seconds: 2.5, steps: 150 },
  { model: "custom CNN", "labels by": "everything", labels: 59_500, accuracy: 0.9038, seconds: 60, steps: 3720 },
  { model: "pretrained", "labels by": "badge", labels: 1000, accuracy: 0.8377, seconds: 9, steps: 60 },
];

const found = sampleFindings([
  { name: "01_baseline_cnn" },
  {
    name: "02_pretrained_finetune",
    metrics: sampleMetrics("02_pretrained_finetune", {
      metrics: {
        "CNN from scratch, 25 a class": { value: 0.6, tolerance: 0.03 },
        "CNN from scratch, 1000 a class": { value: 0.8812, tolerance: 0.03 },
        "fine-tuned resnet20-cifar10, 1000 a class": { value: 0.9051, tolerance: 0.03 },
      },
    }),
  },
  {
    name: "03_active_learning",
    metrics: sampleMetrics("03_active_learning", {
      metrics: {
        "CNN, all labels": { value: 0.9041, tolerance: 0.02 },
        "CNN, last round, badge": { value: 0.8223, tolerance: 0.02 },
        "pretrained, last round, badge": { value: 0.8382, tolerance: 0.02 },
      },
      configuration: { backbone: "resnet20-cifar10", protocol: { seeds: [1001, 1002, 1003] } },
    }),
    conclusions: ["CNN: badge is the most effective.", "After the first round, 2 of 8 are behind random."],
  },
], { tables: { "03_one_table": oneTable } });

Deno.test("accuracyRows() has the numbers of the metrics, or of notebook 3's table where there are none, unrounded, by approach", () => {
  assert.deepEqual(accuracyRows(found).map(({ approach, labels, accuracy }) => [approach, labels, accuracy]), [
    ["custom CNN", "60,000", 0.91234],
    ["custom CNN", "1,000 a class", 0.8812],
    ["custom CNN", "1,000", 0.8004],
    ["custom CNN", "59,500", 0.9041],
    ["pretrained", "1,000 a class", 0.9051],
    ["active learning", "1,000", 0.8223],
    ["active learning", "1,000", 0.8382],
  ]);
});

Deno.test("reportMarkdown() puts the three accuracies into one table", () => {
  const rows = reportMarkdown(found, new Map()).split("\n").filter((line) => /^\| (?:custom|pretr|active)/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const shown = rows.map((cells) => cells[5]);
  assert.deepEqual(shown, ["91.2 %", "88.1 %", "80.0 %", "90.4 %", "90.5 %", "82.2 %", "83.8 %"]);
});

Deno.test("reportMarkdown() has the assignment's sections, and says which notebook to run for those that are missing", () => {
  const report = reportMarkdown(sampleFindings([{ name: "01_baseline_cnn" }]), new Map());
  const titles = [...report.matchAll(/^## \d+\. (.+)$/gm)].map(([, title]) => title);
  assert.deepEqual(titles, [
    ...["Introduction", "Custom CNN", "Pretrained model", "Active learning strategies", "Comparison", "Limits"],
    ...["Conclusion", "How to reproduce"],
  ]);
  const section = (title: string) => report.split(/^## \d+\. /m).find((part) => part.startsWith(title))!;
  assert.match(section("Custom CNN"), /Test accuracy: 91\.2 %/);
  assert.match(section("Pretrained model"), /deno task notebooks 02/);
  assert.match(section("Active learning strategies"), /deno task notebooks 03/);
});

Deno.test("reportMarkdown() keeps the author's own text when everything around it changes", () => {
  const mine = "My *own* words | with \\ odd `things`.\n\n<b>bold</b>\ttab, CRLF\r\n\n\n";
  const own = new Map([["conclusion", mine], ["introduction", ""]]);
  const first = reportMarkdown(sampleFindings([]), own);
  const second = reportMarkdown(found, readOwnText(first));
  assert.notEqual(first, second);
  assert.equal(readOwnText(second).get("conclusion"), mine);
  assert.equal(readOwnText(second).get("introduction"), "");
  assert.equal(reportMarkdown(found, readOwnText(second)), second, "the same findings give the same report");
});

Deno.test("reportMarkdown() keeps a block that it has no place for", () => {
  const report = reportMarkdown(found, new Map([["of-an-older-version", "mine\n"], ["constructor", "mine too\n"]]));
  assert.equal(readOwnText(report).get("of-an-older-version"), "mine\n");
  assert.equal(readOwnText(report).get("constructor"), "mine too\n");
});

Deno.test("reportMarkdown() quotes the verdicts, and says what a reader must know before believing them", () => {
  const report = reportMarkdown(found, new Map());
  assert.match(report.split("## 1.")[0], /^- CNN: badge is the most effective\.$/m);
  assert.match(report, /compared over 3 seeds; below 6 no test can reject/);
  const smoke = sampleMetrics("01_baseline_cnn", { profile: "smoke", seed: 7 });
  const mixed = reportMarkdown(
    sampleFindings([{ name: "01_baseline_cnn", metrics: smoke }, { name: "02_pretrained_finetune" }]),
    new Map(),
  );
  assert.match(mixed, /different profiles: smoke, quick/);
  assert.match(mixed, /different seeds: 7, 1/);
});

Deno.test("reportMarkdown() says how to find the numbers again", () => {
  const photos = sampleMetrics("02_pretrained_finetune", { configuration: { dataset: "/my photos/it's" }, seed: 5 });
  const report = reportMarkdown(
    sampleFindings([{ name: "01_baseline_cnn" }, { name: "02_pretrained_finetune", metrics: photos }]),
    new Map(),
  );
  assert.match(report, /^git checkout 9624a3a1449709ea890cc48e26f9428598575e29$/m);
  assert.match(report, /^CURIO_PROFILE=quick CURIO_SEED=1 npx -y deno@\S+ task notebooks 01$/m);
  assert.match(report, /^CURIO_PROFILE=quick CURIO_SEED=5 CURIO_DATASET='\/my photos\/it'\\''s' npx .* notebooks 02$/m);
});

Deno.test("unwrittenBlocks() names the blocks in which nothing was written", () => {
  const own = readOwnText(reportMarkdown(found, new Map()));
  assert.equal(unwrittenBlocks(own).length, own.size);
  const written = new Map([...own, ["introduction", "Clothes.\n"], ["limits", " \n"]]);
  assert.ok(!unwrittenBlocks(written).includes("introduction"));
  assert.ok(unwrittenBlocks(written).includes("limits"));
});

Deno.test("escapeMarkdown() takes the meaning from what would have one", () => {
  assert.equal(escapeMarkdown("*a* | <b> [c](d) `e`"), "\\*a\\* \\| \\<b\\> \\[c\\](d) \\`e\\`");
  assert.equal(escapeMarkdown("03_active_learning 52.4 %"), "03_active_learning 52.4 %");
  assert.equal(escapeMarkdown("1. first"), "1\\. first");
  assert.equal(escapeMarkdown("- item\n# heading"), "\\- item # heading");
});
