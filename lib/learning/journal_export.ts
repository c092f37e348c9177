import { Buffer } from "node:buffer";
import pl from "nodejs-polars";
import { z } from "zod";
import { DataFormatError } from "../data/data_format_error.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { connect, openJournal, versionOf } from "./journal.ts";
import { inJournal, JournalError } from "./journal_error.ts";
import type { Answer } from "./oracle.ts";
import type { Round } from "./round.ts";
import { roundRecordSchema } from "./round_schema.ts";

/**
 * A line of an export: the run first, then each step (round −1 is the initial set) followed by its questions. Both
 * formats hold the same lines; JSON within a line is text.
 */
const lineSchema = z.strictObject({
  kind: z.enum(["run", "step", "question"]),
  round: z.int().nullable(),
  place: z.int().nullable(),
  index: z.int().nullable(),
  score: z.number().nullable(),
  prediction: z.int().nullable(),
  confidence: z.number().nullable(),
  answered: z.boolean().nullable(),
  label: z.int().nullable(),
  seconds: z.number().nullable(),
  /** Of a run its configuration, of a step its record. */
  json: z.string().nullable(),
  /** Predictions on the stop set, as JSON. */
  predictions: z.string().nullable(),
  /** Base64. */
  weights: z.string().nullable(),
});
type Line = z.infer<typeof lineSchema>;

const empty: Omit<Line, "kind"> = {
  round: null,
  place: null,
  index: null,
  score: null,
  prediction: null,
  confidence: null,
  answered: null,
  label: null,
  seconds: null,
  json: null,
  predictions: null,
  weights: null,
};

/** Integers too are float64: nodejs-polars reads a missing int32 as 0. */
const columnTypes = {
  kind: pl.Utf8,
  round: pl.Float64,
  place: pl.Float64,
  index: pl.Float64,
  score: pl.Float64,
  prediction: pl.Float64,
  confidence: pl.Float64,
  answered: pl.Bool,
  label: pl.Float64,
  seconds: pl.Float64,
  json: pl.Utf8,
  predictions: pl.Utf8,
  weights: pl.Utf8,
};

/**
 * Writes a run's journal, finished or under way, into `file`: as Parquet if its name ends in `.parquet`, else one JSON
 * object a line. {@linkcode importJournal} makes the same run of it again.
 *
 * @throws {JournalError} if the journal is damaged or of a later version
 */
export async function exportJournal(journal: string, file: string): Promise<void> {
  const lines = readLines(journal);
  await writeFileAtomic(
    file,
    file.endsWith(".parquet")
      ? pl.DataFrame(columnsOf(lines), { schema: columnTypes }).writeParquet()
      : lines.map((line) => JSON.stringify(line) + "\n").join(""),
  );
}

/**
 * Begins a run's journal in `folder` with what {@linkcode exportJournal} wrote; the same call of `activeLearning` goes
 * on from it.
 *
 * @returns the path of the journal
 * @throws {DataFormatError} naming the line, if the file is not an export
 * @throws {JournalError} if the run lies in the folder already
 */
export async function importJournal(file: string, folder: string): Promise<string> {
  const lines = file.endsWith(".parquet")
    ? pl.readParquet(file).toRecords().map((row, at) => parseLine(row, { file, at }))
    : (await Deno.readTextFile(file)).split("\n").filter(Boolean).map((text, at) =>
      parseLine(parseJson(text, { file, at }), { file, at })
    );
  const [run, ...rest] = lines;
  if (run?.kind !== "run" || run.json === null) {
    throw new DataFormatError({ file, rule: "its first line must be a run", value: run?.kind ?? "none" });
  }
  const steps = rest.filter(({ kind }) => kind === "step").map((line, at) => {
    const questions = rest.filter(({ kind, round }) => kind === "question" && round === line.round);
    return stepOf(line, { questions, file, at });
  });
  const journal = await openJournal({ folder, configuration: JSON.parse(run.json) });
  try {
    if (journal.step(-1)) {
      throw new JournalError(
        "busy",
        `Cannot import into ${journal.path}: the run must not be there yet. Move that file away, or give another folder.`,
      );
    }
    for (const { round, step, answers, seconds } of steps) {
      journal.saveStep(round, step);
      journal.saveAnswers(round, answers);
      journal.saveLabelSeconds(round, seconds);
    }
    return journal.path;
  } finally {
    journal.close();
  }
}

/**
 * The rounds of a journal whose questions are all answered, also while its run is under way: what a report needs.
 *
 * @throws {JournalError} if the journal is damaged or of a later version
 */
export function readJournal(journal: string): Round[] {
  const lines = readLines(journal);
  const asked = (round: number) =>
    lines.filter((line) => line.kind === "question" && line.round === round).map((line) => ({
      index: line.index!,
      score: line.score,
      prediction: line.prediction,
      confidence: line.confidence,
      label: line.label,
    }));
  const known = new Set<number>();
  return lines.filter((line) => line.kind === "step" && !isOpen(lines, line.round!)).flatMap(
    (line): Round[] => {
      const own = asked(line.round!);
      const [fresh, askedAgain] = [false, true].map((again) => own.filter(({ index }) => known.has(index) === again));
      for (const { index } of own) known.add(index);
      if (line.json === null) return [];
      const record = roundRecordSchema.parse(JSON.parse(line.json));
      return [{
        ...record,
        ...(record.round === 0 && { initial: asked(-1) }),
        asked: fresh,
        ...(askedAgain.length > 0 && { askedAgain }),
        seconds: { ...record.seconds, label: line.seconds ?? 0 },
      }];
    },
  );
}

function isOpen(lines: readonly Line[], round: number): boolean {
  return lines.some((line) => line.kind === "question" && line.round === round && !line.answered);
}

function readLines(path: string): Line[] {
  return inJournal(path, () => {
    Deno.statSync(path);
    const database = connect(path);
    try {
      versionOf(database, path);
      const { configuration } = database.prepare("SELECT configuration FROM run").get() ?? {};
      const steps = database.prepare(
        "SELECT round, record AS json, predictions, weights, labelSeconds AS seconds FROM steps ORDER BY round",
      ).all();
      const questions = database.prepare(
        "SELECT round, place, item, score, prediction, confidence, answered, label FROM questions ORDER BY round, place",
      ).all();
      const rows = [
        { kind: "run", json: configuration },
        ...steps.flatMap((step) => [
          {
            ...step,
            kind: "step",
            weights: step.weights && Buffer.from(step.weights as Uint8Array).toString("base64"),
          },
          ...questions.filter(({ round }) => round === step.round).map(({ item, answered, ...question }) => (
            { ...question, kind: "question", index: item, answered: answered === 1 }
          )),
        ]),
      ];
      return rows.map((row, at) => parseLine({ ...empty, ...row }, { file: path, at }));
    } finally {
      database.close();
    }
  });
}

function columnsOf(lines: readonly Line[]): Record<string, unknown[]> {
  const names = Object.keys(columnTypes) as (keyof Line)[];
  return Object.fromEntries(names.map((name) => [name, lines.map((line) => line[name])]));
}

interface LinePlace {
  readonly file: string;
  /** Counted from 0. */
  readonly at: number;
}

function parseLine(row: unknown, { file, at }: LinePlace): Line {
  const parsed = lineSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new DataFormatError({ file, rule: `line ${at + 1} must be one of an export`, value: `${parsed.error}` });
}

function parseJson(text: string, { file, at }: LinePlace): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DataFormatError({ file, rule: `line ${at + 1} must be JSON`, value: text.slice(0, 80) });
  }
}

function stepOf(
  line: Line,
  { questions, file, at }: LinePlace & { readonly questions: readonly Line[] },
) {
  const record = line.json === null ? undefined : roundRecordSchema.safeParse(JSON.parse(line.json));
  if (line.round === null || record?.success === false || questions.some(({ index }) => index === null)) {
    throw new DataFormatError({ file, rule: `step ${at + 1} must be a whole one`, value: `${record?.error}` });
  }
  const answers = questions.flatMap(({ answered, label }, place): [number, Answer][] =>
    answered ? [[place, label]] : []
  );
  return {
    round: line.round,
    step: {
      record: record?.data,
      questions: questions.map(({ index, score, prediction, confidence }) => (
        { index: index!, score, prediction, confidence }
      )),
      carry: {
        ...(line.weights !== null && { weights: new Uint8Array(Buffer.from(line.weights, "base64")) }),
        ...(line.predictions !== null && { predictions: z.array(z.int()).parse(JSON.parse(line.predictions)) }),
      },
    },
    answers: new Map(answers),
    seconds: line.seconds ?? 0,
  };
}
