import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** Somebody who labels. Owners may also invite, adjudicate and take labels away with them. */
export interface Annotator {
  readonly id: number;
  readonly name: string;
  readonly role: "owner" | "annotator";
}

/** Who may come in, kept over restarts. Secrets are kept as their SHA-256 only. */
export interface Access {
  /** The annotator of that name, made if new; a role once given stays. */
  annotator(name: string, role?: Annotator["role"]): Annotator;
  annotators(): Annotator[];
  /** A token for a link, good for one browser, once. */
  invite(annotator: Annotator): string;
  /** Trades an unused token for the secret of a session. */
  redeem(token: string): string | undefined;
  /** Whose session it is. */
  session(secret: string): Annotator | undefined;
  /** How many invitations of an annotator nobody has used. */
  unused(annotator: Annotator): number;
}

/** {@linkcode Access} over a store's database. */
export function accessOf(database: DatabaseSync): Access {
  const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");
  const secret = () => randomBytes(32).toString("base64url");
  const byName = database.prepare("SELECT * FROM annotators WHERE name = ?");
  const add = database.prepare("INSERT OR IGNORE INTO annotators (name, role) VALUES (?, ?)");
  const addInvitation = database.prepare("INSERT INTO invitations VALUES (?, ?, NULL)");
  const use = database.prepare(
    "UPDATE invitations SET used_at = ? WHERE hash = ? AND used_at IS NULL RETURNING annotator",
  );
  const addSession = database.prepare("INSERT INTO sessions VALUES (?, ?)");
  const bySession = database.prepare(
    "SELECT a.* FROM sessions s JOIN annotators a ON a.id = s.annotator WHERE s.hash = ?",
  );
  const unused = database.prepare("SELECT count(*) AS n FROM invitations WHERE annotator = ? AND used_at IS NULL");
  const annotatorOf = (row: unknown) => row as Annotator | undefined;
  return {
    annotator(name, role = "annotator") {
      const trimmed = name.trim();
      if (trimmed === "" || trimmed.length > 80) {
        const rule = "a name must have 1 to 80 characters";
        throw new RangeError(`Cannot name an annotator: ${rule}: current value is ${JSON.stringify(name)}`);
      }
      add.run(trimmed, role);
      return annotatorOf(byName.get(trimmed))!;
    },
    annotators: () => database.prepare("SELECT * FROM annotators ORDER BY id").all().map((row) => annotatorOf(row)!),
    invite({ id }) {
      const token = secret();
      addInvitation.run(hashOf(token), id);
      return token;
    },
    redeem(token) {
      database.exec("BEGIN IMMEDIATE");
      try {
        const used = use.get(Date.now(), hashOf(token));
        const session = used && secret();
        if (session !== undefined) addSession.run(hashOf(session), used!.annotator);
        database.exec("COMMIT");
        return session;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    session: (secret) => annotatorOf(bySession.get(hashOf(secret))),
    unused: ({ id }) => Number(unused.get(id)!.n),
  };
}
