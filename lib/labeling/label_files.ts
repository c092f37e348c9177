import { createHash } from "node:crypto";
import { extname } from "node:path";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { readClassFolders, writeClassFolders } from "./class_folders.ts";
import { readCoco, writeCoco } from "./coco_classification.ts";
import type { EventDraft } from "./label_event.ts";
import type { LabelFile, LabelRecord } from "./label_record.ts";
import type { LabelStore, StoredItem } from "./label_store.ts";
import { labelStudioConfig, readLabelStudio, writeLabelStudio } from "./label_studio.ts";
import { readTable, type TableFormat, writeTable } from "./label_table.ts";
import { majorityVote } from "./majority_vote.ts";
import { matchReference } from "./image_reference.ts";

/** What labels can be read from and written to. */
export const labelFormats = ["csv", "jsonl", "parquet", "folders", "label-studio", "coco"] as const;
export type LabelFormat = typeof labelFormats[number];

const formatOfExtension: Readonly<Record<string, LabelFormat>> = {
  ...{
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".json": "label-studio",
    "": "folders",
  },
};

/** The format that a file's name promises; a name without an extension is a folder. */
function formatOf(path: string): LabelFormat {
  const format = formatOfExtension[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  const rule = `its name must end in ${Object.keys(formatOfExtension).filter(Boolean).join(", ")}, or it is a folder`;
  throw new RangeError(`Cannot tell the format of ${path}: ${rule}. Say it: ${labelFormats.join(", ")}.`);
}

/**
 * Reads labels: a table (CSV, JSON lines, Parquet), folders named after classes, a Label Studio export (`JSON` or
 * `JSON_MIN`) or COCO's layout. The format is told by the name, and COCO from Label Studio by the content.
 *
 * @throws {DataFormatError} if the content is not what the format asks for
 */
export async function readLabels(path: string, format: LabelFormat = formatOf(path)): Promise<LabelFile> {
  if (format === "folders") return await readClassFolders(path);
  const bytes = await Deno.readFile(path);
  if (format !== "label-studio" && format !== "coco") return readTable(bytes, path, format);
  const text = new TextDecoder().decode(bytes);
  return format === "coco" || text.trimStart().startsWith("{") ? readCoco(text, path) : readLabelStudio(text, path);
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

/**
 * What each item is in the end: what an adjudicator said, or else most people. Items without an answer, and ties, are left
 * out.
 *
 * @returns ref → class index
 */
export function finalLabels(store: LabelStore): Map<string, number> {
  const refs = new Map(store.items().map(({ id, ref }) => [id, ref]));
  const answers = store.decisions().filter(({ kind }) => kind === "label")
    .map(({ item, annotator, label }) => ({ item, annotator: `${annotator}`, label: label! }));
  const final = new Map<string, number>();
  for (const { item, label } of majorityVote(answers)) if (label !== undefined) final.set(refs.get(item)!, label);
  for (const { item, label } of store.verdicts()) final.set(refs.get(item)!, label!);
  return final;
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
  format: LabelFormat = formatOf(path),
): Promise<string> {
  const content = labelsIn(store);
  const { classNames, paths, records } = content;
  const labels = new Map([...finalLabels(store)].map(([ref, label]) => [ref, classNames[label]]));
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
 * Takes answers from a file into a store, as events of the people who gave them. Images are found among the store's items
 * by the end of their path (see {@linkcode matchReference}). Taking the same file in again changes nothing.
 */
export async function importLabels(store: LabelStore, { records, notes: before }: LabelFile): Promise<ImportReport> {
  const items = new Map(store.items().map((item) => [item.ref, item]));
  const match = matchReference([...items.keys()]);
  const classOf = new Map(store.project.classNames.map((name, index) => [name, index]));
  const lost = { image: 0, class: 0, more: 0 };
  const byAnnotator = Map.groupBy(records, ({ annotator }) => annotator.slice(0, 80));
  let added = 0, known = 0;
  for (const [annotator, own] of byAnnotator) {
    const drafts = own.flatMap((record, index): EventDraft[] => {
      const item = items.get(match(record.path) ?? "");
      const label = record.labels.length === 0 ? undefined : classOf.get(record.labels[0]);
      if (item === undefined) lost.image++;
      else if (record.labels.length > 0 && label === undefined) lost.class++;
      else return [draftOf(record, { item, label, index })];
      return [];
    });
    lost.more += own.filter(({ labels }) => labels.length > 1).length;
    const receipts = await store.record(store.access.annotator(annotator || "annotator"), drafts);
    for (const { status } of receipts) status === "stored" ? added++ : known++;
  }
  const notes = [
    ...lost.image > 0 ? [`${lost.image} answers are about images that are not here`] : [],
    ...lost.class > 0 ? [`${lost.class} answers name classes that this project does not have`] : [],
    ...lost.more > 0 ? [`${lost.more} answers name more than one class; the first was taken`] : [],
  ];
  return { added, known, notes: [...before, ...notes] };
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
