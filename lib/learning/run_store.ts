import type { Answer } from "./oracle.ts";
import type { Question, Round } from "./round.ts";

/** A round as it stands before its questions are answered. */
export type RoundRecord = Omit<Round, "asked" | "askedAgain" | "initial">;

/** What the next round needs besides labels. */
export interface Carry {
  /** Of a model that the next one goes on from. */
  readonly weights?: Uint8Array;
  /** Predicted class of each item of the stop set; −1 where it was labelled already. */
  readonly predictions?: readonly number[];
}

/** What was asked at once. */
export interface Step {
  /** None in the initial set, which no model asked. */
  readonly record?: RoundRecord;
  readonly questions: readonly Omit<Question, "label">[];
  /** By the place of the question. */
  readonly answers: ReadonlyMap<number, Answer>;
  /** Spent waiting for the answers. */
  readonly labelSeconds: number;
}

/** A step before anything is answered. */
export interface NewStep extends Pick<Step, "record" | "questions"> {
  readonly carry?: Carry;
}

/**
 * Where a run keeps what it has: step −1 is the initial set, step n ≥ 0 round n. Steps are saved in order, answers only
 * to the last one. What has been saved when a call returns is there whatever happens next.
 */
export interface RunStore {
  step(round: number): Step | undefined;
  /** Of the last step. */
  carry(): Carry | undefined;
  saveStep(round: number, step: NewStep): void;
  saveAnswers(round: number, answers: ReadonlyMap<number, Answer>): void;
  saveLabelSeconds(round: number, seconds: number): void;
  close(): void;
}

/** A run that ends with the process. */
export function memoryStore(): RunStore {
  const steps = new Map<number, Step & { answers: Map<number, Answer>; labelSeconds: number }>();
  let last: Carry | undefined;
  return {
    step: (round) => steps.get(round),
    carry: () => last,
    saveStep(round, { carry, ...step }) {
      steps.set(round, { ...step, answers: new Map(), labelSeconds: 0 });
      last = carry;
    },
    saveAnswers(round, answers) {
      for (const [place, answer] of answers) steps.get(round)?.answers.set(place, answer);
    },
    saveLabelSeconds(round, seconds) {
      const step = steps.get(round);
      if (step) step.labelSeconds += seconds;
    },
    close() {},
  };
}
