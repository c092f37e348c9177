import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { DataFormatError } from "../data/data_format_error.ts";

/**
 * What takes a store from each version to the next; the last is today's. A step once released is never changed: people
 * have stores that went through it.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    classes TEXT NOT NULL,
    overlap INTEGER NOT NULL,
    show_guess INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE queries (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    ref TEXT NOT NULL UNIQUE,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    query INTEGER NOT NULL REFERENCES queries (id),
    why TEXT,
    guess INTEGER,
    confidence REAL,
    likeness INTEGER,
    gold INTEGER
  ) STRICT;
  CREATE TABLE annotators (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'annotator'))
  ) STRICT;
  CREATE TABLE invitations (
    hash TEXT PRIMARY KEY,
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    used_at INTEGER
  ) STRICT;
  CREATE TABLE sessions (hash TEXT PRIMARY KEY, annotator INTEGER NOT NULL REFERENCES annotators (id)) STRICT;
  CREATE TABLE leases (
    item INTEGER NOT NULL REFERENCES items (id),
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    until INTEGER NOT NULL,
    PRIMARY KEY (item, annotator)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    annotator INTEGER NOT NULL REFERENCES annotators (id),
    item INTEGER NOT NULL REFERENCES items (id),
    query INTEGER NOT NULL REFERENCES queries (id),
    kind TEXT NOT NULL CHECK (kind IN ('label', 'unsure', 'skip', 'flag', 'unflag', 'note', 'adjudicate', 'undo')),
    label INTEGER,
    text TEXT,
    undoes TEXT,
    at INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    took INTEGER,
    CHECK ((kind IN ('label', 'adjudicate')) = (label IS NOT NULL)),
    CHECK ((kind = 'note') = (text IS NOT NULL)),
    CHECK ((kind = 'undo') = (undoes IS NOT NULL))
  ) STRICT;
  CREATE INDEX events_of_item ON events (item, annotator, seq);
  CREATE INDEX events_of_annotator ON events (annotator, seq);
  CREATE UNIQUE INDEX undone ON events (undoes) WHERE undoes IS NOT NULL;
  CREATE TRIGGER events_stay AFTER UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  CREATE TRIGGER events_keep BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
  CREATE VIEW standing AS
    SELECT * FROM events e
    WHERE kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id);
  CREATE VIEW decisions AS
    SELECT * FROM standing s WHERE kind IN ('label', 'unsure', 'skip') AND NOT EXISTS (
      SELECT 1 FROM standing l
      WHERE l.item = s.item AND l.annotator = s.annotator AND l.seq > s.seq AND l.kind IN ('label', 'unsure', 'skip'));
  CREATE VIEW verdicts AS
    SELECT * FROM standing s WHERE kind = 'adjudicate' AND NOT EXISTS (
      SELECT 1 FROM standing l WHERE l.item = s.item AND l.seq > s.seq AND l.kind = 'adjudicate');
  CREATE VIEW remarks AS
    SELECT * FROM standing s WHERE kind IN ('flag', 'unflag', 'note') AND NOT EXISTS (
      SELECT 1 FROM standing l WHERE l.item = s.item AND l.annotator = s.annotator AND l.seq > s.seq
        AND (l.kind = 'note') = (s.kind = 'note') AND l.kind IN ('flag', 'unflag', 'note'));
  `,
];

/**
 * Opens a store's database, brought to today's version: in write-ahead mode with every commit flushed to disk, so that a
 * process can be killed or a machine lose power at any moment. Missing folders are made.
 *
 * @throws {DataFormatError} if the file is no store, is damaged, or was written by a newer Curio
 */
export function openStoreDatabase(path: string): DatabaseSync {
  const today = migrations.length;
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 10_000 });
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    const read = (pragma: string) => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
    // "Curi" in ASCII: a database of something else is left alone.
    const mark = 0x43757269;
    database.exec("BEGIN IMMEDIATE");
    const version = read("user_version");
    const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
    if (!isEmpty && read("application_id") !== mark) {
      throw new DataFormatError({
        file: path,
        rule: "it must be a store of labels",
        value: "another database",
        remedy,
      });
    }
    if (version > today) {
      const rule = `this Curio knows stores up to version ${today}`;
      throw new DataFormatError({ file: path, rule, value: version, remedy: "Update Curio: a newer one wrote it." });
    }
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${mark}; PRAGMA user_version = ${today}; COMMIT`);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof DataFormatError) throw error;
    // SQLITE_NOTADB and SQLITE_CORRUPT
    if (!(error instanceof Error && /not a database|malformed/.test(error.message))) throw error;
    throw new DataFormatError({ file: path, rule: "it must be a SQLite database", value: "something else", remedy });
  }
}

const remedy = "Name another file, or put back a backup.";
