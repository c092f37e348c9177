import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { classPage } from "../../../lib/tasks/grading/class_page.ts";
import type { GradedOutcome } from "../../../lib/tasks/grading/grade_class.ts";
import { gradesCsv } from "../../../lib/tasks/grading/grades_csv.ts";
import { submissionPage } from "../../../lib/tasks/grading/submission_page.ts";
import { Rubric } from "../../../lib/tasks/grading/rubric.ts";
import type { Cause } from "../../../lib/tasks/grading/verdict.ts";

const rubric = Rubric.parse({
  title: "A test",
  requirements: [{ requirement: "1 · it runs", needs: [{ need: "passes", points: 10, notebook: "01" }] }],
});

const hostile = `<script>alert("1")</script>`;

/** A graded submission of that name, with everything in it that a student can choose. */
function graded(name: string, { cause = "sound" as Cause, total = 10, seconds = 5, said = "" } = {}): GradedOutcome {
  const broken = {
    seed: 7,
    profile: "smoke" as const,
    notebooks: [{
      ...{ notebook: "01", outcome: "failed" as const, cell: 2, of: 3, seconds: 1.5 },
      ...{ error: `Error: ${said}\n  at cell`, metrics: null, evidence: null, trail: null },
    }],
  };
  return {
    submission: { name, path: `/class/${name}` },
    verdict: {
      ...{ submission: name, cause, total, of: 10 },
      requirements: [{ requirement: "1 · it runs", points: total, of: 10, reason: said }],
      findings: cause === "sound" ? [] : [{ cause, notebook: "01", text: `It failed: ${said}` }],
      comparisons: [{
        ...{ notebook: "01", metric: said, claimed: 0.9, recomputedClaim: null, rerun: 0.85, recomputedRerun: 0.85 },
        ...{ low: 0.8, high: 0.95 },
      }],
    },
    result: {
      record: {
        ...{ name, library: "pristine", claims: {}, claimedEvidence: {}, unreadable: [], markdown: [] },
        ...{ reruns: cause === "sound" ? [] : [broken], violations: [] },
      },
      cells: [{ name: "01", cells: ["const fine = 1;", `throw ${said};\n// line two`] }],
      figures: [{ notebook: "01", pairs: [{ cell: 1, claimed: "1-1-1-claimed.png", rerun: null }] }],
      seconds,
    },
    figures: "/grades/kept/x/figures",
    known: false,
  };
}

const documentOf = (html: string) => parseHTML(html).document;

Deno.test("gradesCsv() has a line for each, and nothing in it that a spreadsheet would run", () => {
  const csv = gradesCsv([
    graded("ann"),
    graded("=SUM(A1)", { cause: "cell-failed", total: 2.5, said: "no, really" }),
    { submission: { name: "cleo", path: "" }, fault: "the disk is full" },
  ], rubric);
  assert.equal(
    csv,
    [
      "submission,cause,total,of,1 · it runs,finding,seconds",
      `ann,sound,10.0,10.0,10.0,"",5.0`,
      `'=SUM(A1),cell-failed,2.5,10.0,2.5,"01: It failed: no, really",5.0`,
      `cleo,not-graded,,,,the disk is full,`,
      "",
    ].join("\n"),
  );
});

Deno.test("a submission's page shows the first error with its cell, line by line", () => {
  const page = documentOf(submissionPage(graded("ann", { cause: "cell-failed", said: "oh" }), { figures: "f" }));
  const shown = [...page.querySelectorAll("pre")].map(({ textContent }) => textContent);
  assert.deepEqual(shown, ["throw oh;\n// line two", "Error: oh\n  at cell"]);
});

Deno.test("a submission's page has claims beside the re-execution, and what lies between them", () => {
  const page = documentOf(submissionPage(graded("ann"), { figures: "f" }));
  const row = [...page.querySelectorAll("tr")].find(({ textContent }) => textContent!.includes("0.9000"))!;
  const cells = [...row.querySelectorAll("td")].map(({ textContent }) => textContent);
  assert.deepEqual(cells, ["01", "", "0.9000", "", "0.8500", "0.8500", "-0.0500", "0.8000 to 0.9500"]);
});

Deno.test("no word of a student's becomes markup, and nothing is fetched from elsewhere", () => {
  const outcomes = [graded(hostile, { cause: "cell-failed", said: `${hostile} ' " onload=x` })];
  const pages = [
    submissionPage(outcomes[0], { figures: "../kept/x/figures" }),
    classPage(outcomes, { title: "Grades", circumstances: ["as ever"], pages: ["pages/1.html"] }),
  ];
  for (const html of pages) {
    const page = documentOf(html);
    assert.equal(page.querySelectorAll("script, iframe, object, embed, link, base, form").length, 0);
    assert.ok(html.includes("default-src &#39;none&#39;"));
    for (const each of page.querySelectorAll("*")) {
      for (const { name, value } of each.attributes) {
        assert.ok(!name.startsWith("on"), name);
        if (["src", "href"].includes(name)) assert.match(value, /^(?:\.\.\/kept\/|pages\/)/);
      }
    }
  }
});

Deno.test("the overview has everyone, the distribution, the causes and the slowest", () => {
  const outcomes = [
    graded("ann", { seconds: 5 }),
    graded("ben", { cause: "timed-out", total: 0, seconds: 900 }),
    graded("cleo", { cause: "timed-out", total: 5, seconds: 901 }),
    { submission: { name: "dora", path: "" }, fault: "the disk is full" },
  ];
  const addresses = outcomes.map((_, place) => `pages/${place}.html`);
  const page = documentOf(classPage(outcomes, { title: "Grades", circumstances: [], pages: addresses }));
  const tables = [...page.querySelectorAll("tbody")].map((body) =>
    [...body.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("td")].map(({ textContent }) => textContent))
  );
  const [everyone, points, causes, slowest] = tables;
  assert.deepEqual(everyone.map(([name, total, cause]) => [name, total, cause]), [
    ["ann", "10", "sound"],
    ["ben", "0", "timed-out"],
    ["cleo", "5", "timed-out"],
    ["dora", "", "not graded"],
  ]);
  assert.deepEqual(points.map(([, count]) => Number(count)), [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.deepEqual(causes.map(([cause, count]) => [cause, count]), [
    ["timed-out", "2"],
    ["sound", "1"],
    ["not graded", "1"],
  ]);
  assert.deepEqual(slowest.map(([name]) => name), ["cleo", "ben", "ann"]);
  assert.ok(page.body.textContent!.includes("Mean 50 %, median 50 % of the points."));
});
