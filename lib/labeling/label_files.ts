import { createHash } from "node:crypto";
import { extname } from "node:path";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { readClassFolders, writeClassFolders } from "./class_folders.ts";
import { readCoco, writeCoco } from "./coco_classification.ts";
import { dawidSkene } from "./dawid_skene.ts";
import type { EventDraft } from "./label_event.ts";
import type { LabelFile, LabelRecord } from "./label_record.ts";
import type { LabelStore, StoredItem } from "./label_store.ts";
import type { LabelStudioOptions } from "./label_studio_task.ts";
import { readTable, type TableFormat, writeTable } from "./label_table.ts";
import { majorityVote } from "./majority_vote.ts";
import { matchReference } from "./image_reference.ts";
import { readLabelStudio } from "./read_label_studio.ts";
import { labelStudioConfig, writeLabelStudio } from "./write_label_studio.ts";

/** What labels can be read from and written to. */
export const labelFormats = ["csv", "jsonl", "parquet", "folders", "label-studio", "coco"] as const;
export type LabelFormat = typeof labelFormats[number];

const formatOfExtension: Readonly<Record<string, LabelFormat>> = {
  ...{ ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet" },
  ...{ ".json": "label-studio", "": "folders" },
};

/** The format that a file's name promises; a name without an extension is a folder. */
function formatOf(path: string): LabelFormat {
  const format = formatOfExtension[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  const rule = `its name must end in ${Object.keys(formatOfExtension).filter(Boolean).join(", ")}, or it is a folder`;
  throw new RangeError(`Cannot tell the format of ${path}: ${rule}. Say it: ${labelFormats.join(", ")}.`);
}

/** What {@linkcode readLabels} may be told. */
export interface ReadLabelsOptions extends LabelStudioOptions {
  /** By default the one that the name promises; COCO is told from Label Studio by the content. */
  readonly format?: LabelFormat;
}

/**
 * Reads labels: a table (CSV, TSV, JSON lines, Parquet), folders named after classes, an export of Label Studio (`JSON`,
 * `JSON_MIN`, `CSV` or `TSV`) or COCO's layout.
 *
 * @throws {RangeError} if the name promises no format and none is said
 * @throws {DataFormatError} if the content is not what the format asks for
 */
export async function readLabels(
  path: string,
  { format = formatOf(path), ...options }: ReadLabelsOptions = {},
): Promise<LabelFile> {
  if (format === "folders") return await readClassFolders(path);
  const bytes = await Deno.readFile(path);
  if (format !== "label-studio" && format !== "coco") return readTable(bytes, { name: path, format, ...options });
  const text = new TextDecoder().decode(bytes);
  const isCoco = format === "coco" || (text.trimStart().startsWith("{") && /"categories"\s*:/.test(text));
  return isCoco ? readCoco(text, path) : readLabelStudio(text, path, options);
}

/** What a store holds, by names: everybody's last answers, and the model's guesses. */
export function labelsIn(store: LabelStore): LabelFile {
  const { classNames } = store.project;
  const items = new Map(store.items().map((item) => [item.id, item]));
  const names = new Map(store.access.annotators().map(({ id, name }) => [id, name]));
  const records = store.decisions().map(({ item, kind, label, annotator, made_at, took }): LabelRecord => ({
    path: items.get(item)!.ref,
    kind: kind === "unsure" || kind === "skip" ? kind : "label",
    labels: label === null ? [] : [classNames[label]],
    annotator: names.get(annotator)!,
    at: made_at,
    ...took !== null && { seconds: took / 1000 },
  }));
  const guesses = [...items.values()].flatMap(({ ref, guess, confidence }) =>
    guess === null ? [] : [{ path: ref, label: classNames[guess], ...confidence !== null && { confidence } }]
  );
  return { classNames, paths: [...items.values()].map(({ ref }) => ref), records, guesses, notes: [] };
}

/** How the answers of several people make one label: what most say, or weighed by how reliable each is. */
export type Aggregation = "majority" | "dawidSkene";

/**
 * What each item is in the end: what an adjudicator said, or else what the answers together say, by
 * {@linkcode majorityVote} or by {@linkcode dawidSkene}. Items without an answer, and ties of votes, are left out.
 *
 * @returns ref → class index
 */
export function finalLabels(store: LabelStore, aggregation: Aggregation = "majority"): Map<string, number> {
  const refs = new Map(store.items().map(({ id, ref }) => [id, ref]));
  const answers = store.decisions().filter(({ kind }) => kind === "label")
    .map(({ item, annotator, label }) => ({ item, annotator: `${annotator}`, label: label! }));
  const final = new Map<string, number>();
  if (aggregation === "majority") {
    for (const { item, label } of majorityVote(answers)) if (label !== undefined) final.set(refs.get(item)!, label);
  } else {
    const { items, labels } = dawidSkene(answers, { classCount: store.project.classNames.length });
    items.forEach((item, row) => final.set(refs.get(item)!, labels[row]));
  }
  for (const { item, label } of store.verdicts()) final.set(refs.get(item)!, label!);
  return final;
}

/** What {@linkcode writeLabels} may be told. */
export interface WriteLabelsOptions {
  /** By default the one that the name promises. */
  readonly format?: LabelFormat;
  /** How several answers make one label; `majority` by default. */
  readonly aggregation?: Aggregation;
}

/**
 * Writes a store's labels. Tables and Label Studio get every answer; folders and COCO what each image is in the end.
 *
 * Beside a Label Studio file `….json` stands the project's configuration `….xml`.
 *
 * @returns what was written, in words
 */
export async function writeLabels(
  store: LabelStore,
  path: string,
  { format = formatOf(path), aggregation }: WriteLabelsOptions = {},
): Promise<string> {
  const content = labelsIn(store);
  const { classNames, paths, records } = content;
  const labels = new Map([...finalLabels(store, aggregation)].map(([ref, label]) => [ref, classNames[label]]));
  if (format === "folders") {
    const files = new Map(store.items().map(({ ref, file }) => [ref, file]));
    return `${await writeClassFolders(path, { labels, fileOf: (ref) => files.get(ref)! })} images`;
  }
  if (format === "coco") {
    await writeFileAtomic(path, writeCoco({ paths, classNames, labels }));
    return `${labels.size} labels`;
  }
  if (format === "label-studio") {
    await writeFileAtomic(path, writeLabelStudio(content));
    await writeFileAtomic(path.replace(/(\.json)?$/i, ".xml"), labelStudioConfig(classNames));
    return `${paths.length} tasks with ${records.length} annotations`;
  }
  await writeFileAtomic(path, writeTable(records, { format: format satisfies TableFormat, labels }));
  return `${records.length} answers`;
}

/** What came of taking a file of labels into a store. */
export interface ImportReport {
  /** Answers that are new in the store, and those that were there from an earlier import. */
  readonly added: number;
  readonly known: number;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/**
 * Takes answers from a file into a store, as events of the people who gave them, and a model's guesses about images that
 * have none. Images are found among the store's items by the end of their path (see {@linkcode matchReference}); a path
 * that only shares its name with an image which another path names in full is about an image that is not here. Taking the
 * same file in again changes nothing.
 */
export async function importLabels(
  store: LabelStore,
  { paths, records, guesses, notes: before }: Omit<LabelFile, "classNames">,
): Promise<ImportReport> {
  const items = new Map(store.items().map((item) => [item.ref, item]));
  const itemOf = itemsByPath(items, new Set([...paths, ...records.map(({ path }) => path)]));
  const classOf = new Map(store.project.classNames.map((name, index) => [name, index]));
  const lost = { image: 0, class: 0, more: 0 };
  const byAnnotator = Map.groupBy(records, ({ annotator }) => annotator.trim().slice(0, 80).trim() || "annotator");
  let added = 0, known = 0;
  for (const [annotator, own] of byAnnotator) {
    const drafts = own.flatMap((record, index): EventDraft[] => {
      const item = itemOf.get(record.path);
      const label = record.labels.length === 0 ? undefined : classOf.get(record.labels[0]);
      if (item === undefined) lost.image++;
      else if (record.labels.length > 0 && label === undefined) lost.class++;
      else {
        if (record.labels.length > 1) lost.more++;
        return [draftOf(record, { item, label, index })];
      }
      return [];
    });
    const receipts = await store.record(store.access.annotator(annotator), drafts);
    for (const { status } of receipts) status === "stored" ? added++ : known++;
  }
  store.believe(guesses.flatMap(({ path, label, confidence }) => {
    const [item, guess] = [itemOf.get(path), classOf.get(label)];
    return item === undefined || item.guess !== null || guess === undefined
      ? []
      : [{ ref: item.ref, guess, confidence }];
  }));
  const notes = [
    ...lost.image > 0 ? [`${lost.image} answers are about images that are not here`] : [],
    ...lost.class > 0 ? [`${lost.class} answers name classes that this project does not have`] : [],
    ...lost.more > 0 ? [`${lost.more} answers name more than one class; the first was taken`] : [],
  ];
  return { added, known, notes: [...before, ...notes] };
}

/** Which item each path is about. */
function itemsByPath(items: ReadonlyMap<string, StoredItem>, paths: ReadonlySet<string>): Map<string, StoredItem> {
  const match = matchReference([...items.keys()]);
  const found = [...paths].flatMap((path) => {
    const ref = match(path);
    return ref === undefined ? [] : [{ path, ref, inFull: `/${path}`.endsWith(`/${ref}`) || ref.endsWith(`/${path}`) }];
  });
  const named = new Set(found.filter(({ inFull }) => inFull).map(({ ref }) => ref));
  const sure = found.filter(({ ref, inFull }) => inFull || !named.has(ref));
  return new Map(sure.map(({ path, ref }) => [path, items.get(ref)!]));
}

function draftOf(
  { path, kind, labels, annotator, at, seconds }: LabelRecord,
  { item, label, index }: { readonly item: StoredItem; readonly label: number | undefined; readonly index: number },
): EventDraft {
  // The same answer has the same id, however often it is read.
  const facts = JSON.stringify([path, kind, labels, annotator, at ?? index]);
  return {
    id: createHash("sha256").update(facts).digest("base64url"),
    item: item.key,
    kind,
    ...label !== undefined && { label },
    madeAt: at ?? 0,
    ...seconds !== undefined && { took: Math.max(0, Math.min(86_400_000, Math.round(seconds * 1000))) },
  };
}
