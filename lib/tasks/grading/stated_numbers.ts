import type { SubmissionRecord } from "./submission_record.ts";
import type { Finding } from "./verdict.ts";

/** A number further from every metric than two points contradicts them; within that it may be another run's. */
const near = 0.02;

/** What the sentence must speak of, and what it must not: other shares are no results on the test images. */
const ofResult = /\baccura(?:cy|te)\b|\bcorrect(?:ly)?\b|\bright (?:on|in)\b/i;
const ofSomethingElse = new RegExp(
  "\\b(?:about|at least|at most|below|beyond|bands?|chance|confiden\\w*|dropout|expect\\w*|goal|guess\\w*|higher|improve\\w*|" +
    "intervals?|less|lower|more|over|paper|per cent of|points?|published|random|reported|should|split|targets?|than|" +
    "training|validation|would)\\b|≈|≥|≤|[<>~]",
  "i",
);

const percentage = /(\d{1,3}(?:\.\d+)?)\s?(?:%|per ?cent\b)/gi;
const share = /(?<![\d.,–-])0\.\d{2,}(?!\d|\.\d)/g;

/** The shares of right answers that a text states, each with its sentence. */
export function statedShares(text: string): { readonly value: number; readonly sentence: string }[] {
  const plain = text.replace(/`[^`]*`|\$[^$]*\$|<[^>]*>|!?\[[^\]]*\]\([^)]*\)/g, " ").replace(/[*_#]/g, "").replaceAll(
    "|",
    " ",
  );
  const sentences = plain.replace(/\s+/g, " ").split(/(?<=[.!?;:])\s+(?=\p{Lu}|$)/u);
  return sentences.filter((sentence) => ofResult.test(sentence) && !ofSomethingElse.test(sentence)).flatMap((
    sentence,
  ) => [
    ...sentence.matchAll(percentage).map(([, number]) => ({ value: Number(number) / 100, sentence: sentence.trim() })),
    ...sentence.matchAll(share).map(([number]) => ({ value: Number(number), sentence: sentence.trim() })),
  ]);
}

/**
 * Sentences that state a share of right answers which none of the submission's metrics is near. Worth a look, and no
 * proof of anything: a sentence may be about a number that is in no metrics file.
 */
export function contradictions({ markdown, claims }: Pick<SubmissionRecord, "markdown" | "claims">): Finding[] {
  const metrics = Object.values(claims).flatMap(({ metrics }) => Object.entries(metrics));
  if (metrics.length === 0) return [];
  return markdown.flatMap(({ file, cell, text }) =>
    statedShares(text).filter(({ value }) => value <= 1).flatMap(({ value, sentence }) => {
      const [name, { value: nearest }] = metrics.reduce((best, each) =>
        Math.abs(each[1].value - value) < Math.abs(best[1].value - value) ? each : best
      );
      if (Math.abs(nearest - value) <= near) return [];
      const said = sentence.length > 120 ? `${sentence.slice(0, 119)}…` : sentence;
      return [{
        cause: null,
        notebook: null,
        text: `${file}${cell > 0 ? `, cell ${cell}` : ""}, says "${said}"; the nearest metric is ${name}, ` +
          `${nearest.toFixed(4)}.`,
      }];
    })
  );
}
