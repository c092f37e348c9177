import { duration, say, type StatusLine, statusLine } from "../terminal.ts";
import type { GradedOutcome } from "./grade_class.ts";
import type { SubmissionPath } from "./submission_files.ts";

/** What a grader looks at meanwhile. */
export interface ProgressTable {
  onStage(submission: SubmissionPath, text: string): void;
  onGraded(outcome: GradedOutcome): void;
  end(): void;
}

const nameWidth = 28;

/** A line for each submission as it is done, and below them what is being done now and how long it will take. */
export function progressTable(submissions: readonly SubmissionPath[], lanes: number): ProgressTable {
  const active = new Map<SubmissionPath, string>();
  const began = performance.now();
  let [done, fresh] = [0, 0];
  say(row("submission", "points", "time", "cause"));
  let line: StatusLine = statusLine(label());
  function label(): string {
    const left = submissions.length - done;
    const each = (performance.now() - began) / 1000 / Math.max(1, fresh);
    const estimate = fresh === 0 || left === 0 ? "" : `, about ${duration(left * each)} left`;
    return `${done} of ${submissions.length}${estimate}${lanes > 1 ? `, ${lanes} at once` : ""}:`;
  }
  return {
    onStage(submission, text) {
      active.set(submission, text);
      line.update([...active].map(([{ name }, stage]) => `${plain(name).slice(0, 16)} ${stage}`).join(" · "));
    },
    onGraded(outcome) {
      active.delete(outcome.submission);
      done++;
      const name = plain(outcome.submission.name);
      line.clear();
      if ("fault" in outcome) say(row(name, "–", "–", `could not be graded: ${plain(outcome.fault)}`));
      else {
        const { verdict: { total, of, cause }, result: { seconds }, known } = outcome;
        if (!known) fresh++;
        say(row(name, `${total} of ${of}`, known ? "kept" : duration(seconds), cause));
      }
      line = statusLine(label());
    },
    end() {
      line.clear();
    },
  };
}

function row(name: string, points: string, time: string, cause: string): string {
  const short = name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name;
  return `${short.padEnd(nameWidth)}  ${points.padStart(12)}  ${time.padStart(12)}  ${cause}`;
}

/** A name may hold what a terminal takes for orders. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
