/** What is wrong with a {@linkcode openJournal journal}. */
export type JournalFault = "busy" | "damaged" | "newer" | "otherRun" | "unwritable" | "full";

/** A run's journal cannot be read or written. What it held before is untouched. */
export class JournalError extends Error {
  override name = "JournalError";

  constructor(readonly fault: JournalFault, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Does the work, and says in the words of a journal what SQLite or the file system refused. */
export function inJournal<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw journalErrorOf(error, path);
  }
}

/** What an error of SQLite or the file system means for the journal at `path`; other errors are themselves. */
export function journalErrorOf(error: unknown, path: string): unknown {
  if (error instanceof JournalError) return error;
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  const known = symptoms.find(({ sign }) => sign.test(text));
  if (!known) return error;
  const { fault, rule, remedy } = known;
  return new JournalError(fault, `Cannot use the journal ${path}: ${rule}. ${remedy} (${text})`, { cause: error });
}

const kept = "What was saved before is whole; the same run goes on from there.";

const symptoms: readonly {
  readonly sign: RegExp;
  readonly fault: JournalFault;
  readonly rule: string;
  readonly remedy: string;
}[] = [
  {
    sign: /disk is full|disk I\/O error|ENOSPC|no space/i,
    fault: "full",
    rule: "the disk must have room for it",
    remedy: `Free some space. ${kept}`,
  },
  {
    sign:
      /readonly database|unable to open|PermissionDenied|NotCapable|read-only file|AlreadyExists|NotADirectory|Not a directory/i,
    fault: "unwritable",
    rule: "its folder must be one that can be written",
    remedy: `Give another folder, or the right to write there. ${kept}`,
  },
  {
    sign: /not a database|malformed/i,
    fault: "damaged",
    rule: "it must be a whole SQLite file",
    remedy: "Import it from an export, or move it away to begin anew.",
  },
  {
    sign: /database is locked|database table is locked/i,
    fault: "busy",
    rule: "one process at a time may write it",
    remedy: "Wait for the other to end, or stop it.",
  },
];
