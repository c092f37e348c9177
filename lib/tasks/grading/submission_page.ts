import { element, escapeMarkup, type Markup } from "../../report/markup.ts";
import { duration } from "../terminal.ts";
import type { GradedOutcome } from "./grade_class.ts";
import type { GradedSubmission } from "./grade_submission.ts";
import { gradingPage, grid, lines, paragraph, section } from "./grading_page.ts";
import { inWords } from "./in_words.ts";
import type { NotebookFigures } from "./notebook_figures.ts";
import type { NotebookRerun } from "./submission_record.ts";
import type { Verdict } from "./verdict.ts";

/** Where a page finds its pictures. */
export interface SubmissionPageOptions {
  /** The address of the folder of figures, as seen from the page. */
  readonly figures: string;
}

/** The page of one submission: points, findings, claims beside the re-execution, the first error, figures. */
export function submissionPage(outcome: GradedOutcome, { figures }: SubmissionPageOptions): string {
  const { submission: { name } } = outcome;
  if ("fault" in outcome) return gradingPage(name, [paragraph("This could not be graded."), lines(outcome.fault)]);
  const { verdict, result } = outcome;
  const { requirements, findings, total, of, cause } = verdict;
  return gradingPage(name, [
    element("p", {}, [
      element("span", { class: "grave" }, [escapeMarkup(`${total} of ${of} points · ${cause}`)]),
      escapeMarkup(` · ${duration(result.seconds)} to execute it`),
    ]),
    ...section("Points", [
      grid(
        ["requirement", "points", "of", "why"],
        requirements.map(({ requirement, points, of, reason }) => [requirement, points, of, reason]),
      ),
    ]),
    ...section(
      "What was found",
      findings.length === 0 ? [paragraph("Nothing to object to.")] : [
        element(
          "ul",
          {},
          findings.map((finding) => {
            const weight = finding.cause === null ? "to be known" : finding.cause;
            return element("li", {}, [
              element("span", { class: finding.cause === null ? undefined : "grave" }, [escapeMarkup(weight)]),
              escapeMarkup(` · ${inWords(finding)}`),
            ]);
          }),
        ),
      ],
    ),
    ...section("The first error", firstError(result)),
    ...section("Claimed and executed again", comparison(verdict)),
    ...section("Executions", executions(result)),
    ...result.figures.flatMap((each) => figureSection(each, figures)),
  ]);
}

function firstError({ record, cells }: GradedSubmission): Markup[] {
  const failed = (record.reruns[0]?.notebooks ?? []).find(isBroken);
  if (!failed) return [];
  const { notebook, cell, of, error } = failed;
  const source = cells.find(({ name }) => name === notebook)?.cells[cell - 1];
  const where = cell > 0 ? `${notebook}, cell ${cell} of ${of} with code:` : `${notebook}:`;
  return [paragraph(where), ...source === undefined ? [] : [lines(source)], lines(error || "no message")];
}

function isBroken({ outcome }: Pick<NotebookRerun, "outcome">): boolean {
  return outcome !== "passed" && outcome !== "skipped";
}

function comparison({ comparisons }: Verdict): Markup[] {
  if (comparisons.length === 0) return [paragraph("There are no metrics, neither claimed nor executed again.")];
  const header = ["notebook", "metric", "claimed", "from its evidence", "executed again", "from that evidence"];
  return [
    grid(
      [...header, "difference", "reference range"],
      comparisons.map(({ notebook, metric, claimed, recomputedClaim, rerun, recomputedRerun, low, high }) => [
        ...[notebook, metric, claimed, recomputedClaim, rerun, recomputedRerun],
        claimed === null || rerun === null ? null : rerun - claimed,
        low === null || high === null ? null : `${low.toFixed(4)} to ${high.toFixed(4)}`,
      ]),
    ),
  ];
}

function executions({ record: { reruns } }: GradedSubmission): Markup[] {
  const rows = reruns.flatMap(({ seed, profile, notebooks }) =>
    notebooks.map(({ notebook, outcome, cell, of, seconds }) => [
      ...[profile, seed, notebook, outcome],
      ...[isBroken({ outcome }) ? `${cell} of ${of}` : `${of}`, duration(seconds)],
    ])
  );
  return [grid(["profile", "seed", "notebook", "outcome", "cells", "time"], rows)];
}

function figureSection({ notebook, pairs }: NotebookFigures, folder: string): Markup[] {
  const picture = (file: string | null, side: string) =>
    element("figure", {}, [
      file === null
        ? element("p", {}, ["none"])
        : element("img", { src: `${folder}/${encodeURIComponent(file)}`, alt: `${side}`, loading: "lazy" }),
      element("figcaption", {}, [escapeMarkup(side)]),
    ]);
  return section(
    `Figures of ${notebook}`,
    pairs.map(({ cell, claimed, rerun }) =>
      element("div", { class: "pair" }, [
        picture(claimed, `cell ${cell}, as handed in`),
        picture(rerun, `cell ${cell}, executed again`),
      ])
    ),
  );
}
