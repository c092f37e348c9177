import type { DatabaseSync } from "node:sqlite";

/** Runs a piece of writing inside a transaction; resolves with what it returned once that is on disk. */
export type GroupCommit = <T>(write: () => T) => Promise<T>;

interface Waiting {
  /** Writes; gives what tells the caller so once it is durable. */
  readonly write: () => () => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * Puts the writes that come within the same few milliseconds into one transaction: a flush to disk takes about as long
 * for a hundred as for one, so a hundred people do not wait for each other. A write that throws is undone alone.
 */
export function groupCommit(database: DatabaseSync): GroupCommit {
  let queue: Waiting[] = [];

  function flush(): void {
    const group = queue;
    queue = [];
    const settled: (() => void)[] = [];
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const { write, fail } of group) {
        database.exec("SAVEPOINT one");
        try {
          settled.push(write());
        } catch (error) {
          database.exec("ROLLBACK TO one");
          settled.push(() => fail(error));
        }
        database.exec("RELEASE one");
      }
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      for (const { fail } of group) fail(error);
      return;
    }
    for (const tell of settled) tell();
  }

  return (write) =>
    new Promise((resolve, reject) => {
      if (queue.length === 0) setTimeout(flush, 4);
      queue.push({
        write: () => {
          const result = write();
          return () => resolve(result);
        },
        fail: reject,
      });
    });
}
