import { join } from "node:path";
import { z } from "zod";
import { hash64, packHashes, unpackHashes } from "./hash64.ts";
import { type Matrix, rowOf } from "./matrix.ts";

const count = z.int().nonnegative();

/** Distinct things, and the hashes of those among them that are watched. */
const things = z.strictObject({ count, watched: z.base64() });

const numbered = { n: count };

/** One line of a trail. */
export const AuditEntry = z.discriminatedUnion("kind", [
  z.strictObject({ ...numbered, kind: z.literal("start") }),
  /** `random` is the key of what the training drew its numbers from; null where it drew none. */
  z.strictObject({
    ...numbered,
    kind: z.literal("learnt"),
    from: things,
    stoppedBy: things.nullable(),
    random: z.string().nullable(),
  }),
  /** Watched images, once for all predictions for them. */
  z.strictObject({ ...numbered, kind: z.literal("images"), digest: z.string(), hashes: z.base64() }),
  /** For watched images: the class of each, and what the model had learnt from by then, if it learnt here. */
  z.strictObject({
    ...numbered,
    kind: z.literal("predicted"),
    images: z.string(),
    classes: z.array(count),
    learntFrom: things.nullable(),
  }),
  /** An active-learning run: what it may ask about, and what it began with. */
  z.strictObject({
    ...numbered,
    kind: z.literal("run"),
    run: z.string(),
    strategy: z.string(),
    random: z.string(),
    pool: things,
    digest: z.string(),
    initial: z.array(count),
  }),
  z.strictObject({
    ...numbered,
    kind: z.literal("round"),
    run: z.string(),
    labels: count,
    validationLabels: count,
    abstained: count,
    asked: z.array(count),
  }),
]);

/** One line of a trail. */
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A line without its number. */
type Note = AuditEntry extends infer Entry ? Entry extends AuditEntry ? Omit<Entry, "n"> : never : never;

/** Where a trail's folder says which images are watched: their hashes, 8 bytes each, in base64. */
export const watchFile = "watched";

/** How a model learns. */
export interface LearntHow {
  /** The images that it is stopped by. */
  readonly stoppedBy?: BigUint64Array;
  /** The key of the random numbers that it draws. */
  readonly random?: string;
}

/**
 * What the library notes while someone else looks over its shoulder: what each model learnt from, and what it said of
 * the images that are watched. A grader watches the test images.
 */
export interface AuditTrail {
  /** A model (any object that stands for it) learns from these. */
  learnt(model: object, from: BigUint64Array, how?: LearntHow): void;
  /** What this engine computes is computed by that model. */
  runs(model: object, engine: object): void;
  /** The scores of these by a model or its engine, `[things, classes]`. */
  predicted(model: object, things: BigUint64Array, scores: Matrix): void;
  /** These rows are features of these images: what is done with the rows is done with the images. */
  embedded(images: BigUint64Array, rows: Matrix): void;
  /** Of each row, the hash of the image that it was made of, if that is watched, else its own. */
  rowHashes(rows: Matrix): BigUint64Array;
  /** @returns what to note the rounds with */
  run(beginning: { strategy: string; random: string; pool: BigUint64Array; initial: readonly number[] }): (
    round: { labels: number; validationLabels: number; abstained: number; asked: readonly number[] },
  ) => void;
}

/**
 * The trail of this process, if it is to keep one: in a file of its own in the folder `CURIO_AUDIT`, one JSON line a
 * note, only ever added to. Decided when the library is loaded, once and for all.
 */
export const audit: AuditTrail | undefined = trailIn(Deno.env.get("CURIO_AUDIT"));

function trailIn(folder: string | undefined): AuditTrail | undefined {
  if (!folder) return undefined;
  const watched = new Set(unpackHashes(Deno.readTextFileSync(join(folder, watchFile))));
  const file = Deno.openSync(join(folder, `${crypto.randomUUID()}.jsonl`), { append: true, create: true });
  let n = 0;
  const note = (entry: Note) => {
    const bytes = new TextEncoder().encode(`${JSON.stringify({ n: n++, ...entry })}\n`);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  };
  note({ kind: "start" });
  return auditTrail(watched, note);
}

function auditTrail(watched: ReadonlySet<bigint>, note: (entry: Note) => void): AuditTrail {
  const learntFrom = new WeakMap<object, Set<bigint>>();
  const modelOf = new WeakMap<object, object>();
  const imageOfRow = new Map<bigint, bigint>();
  const noted = new Set<string>();
  const told = (hashes: Iterable<bigint>) => {
    const distinct = new Set(hashes);
    return { count: distinct.size, watched: packHashes(BigUint64Array.from(distinct.intersection(watched))) };
  };
  return {
    learnt(model, from, { stoppedBy, random } = {}) {
      learntFrom.set(model, new Set(from).union(learntFrom.get(model) ?? new Set()));
      note({ kind: "learnt", from: told(from), stoppedBy: stoppedBy ? told(stoppedBy) : null, random: random ?? null });
    },
    runs(model, engine) {
      modelOf.set(engine, model);
    },
    predicted(model, things, scores) {
      const places = [...things.keys()].filter((place) => watched.has(things[place]));
      if (places.length === 0) return;
      const hashes = BigUint64Array.from(places, (place) => things[place]);
      const digest = digestOf(hashes);
      if (!noted.has(digest)) note({ kind: "images", digest, hashes: packHashes(hashes) });
      noted.add(digest);
      const classes = places.map((place) => largestAt(rowOf(scores, place)));
      const before = learntFrom.get(modelOf.get(model) ?? model);
      note({ kind: "predicted", images: digest, classes, learntFrom: before ? told(before) : null });
    },
    embedded(images, rows) {
      images.forEach((image, row) => {
        if (watched.has(image)) imageOfRow.set(hashOf(rowOf(rows, row)), image);
      });
    },
    rowHashes(rows) {
      return BigUint64Array.from({ length: rows.rows }, (_, row) => {
        const own = hashOf(rowOf(rows, row));
        return imageOfRow.get(own) ?? own;
      });
    },
    run({ pool, initial, ...beginning }) {
      const run = crypto.randomUUID();
      note({ kind: "run", run, ...beginning, pool: told(pool), digest: digestOf(pool), initial: [...initial] });
      return ({ labels, validationLabels, abstained, asked }) =>
        note({ kind: "round", run, labels, validationLabels, abstained, asked: [...asked] });
    },
  };
}

function digestOf(hashes: BigUint64Array): string {
  return hash64(new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength)).toString(16);
}

function hashOf({ buffer, byteOffset, byteLength }: Float32Array): bigint {
  return hash64(new Uint8Array(buffer, byteOffset, byteLength));
}

/** The first of the largest. */
function largestAt(row: Float32Array): number {
  return row.reduce((best, value, column) => value > row[best] ? column : best, 0);
}
