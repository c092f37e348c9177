import { element, escapeMarkup, type Markup } from "../../report/markup.ts";
import { duration } from "../terminal.ts";
import type { GradedOutcome } from "./grade_class.ts";
import { gradingPage, grid, paragraph, section } from "./grading_page.ts";
import { inWords } from "./in_words.ts";

/** What the overview shows. */
export interface ClassPageOptions {
  readonly title: string;
  /** How the submissions were executed, in plain words. */
  readonly circumstances: readonly string[];
  /** The address of each submission's page. */
  readonly pages: readonly string[];
}

const slowestShown = 5;
const bands = 10;

/** The overview of a class: everyone, how the points are distributed, what failed for which cause, who was slow. */
export function classPage(
  outcomes: readonly GradedOutcome[],
  { title, circumstances, pages }: ClassPageOptions,
): string {
  const graded = outcomes.filter((outcome) => "verdict" in outcome);
  const link = (place: number): Markup =>
    element("a", { href: pages[place] }, [escapeMarkup(outcomes[place].submission.name)]);
  const everyone = outcomes.map((outcome, place) => {
    if ("fault" in outcome) return [{ markup: link(place) }, null, "not graded", outcome.fault, null];
    const { verdict: { total, cause, findings }, result: { seconds } } = outcome;
    return [{ markup: link(place) }, total, cause, inWords(findings[0]), duration(seconds)];
  });
  const causes = Map.groupBy(outcomes, (outcome) => "fault" in outcome ? "not graded" : outcome.verdict.cause);
  const byCount = [...causes].sort(([, one], [, other]) => other.length - one.length);
  const slowest = graded.toSorted((one, other) => other.result.seconds - one.result.seconds).slice(0, slowestShown);
  return gradingPage(title, [
    ...circumstances.map(paragraph),
    ...section("Everyone", [grid(["submission", "points", "cause", "the gravest finding", "time"], everyone)]),
    ...section("Points", distribution(graded.map(({ verdict: { total, of } }) => total / of))),
    ...section("Causes", [
      grid(
        ["cause", "submissions", ""],
        byCount.map(([cause, all]) => [cause, all.length, bar(all.length, outcomes.length)]),
      ),
    ]),
    ...section("The slowest", [
      grid(
        ["submission", "time"],
        slowest.map((outcome) => [{ markup: link(outcomes.indexOf(outcome)) }, duration(outcome.result.seconds)]),
      ),
    ]),
  ]);
}

/** Shares of all points, in ten bands. */
function distribution(shares: readonly number[]): Markup[] {
  if (shares.length === 0) return [];
  const sorted = shares.toSorted((one, other) => one - other);
  const middle = (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const counts = Array.from(
    { length: bands },
    (_, band) => shares.filter((share) => Math.min(bands - 1, Math.floor(share * bands + 1e-9)) === band).length,
  );
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return [
    paragraph(`Mean ${percent(mean)}, median ${percent(middle)} of the points.`),
    grid(
      ["share of the points", "submissions", ""],
      counts.map((count, band) => [
        `${percent(band / bands)} to ${percent((band + 1) / bands)}`,
        count,
        bar(count, Math.max(...counts)),
      ]),
    ),
  ];
}

function bar(count: number, most: number): { readonly markup: Markup } {
  const style = `width: ${Math.round(12 * 16 * count / Math.max(1, most))}px`;
  return { markup: element("span", { class: "bar", style }, [""]) };
}
