import { randomBytes } from "node:crypto";
import { backup, type SQLInputValue } from "node:sqlite";
import { type Access, accessOf, type Annotator } from "./access.ts";
import { groupCommit } from "./group_commit.ts";
import type { EventDraft, LabelEvent, Receipt } from "./label_event.ts";
import { type Project, type ProjectOptions, projectSchema, settleProject } from "./project.ts";
import { openStoreDatabase } from "./store_schema.ts";

/** An item to be labelled. */
export interface NewItem {
  /** What the caller knows it by: an index, a path in a folder. */
  readonly ref: string;
  /** Full path of the image. */
  readonly file: string;
  /** What people see; the last part of `ref` by default. */
  readonly name?: string;
  /** Why it is asked, in a few words. */
  readonly why?: string;
  /** Class index that the model believes in, and how much, 0…1. */
  readonly guess?: number;
  readonly confidence?: number;
  /** Place in a row in which neighbours look alike: the grid shows near ones together. */
  readonly likeness?: number;
  /** Class index that is known: tells how good annotators are. Shown to nobody. */
  readonly gold?: number;
}

/** An item of the store; what it was added without is null. */
export interface StoredItem {
  readonly id: number;
  /** What the page knows it by; says nothing of where it lies. */
  readonly key: string;
  readonly ref: string;
  readonly file: string;
  readonly name: string;
  readonly query: number;
  readonly why: string | null;
  readonly guess: number | null;
  readonly confidence: number | null;
  readonly likeness: number | null;
  readonly gold: number | null;
}

/** What a model takes an item for. */
export type Belief = Readonly<Required<Pick<NewItem, "ref" | "guess">> & Pick<NewItem, "confidence">>;

/** Until when an item is somebody's to answer. */
export interface Lease {
  readonly item: number;
  readonly annotator: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Items, people, and everything that they ever did, in one file. */
export interface LabelStore {
  readonly path: string;
  readonly project: Project;
  /** Names the store for a page's own memory: stays for its lifetime. */
  readonly key: string;
  readonly access: Access;
  /**
   * Asks for items, all for one reason, before what was asked for earlier; how many of them are new. What is known and
   * has moved is found at its new place. Asking again for the same in the same words changes nothing.
   */
  ask(reason: string, items: readonly NewItem[]): number;
  /** Says what a model believes of items that are there. */
  believe(beliefs: readonly Belief[]): void;
  /** All items, or those that were asked for by a later query than number `after`, in the order of their first asking. */
  items(after?: number): StoredItem[];
  item(key: string): StoredItem | undefined;
  /** Stores what somebody did; resolves when it is on disk. */
  record(annotator: Annotator, drafts: readonly EventDraft[]): Promise<Receipt[]>;
  /** Keeps leases over a restart, in place of all that the annotator held. */
  lease(annotator: number, leases: readonly Lease[]): Promise<void>;
  leases(): Lease[];
  /** The history after event number `after`, oldest first; the whole by default. */
  events(after?: number): LabelEvent[];
  /** The decisions of an annotator that still stand, newest first: up to `limit` before event number `before`. */
  standing(annotator: number, page: { readonly before: number; readonly limit: number }): LabelEvent[];
  /** What everybody decided last about each item; of one item or annotator only. */
  decisions(of?: { readonly item?: number; readonly annotator?: number }): LabelEvent[];
  /** How adjudicators settled items. */
  verdicts(): LabelEvent[];
  /** The last flags and notes. */
  remarks(): LabelEvent[];
  /** Changes when another process wrote to the store. */
  version(): number;
  /** Copies the whole store into another file while it is in use. */
  backup(path: string): Promise<void>;
  close(): void;
}

/**
 * Opens the labels kept in a file, or begins them. Everything is an event that is only ever added; what holds now is read
 * from views over them. Several processes may have the same store open.
 *
 * @throws {RangeError} if a new store has no classes, or the classes are not those that it has with more behind
 * @throws {DataFormatError} if the file is no store, damaged, or from a newer Curio
 *
 * @example
 * ```ts
 * import { openLabelStore } from "curio";
 * import assert from "node:assert/strict";
 *
 * const store = openLabelStore(`${await Deno.makeTempDir()}/labels.sqlite`, { classNames: ["cat", "dog"] });
 * store.ask("a first look", [{ ref: "7", file: "/photos/7.jpg" }]);
 * const anna = store.access.annotator("Anna");
 * const [{ key }] = store.items();
 * await store.record(anna, [{ id: "made-by-page", item: key, kind: "label", label: 1, madeAt: Date.now() }]);
 * assert.equal(store.decisions()[0].label, 1);
 * store.close();
 * ```
 */
export function openLabelStore(path: string, options: ProjectOptions = {}): LabelStore {
  const database = openStoreDatabase(path);
  const row = (sql: string) => {
    const statement = database.prepare(sql);
    return <T>(...values: SQLInputValue[]) => statement.get(...values) as T | undefined;
  };
  const rows = (sql: string) => {
    const statement = database.prepare(sql);
    return <T>(...values: SQLInputValue[]) => statement.all(...values) as T[];
  };
  const change = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: SQLInputValue[]) => Number(statement.run(...values).changes);
  };
  const transaction = <T>(work: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };
  const commit = groupCommit(database);

  let settled: { readonly project: Project; readonly key: string };
  try {
    settled = transaction(() => {
      const kept = row("SELECT * FROM project")<Record<string, string | number>>();
      const before = kept && projectSchema.parse({
        title: kept.title,
        classNames: JSON.parse(`${kept.classes}`),
        overlap: kept.overlap,
        showGuess: kept.show_guess === 1,
      });
      const project = settleProject(options, before);
      const key = `${kept?.key ?? opaque()}`;
      change("INSERT OR REPLACE INTO project VALUES (1, ?, ?, ?, ?, ?)")(
        ...[key, project.title, JSON.stringify(project.classNames), project.overlap, project.showGuess ? 1 : 0],
      );
      return { project, key };
    });
  } catch (error) {
    database.close();
    throw error;
  }
  const { project, key } = settled;

  const itemByKey = row("SELECT * FROM items WHERE key = ?");
  const eventById = row("SELECT * FROM events WHERE id = ?");
  const isUndone = row("SELECT 1 FROM events WHERE undoes = ?");
  const addEvent = change(`INSERT INTO events (id, annotator, item, query, kind, label, text, undoes, at, made_at, took)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const addLease = change("INSERT INTO leases VALUES (?, ?, ?)");
  const dropLeases = change("DELETE FROM leases WHERE annotator = ?");
  const decisions = rows("SELECT * FROM decisions ORDER BY seq");
  const decisionsOfItem = rows("SELECT * FROM decisions WHERE item = ?1 AND (?2 IS NULL OR annotator = ?2)");
  const standing = rows(`SELECT * FROM standing WHERE annotator = ? AND seq < ? AND kind IN ('label', 'unsure', 'skip')
    ORDER BY seq DESC LIMIT ?`);
  const dataVersion = row("PRAGMA data_version");

  function addQuery(reason: string): number {
    change("INSERT INTO queries (reason, at) VALUES (?, ?)")(reason, Date.now());
    return row("SELECT max(id) AS id FROM queries")<{ id: number }>()!.id;
  }

  function recordOne(annotator: Annotator, draft: EventDraft): Receipt {
    const { id } = draft;
    const refused = (reason: string): Receipt => ({ id, status: "refused", reason });
    const known = eventById<LabelEvent>(id);
    if (known !== undefined) return known.annotator === annotator.id ? { id, status: "known" } : refused("id in use");
    const item = itemByKey<StoredItem>(draft.item);
    if (item === undefined) return refused("no such item");
    if (draft.label !== undefined && draft.label >= project.classNames.length) return refused("no such class");
    if (draft.kind === "adjudicate" && annotator.role !== "owner") return refused("only owners adjudicate");
    if (draft.undoes !== undefined) {
      const undone = eventById<LabelEvent>(draft.undoes);
      const isOwn = undone?.annotator === annotator.id && undone.item === item.id && undone.kind !== "undo";
      if (!isOwn) return refused("nothing of yours to undo");
      if (isUndone(draft.undoes) !== undefined) return refused("undone before");
    }
    addEvent(
      ...[id, annotator.id, item.id, item.query, draft.kind, draft.label ?? null, draft.text ?? null],
      ...[draft.undoes ?? null, Date.now(), draft.madeAt, draft.took ?? null],
    );
    return { id, status: "stored" };
  }

  return {
    path,
    project,
    key,
    access: accessOf(database),
    ask(reason, items) {
      for (const { ref, guess, gold } of items) {
        for (const index of [guess, gold]) checkClass(index, { ref, classNames: project.classNames });
      }
      return transaction(() => {
        const byRef = row("SELECT * FROM items WHERE ref = ?");
        const move = change("UPDATE items SET file = ? WHERE ref = ?");
        const add = change(`INSERT INTO items
          (key, ref, file, name, query, why, guess, confidence, likeness, gold) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
        const again = change(`UPDATE items SET query = ?, why = ?, guess = coalesce(?, guess),
          confidence = coalesce(?, confidence), likeness = coalesce(?, likeness), gold = coalesce(?, gold) WHERE id = ?`);
        let query: number | undefined;
        const thisQuery = () => query ??= addQuery(reason);
        let added = 0;
        for (const { ref, file, name = ref.split("/").at(-1)!, ...given } of items) {
          const { why = null, guess = null, confidence = null, likeness = null, gold = null } = given;
          const known = byRef<StoredItem>(ref);
          const facts = [why, guess, confidence, likeness, gold];
          if (known === undefined) {
            added += add(opaque(), ref, file, name, thisQuery(), ...facts);
            continue;
          }
          if (known.file !== file) move(file, ref);
          const before = [known.why, known.guess, known.confidence, known.likeness, known.gold];
          const isOther = facts.some((fact, place) => fact !== null && fact !== before[place]);
          if (isOther) again(thisQuery(), ...facts, known.id);
        }
        return added;
      });
    },
    believe(beliefs) {
      for (const { ref, guess } of beliefs) checkClass(guess, { ref, classNames: project.classNames });
      transaction(() => {
        const keep = change("UPDATE items SET guess = ?, confidence = ? WHERE ref = ?");
        for (const { ref, guess, confidence = null } of beliefs) keep(guess, confidence, ref);
      });
    },
    items: (after = 0) => rows("SELECT * FROM items WHERE query > ? ORDER BY id")<StoredItem>(after),
    item: (key) => itemByKey<StoredItem>(key),
    record: (annotator, drafts) => commit(() => drafts.map((draft) => recordOne(annotator, draft))),
    lease: (annotator, leases) =>
      commit(() => {
        dropLeases(annotator);
        for (const { item, until } of leases) addLease(item, annotator, until);
      }),
    leases: () => rows("SELECT * FROM leases")<Lease>(),
    events: (after = 0) => rows("SELECT * FROM events WHERE seq > ? ORDER BY seq")<LabelEvent>(after),
    standing: (annotator, { before, limit }) => standing<LabelEvent>(annotator, before, limit),
    decisions({ item, annotator } = {}) {
      if (item !== undefined) return decisionsOfItem<LabelEvent>(item, annotator ?? null);
      return decisions<LabelEvent>().filter((event) => annotator === undefined || event.annotator === annotator);
    },
    verdicts: () => rows("SELECT * FROM verdicts ORDER BY seq")<LabelEvent>(),
    remarks: () => rows("SELECT * FROM remarks ORDER BY seq")<LabelEvent>(),
    version: () => dataVersion<{ data_version: number }>()!.data_version,
    backup: async (to) => void await backup(database, to),
    close: () => database.close(),
  };
}

/** A name that says nothing and cannot be guessed: 128 random bits. */
function opaque(): string {
  return randomBytes(16).toString("base64url");
}

function checkClass(
  index: number | undefined,
  { ref, classNames }: { readonly ref: string; readonly classNames: readonly string[] },
): void {
  if (index === undefined || (Number.isInteger(index) && index >= 0 && index < classNames.length)) return;
  const rule = `a class index must be an integer in 0…${classNames.length - 1}`;
  throw new RangeError(`Cannot ask for ${ref}: ${rule}: current value is ${index}`);
}
