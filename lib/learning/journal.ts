import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { lockFile } from "../data/lock_file.ts";
import { inJournal, JournalError, journalErrorOf } from "./journal_error.ts";
import type { Answer } from "./oracle.ts";
import { roundRecordSchema } from "./round_schema.ts";
import { runName } from "./run_configuration.ts";
import type { Carry, NewStep, RunStore, Step } from "./run_store.ts";

/** Which run a journal is of. */
export interface JournalOptions {
  /** Made if missing. */
  readonly folder: string;
  /** Plain JSON with keys in order; its hash names the run and the file. */
  readonly configuration: unknown;
}

/** A run on disk. */
export interface Journal extends RunStore {
  readonly path: string;
}

/** Of this file's format; a file of a later one is left alone. */
export const journalVersion = 1;

const schema = `
  CREATE TABLE run (name TEXT NOT NULL, configuration TEXT NOT NULL) STRICT;
  CREATE TABLE steps (
    round INTEGER PRIMARY KEY, record TEXT, predictions TEXT, weights BLOB, labelSeconds REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE questions (
    round INTEGER NOT NULL REFERENCES steps, place INTEGER NOT NULL, item INTEGER NOT NULL,
    score REAL, prediction INTEGER, confidence REAL,
    answered INTEGER NOT NULL DEFAULT 0, label INTEGER,
    PRIMARY KEY (round, place)
  ) STRICT;
`;

/**
 * Opens the journal of a run, `folder/<first 16 digits of its name>.sqlite`, or begins it: a SQLite file in WAL mode
 * with full synchronisation, so that what has been saved when a call returns survives the process and the machine.
 *
 * The file is locked while it is open; a lock ends with its process, however that comes. Rounds are written before their
 * questions are asked, and answers as they come, so an interruption loses neither.
 *
 * @throws {JournalError} if another process works on the run, the folder cannot be written, the disk is full, or the file
 *   is damaged, of a later version, or of another run; the file is then as it was
 */
export async function openJournal({ folder, configuration }: JournalOptions): Promise<Journal> {
  const name = runName(configuration);
  const path = join(folder, `${name.slice(0, 16)}.sqlite`);
  const lock = await lockRun(folder, path);
  let database: DatabaseSync | undefined;
  const release = () => {
    database?.close();
    Deno.removeSync(`${path}.lock`);
    lock.close();
  };
  try {
    database = openDatabase(path, { name, configuration });
    return { path, ...storeOn(database, path), close: release };
  } catch (error) {
    release();
    throw journalErrorOf(error, path);
  }
}

async function lockRun(folder: string, path: string): Promise<Deno.FsFile> {
  let busy = false;
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await lockFile(`${path}.lock`, { signal: AbortSignal.abort(), onWait: () => busy = true });
  } catch (error) {
    if (!busy) throw journalErrorOf(error, path);
    throw new JournalError(
      "busy",
      `Cannot open the journal ${path}: one process at a time may work on a run, and another does. ` +
        "Wait for it to end, or stop it.",
      { cause: error },
    );
  }
}

interface NamedRun {
  readonly name: string;
  readonly configuration: unknown;
}

function openDatabase(path: string, { name, configuration }: NamedRun): DatabaseSync {
  const database = connect(path);
  try {
    if (versionOf(database, path) === 0) {
      inTransaction(database, () => {
        database.exec(schema);
        database.prepare("INSERT INTO run VALUES (?, ?)").run(name, JSON.stringify(configuration));
        database.exec(`PRAGMA user_version = ${journalVersion}`);
      });
    }
    const run = database.prepare("SELECT name FROM run").get();
    if (run?.name !== name) {
      throw new JournalError(
        "otherRun",
        `Cannot open the journal ${path}: it must belong to the run ${name}: current value is ${run?.name}. ` +
          "Move it away.",
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a journal's file as it must be opened, new or old, and checks that it is whole. */
export function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    const check = database.prepare("PRAGMA quick_check(1)").get();
    if (check?.quick_check !== "ok") throw damaged(path, check?.quick_check);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws {JournalError} if the file was written by a later version */
export function versionOf(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version <= journalVersion) return version;
  throw new JournalError(
    "newer",
    `Cannot open the journal ${path}: its version must be at most ${journalVersion}: current value is ${version}. ` +
      "Update Curio, or give another folder.",
  );
}

/** All of the work, or nothing of it. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    // A full disk may have rolled it back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

const stepSchema = z.strictObject({
  record: z.string().nullable(),
  predictions: z.string().nullable(),
  weights: z.instanceof(Uint8Array).nullable(),
  labelSeconds: z.number(),
});

const questionSchema = z.strictObject({
  item: z.int().nonnegative(),
  score: z.number().nullable(),
  prediction: z.int().nullable(),
  confidence: z.number().nullable(),
  answered: z.int(),
  label: z.int().nullable(),
});

function storeOn(database: DatabaseSync, path: string): Omit<RunStore, "close"> {
  const readStep = database.prepare("SELECT record, predictions, weights, labelSeconds FROM steps WHERE round = ?");
  const readLast = database.prepare(
    "SELECT record, predictions, weights, labelSeconds FROM steps ORDER BY round DESC LIMIT 1",
  );
  const readQuestions = database.prepare(
    "SELECT item, score, prediction, confidence, answered, label FROM questions WHERE round = ? ORDER BY place",
  );
  const forgetWeights = database.prepare("UPDATE steps SET weights = NULL WHERE weights IS NOT NULL");
  const addStep = database.prepare("INSERT INTO steps (round, record, predictions, weights) VALUES (?, ?, ?, ?)");
  const addQuestion = database.prepare(
    "INSERT INTO questions (round, place, item, score, prediction, confidence) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const answer = database.prepare("UPDATE questions SET answered = 1, label = ? WHERE round = ? AND place = ?");
  const addSeconds = database.prepare("UPDATE steps SET labelSeconds = labelSeconds + ? WHERE round = ?");
  const parsed = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw error instanceof z.ZodError || error instanceof SyntaxError ? damaged(path, error) : error;
    }
  };

  return {
    step: (round) =>
      inJournal(path, () =>
        parsed((): Step | undefined => {
          const row = readStep.get(round);
          if (!row) return undefined;
          const { record, labelSeconds } = stepSchema.parse({ ...row });
          const questions = readQuestions.all(round).map((question) => questionSchema.parse({ ...question }));
          return {
            ...(record !== null && { record: roundRecordSchema.parse(JSON.parse(record)) }),
            questions: questions.map(({ item: index, score, prediction, confidence }) => (
              { index, score, prediction, confidence }
            )),
            answers: new Map(
              questions.flatMap(({ answered, label }, place): [number, Answer][] => answered ? [[place, label]] : []),
            ),
            labelSeconds,
          };
        })),
    carry: () =>
      inJournal(path, () =>
        parsed((): Carry | undefined => {
          const row = readLast.get();
          if (!row) return undefined;
          const { predictions, weights } = stepSchema.parse({ ...row });
          return {
            ...(weights && { weights }),
            ...(predictions !== null && { predictions: z.array(z.int()).parse(JSON.parse(predictions)) }),
          };
        })),
    saveStep(round, { record, questions, carry: { weights, predictions } = {} }: NewStep) {
      inJournal(path, () =>
        inTransaction(database, () => {
          forgetWeights.run();
          const [text, earlier] = [record, predictions].map((value) => value ? JSON.stringify(value) : null);
          addStep.run(round, text, earlier, weights ?? null);
          questions.forEach(({ index, score, prediction, confidence }, place) =>
            addQuestion.run(round, place, index, score, prediction, confidence)
          );
        }));
    },
    saveAnswers(round, answers) {
      inJournal(path, () =>
        inTransaction(database, () => {
          for (const [place, label] of answers) answer.run(label, round, place);
        }));
    },
    saveLabelSeconds(round, seconds) {
      inJournal(path, () => addSeconds.run(seconds, round));
    },
  };
}

function damaged(path: string, value: unknown): JournalError {
  return new JournalError(
    "damaged",
    `Cannot read the journal ${path}: it must be as it was written: current value is ${value}. ` +
      "Import it from an export, or move it away to begin anew.",
  );
}
