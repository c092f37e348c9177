import { z } from "zod";
import { DataFormatError } from "../data/data_format_error.ts";
import { escapeMarkup } from "../report/markup.ts";
import { pathOfReference } from "./image_reference.ts";
import { type GuessRecord, type LabelFile, labelFile, type LabelRecord } from "./label_record.ts";

const resultSchema = z.looseObject({
  type: z.string().optional(),
  value: z.looseObject({ choices: z.array(z.coerce.string()).optional() }).optional(),
  score: z.number().nullish(),
});
const userSchema = z.union([
  z.number(),
  z.string(),
  z.looseObject({ id: z.number().optional(), email: z.string().nullish() }),
]);
const annotationSchema = z.looseObject({
  completed_by: userSchema.nullish(),
  result: z.array(resultSchema).nullish(),
  was_cancelled: z.boolean().nullish(),
  /** As Label Studio called it before version 1.0. */
  skipped: z.boolean().nullish(),
  ground_truth: z.boolean().nullish(),
  honeypot: z.boolean().nullish(),
  created_at: z.union([z.string(), z.number()]).nullish(),
  lead_time: z.number().nullish(),
});
const predictionSchema = z.looseObject({ result: z.array(resultSchema).nullish(), score: z.number().nullish() });
const taskSchema = z.looseObject({
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(annotationSchema).nullish(),
  completions: z.array(annotationSchema).nullish(),
  predictions: z.array(predictionSchema).nullish(),
});

/** How a Label Studio project names its parts. */
export interface LabelStudioOptions {
  /** The field of `data` that holds the image; by default the one that looks like it. */
  readonly imageField?: string;
  /** The name of the `Choices` tag; by default every one of a `JSON` export, the first of a `JSON_MIN` export. */
  readonly choices?: string;
}

/**
 * Reads an export of Label Studio: `JSON` (tasks with annotations and predictions) or `JSON_MIN`. Choices are read; other
 * kinds of regions are counted in `notes`. A cancelled annotation is a skip; one without a choice is "unsure".
 *
 * @param text the file's content
 * @param name for messages
 * @throws {DataFormatError} if it is no such export
 */
export function readLabelStudio(text: string, name: string, options: LabelStudioOptions = {}): LabelFile {
  const tasks = parseTasks(text, name);
  const [first] = tasks;
  const isFull = first === undefined || (typeof first === "object" && first !== null && "data" in first);
  return isFull ? readTasks(tasks, name, options) : readMinimal(tasks, name, options);
}

function parseTasks(text: string, name: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    const rule = `a Label Studio export must be JSON: ${error instanceof Error ? error.message : error}`;
    throw new DataFormatError({ file: name, rule, value: JSON.stringify(text.slice(0, 40)), remedy: exportAgain });
  }
  if (Array.isArray(value)) return value;
  const rule = "a Label Studio export must be a list of tasks";
  throw new DataFormatError({ file: name, rule, value: value === null ? "null" : typeof value, remedy: exportAgain });
}

const exportAgain = "Export the project again as JSON or JSON-MIN.";

function readTasks(tasks: readonly unknown[], name: string, { imageField, choices }: LabelStudioOptions): LabelFile {
  const records: LabelRecord[] = [], guesses: GuessRecord[] = [], paths: string[] = [];
  const passed = new Map<string, number>();
  const chosen = (results: readonly z.infer<typeof resultSchema>[]) =>
    results.filter(({ from_name, type, value }) => {
      const isChoice = value?.choices !== undefined && (choices === undefined || from_name === choices);
      if (!isChoice) passed.set(type ?? "nameless", (passed.get(type ?? "nameless") ?? 0) + 1);
      return isChoice;
    }).flatMap(({ value }) => value!.choices!);
  for (const [index, raw] of tasks.entries()) {
    const { data, annotations, completions, predictions } = checked(taskSchema, raw, { name, place: `task ${index}` });
    const path = pathOfReference(imageOf(data, { imageField, name, place: `task ${index}` }));
    paths.push(path);
    const own = annotations ?? completions ?? [];
    const names = z.array(z.string()).length(own.length).safeParse(data.annotators).data;
    for (const [place, annotation] of own.entries()) {
      const labels = chosen(annotation.result ?? []);
      const skipped = annotation.was_cancelled === true || annotation.skipped === true;
      records.push({
        path,
        kind: skipped ? "skip" : labels.length > 0 ? "label" : "unsure",
        labels: skipped ? [] : labels,
        annotator: names?.[place] ?? nameOf(annotation.completed_by),
        ...timing(annotation.created_at, annotation.lead_time),
        ...(annotation.ground_truth || annotation.honeypot) && { gold: true },
      });
    }
    for (const { result, score } of predictions ?? []) {
      for (const label of chosen(result ?? []).slice(0, 1)) {
        const confidence = score ?? result?.[0].score;
        guesses.push({ path, label, ...confidence != null && { confidence } });
      }
    }
  }
  const notes = [...passed].map(([type, count]) => `${count} regions of type ${type} are no choices and were left out`);
  return labelFile({ records, guesses, paths, notes });
}

/** What Label Studio writes behind the names of the tags. */
const ownFields = new Set([
  ...["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "history", "agreement"],
  ...["prediction", "predictions", "total_annotations", "comments", "file_upload", "inner_id"],
]);

/** Of `JSON_MIN` tasks: the data, then `id`, then the tags by name, then `annotator` and what belongs to it. */
function readMinimal(tasks: readonly unknown[], name: string, { imageField, choices }: LabelStudioOptions): LabelFile {
  const rows = tasks.map((raw, index) =>
    checked(z.record(z.string(), z.unknown()), raw, { name, place: `task ${index}` })
  );
  const paths: string[] = [];
  const records = rows.map((row, index): LabelRecord => {
    const image = imageOf(row, { imageField, name, place: `task ${index}` });
    const fields = Object.keys(row);
    const tags = fields.slice(fields.indexOf("id") + 1).filter((field) =>
      !ownFields.has(field) && row[field] !== image
    );
    const tag = choices ?? tags.find((field) => choicesOf(row[field]).length > 0);
    const labels = tag === undefined ? [] : choicesOf(row[tag]);
    const path = pathOfReference(image);
    paths.push(path);
    const annotator = userSchema.nullish().safeParse(row.annotator).data;
    const created = z.union([z.string(), z.number()]).safeParse(row.created_at).data;
    const took = z.number().safeParse(row.lead_time).data;
    const kind = labels.length > 0 ? "label" : "unsure";
    return { path, kind, labels, annotator: nameOf(annotator), ...timing(created, took) };
  });
  return labelFile({ records, paths });
}

function choicesOf(value: unknown): string[] {
  const lists = z.union([
    z.string().transform((one) => [one]),
    z.array(z.string()),
    z.looseObject({ choices: z.array(z.coerce.string()) }).transform(({ choices }) => choices),
    z.array(z.looseObject({ choices: z.array(z.coerce.string()) })).transform((all) =>
      all.flatMap((one) => one.choices)
    ),
  ]);
  return (lists.safeParse(value).data ?? []).filter((label) => label !== "");
}

interface Place {
  readonly name: string;
  readonly place: string;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, { name, place }: Place): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [{ path, message }] = error.issues;
  const at = path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);
  const rule = `${[place, ...path].join(".")}: ${message}`;
  throw new DataFormatError({
    file: name,
    rule,
    value: JSON.stringify(at)?.slice(0, 80) ?? "nothing",
    remedy: exportAgain,
  });
}

const imageNames = ["image", "img", "picture", "photo", "image_url", "url"];

function imageOf(
  data: Readonly<Record<string, unknown>>,
  { imageField, name, place }: Place & { readonly imageField?: string },
): string {
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const looksRight = (text: string) =>
    /\.(jpe?g|png|gif|webp|bmp|tiff?|avif|heic)($|[?#&])|\/data\/|^data:image\//i.test(text);
  const [, image] = imageField !== undefined
    ? texts.find(([field]) => field === imageField) ?? []
    : texts.find(([field]) => imageNames.includes(field.toLowerCase())) ?? texts.find(([, text]) => looksRight(text)) ??
      [];
  if (image !== undefined) return image;
  const rule = `${place} must name an image${imageField === undefined ? "" : ` in "${imageField}"`}`;
  const value = `the fields ${Object.keys(data).join(", ").slice(0, 80)}`;
  throw new DataFormatError({ file: name, rule, value, remedy: "Say which field it is with imageField." });
}

function nameOf(user: z.infer<typeof userSchema> | null | undefined): string {
  if (user === null || user === undefined) return "annotator";
  if (typeof user === "object") return user.email ?? `annotator ${user.id ?? ""}`.trim();
  return typeof user === "number" ? `annotator ${user}` : user;
}

function timing(created: string | number | null | undefined, seconds: number | null | undefined) {
  const at = typeof created === "number" ? created * 1000 : Date.parse(created ?? "");
  return { ...!Number.isNaN(at) && { at }, ...seconds != null && { seconds } };
}

/** How images are addressed in an export to Label Studio. */
export interface LabelStudioExportOptions {
  /** Folder below `LOCAL_FILES_DOCUMENT_ROOT` that the paths are in; the document root itself by default. */
  readonly folder?: string;
}

/**
 * Tasks with annotations and predictions in the format that Label Studio imports (and exports as `JSON`), for a project
 * with the configuration of {@linkcode labelStudioConfig}. Images are local files: `/data/local-files/?d=…`.
 *
 * Label Studio refuses annotators whom it does not know, so `completed_by` is left to it; the names stand in the data
 * field `annotators`, in the order of the annotations.
 */
export function writeLabelStudio(
  { paths, records, guesses }: Pick<LabelFile, "paths" | "records" | "guesses">,
  { folder = "" }: LabelStudioExportOptions = {},
): string {
  const answers = Map.groupBy(records, ({ path }) => path);
  const beliefs = Map.groupBy(guesses, ({ path }) => path);
  const prefix = folder === "" ? "" : `${folder.replaceAll("\\", "/").replace(/\/+$/, "")}/`;
  const resultOf = (id: string, choices: readonly string[]) =>
    choices.length === 0 ? [] : [{ id, from_name: "choice", to_name: "image", type: "choices", value: { choices } }];
  const tasks = paths.map((path, index) => {
    const own = answers.get(path) ?? [];
    const address = (prefix + path).split("/").map(encodeURIComponent).join("/");
    return {
      id: index + 1,
      data: { image: `/data/local-files/?d=${address}`, annotators: own.map(({ annotator }) => annotator) },
      annotations: own.map(({ kind, labels, at, seconds, gold = false }, place) => ({
        result: resultOf(`t${index + 1}a${place + 1}`, labels),
        was_cancelled: kind === "skip",
        ground_truth: gold,
        ...at !== undefined && { created_at: new Date(at).toISOString() },
        ...seconds !== undefined && { lead_time: seconds },
      })),
      predictions: (beliefs.get(path) ?? []).map(({ label, confidence }, place) => ({
        model_version: "curio",
        result: resultOf(`t${index + 1}p${place + 1}`, [label]),
        ...confidence !== undefined && { score: confidence },
      })),
    };
  });
  return `${JSON.stringify(tasks, null, 2)}\n`;
}

/** The labelling configuration of a Label Studio project for these classes: an image, one choice. */
export function labelStudioConfig(classNames: readonly string[]): string {
  const choices = classNames.map((name) => `    <Choice value="${escapeMarkup(name)}"/>\n`).join("");
  return `<View>\n  <Image name="image" value="$image"/>\n` +
    `  <Choices name="choice" toName="image" choice="single" showInLine="true">\n${choices}  </Choices>\n</View>\n`;
}
