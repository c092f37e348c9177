import { table } from "../../report/table.ts";
import type { GradedOutcome } from "./grade_class.ts";
import { inWords } from "./in_words.ts";
import type { Rubric } from "./rubric.ts";

/**
 * `grades.csv`: a line for each submission with its points by requirement, their total, the cause (a word for scripts),
 * the gravest finding (a sentence for people) and the seconds that it took. What could not be graded has no points.
 */
export function gradesCsv(outcomes: readonly GradedOutcome[], { requirements }: Rubric): string {
  const names = requirements.map(({ requirement }) => requirement);
  const rows = outcomes.map((outcome) => {
    const { submission: { name } } = outcome;
    if ("fault" in outcome) {
      const nothing = Object.fromEntries(names.map((each) => [each, null]));
      const finding = harmless(outcome.fault);
      return {
        submission: harmless(name),
        cause: "not-graded",
        total: null,
        of: null,
        ...nothing,
        finding,
        seconds: null,
      };
    }
    const { verdict: { cause, total, of, ...verdict }, result: { seconds } } = outcome;
    const points = names.map((
      each,
    ) => [each, verdict.requirements.find(({ requirement }) => requirement === each)!.points]);
    const finding = harmless(inWords(verdict.findings[0]));
    return {
      ...{ submission: harmless(name), cause, total, of, ...Object.fromEntries(points), finding },
      seconds: Math.round(seconds * 10) / 10,
    };
  });
  return table(rows).frame.writeCSV().toString();
}

/** A spreadsheet takes what begins like this for a formula, and students choose the names of their files. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
