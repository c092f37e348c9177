import { z } from "zod";
import { DataFormatError } from "../data/data_format_error.ts";
import { pathOfReference } from "./image_reference.ts";
import { type GuessRecord, type LabelFile, labelFile, type LabelRecord } from "./label_record.ts";
import { checkTask, imageOf, type LabelStudioOptions, nameOf, timing, userSchema } from "./label_studio_task.ts";
import { pickTag } from "./pick_tag.ts";
import { readLabelStudioRows } from "./read_label_studio_rows.ts";

const resultSchema = z.looseObject({
  type: z.string().optional(),
  from_name: z.string().optional(),
  /** One that says where it is on the image belongs to a region, not to the image. */
  value: z.looseObject({ choices: z.array(z.coerce.string()).optional(), x: z.unknown().optional() }).optional(),
  score: z.number().nullish(),
});
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
  /** A snapshot may hold their ids alone. */
  predictions: z.array(z.union([predictionSchema, z.number()])).nullish(),
  drafts: z.array(z.unknown()).nullish(),
});

type Result = z.infer<typeof resultSchema>;

/**
 * Reads what Label Studio exports: `JSON` (tasks with annotations and predictions), `JSON_MIN`, or the file of one task
 * or annotation as its cloud storages hold them. Of one `Choices` tag, that is: what other tags say, choices about a
 * region of the image, and drafts that nobody submitted are counted in `notes`. A cancelled annotation is a skip; one
 * without a choice is "unsure".
 *
 * @param text the file's content
 * @param name for messages
 * @throws {DataFormatError} if it is no such export
 */
export function readLabelStudio(text: string, name: string, options: LabelStudioOptions = {}): LabelFile {
  const tasks = parseTasks(text, name);
  const [first] = tasks;
  const isFull = first === undefined || (typeof first === "object" && first !== null && "data" in first);
  if (isFull) return readTasks(tasks, name, options);
  const rows = tasks.map((raw, index) => checkTask(z.record(z.string(), z.unknown()), raw, { name, place: index }));
  return readLabelStudioRows(rows, name, options);
}

function parseTasks(text: string, name: string): readonly unknown[] {
  let value: unknown;
  const remedy = "Export the project again as JSON or JSON-MIN.";
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    const rule = `a Label Studio export must be JSON: ${error instanceof Error ? error.message : error}`;
    throw new DataFormatError({ file: name, rule, value: JSON.stringify(text.slice(0, 40)), remedy });
  }
  if (Array.isArray(value)) return value;
  const single = z.looseObject({ data: z.looseObject({}) }).safeParse(value).data;
  if (single !== undefined) return [single];
  const annotation = z.looseObject({ task: z.looseObject({ data: z.looseObject({}) }), result: z.array(z.unknown()) })
    .safeParse(value).data;
  if (annotation !== undefined) return [{ ...annotation.task, annotations: [annotation] }];
  const rule = "a Label Studio export must be a list of tasks";
  throw new DataFormatError({ file: name, rule, value: value === null ? "null" : typeof value, remedy });
}

function readTasks(raw: readonly unknown[], name: string, options: LabelStudioOptions): LabelFile {
  const tasks = raw.map((one, place) => {
    const task = checkTask(taskSchema, one, { name, place });
    return { ...task, path: pathOfReference(imageOf(task.data, { ...options, name, place })) };
  });
  const annotationsOf = ({ annotations, completions }: typeof tasks[number]) => annotations ?? completions ?? [];
  const believed = tasks.flatMap(({ predictions }) => predictions ?? []).filter((one) => typeof one !== "number");
  const results = [...tasks.flatMap(annotationsOf), ...believed].flatMap(({ result }) => result ?? []);
  const tags = Map.groupBy(results.filter(isChoice), ({ from_name = "" }) => from_name);
  const tag = pickTag(new Map([...tags].map(([tag, own]) => [tag, own.map(({ value }) => value!.choices!)])), options);
  const isWanted = (result: Result) => isChoice(result) && (result.from_name ?? "") === tag;
  const chosen = (own: readonly Result[]) => own.filter(isWanted).flatMap(({ value }) => value!.choices!);

  const records = tasks.flatMap((task) => {
    const own = annotationsOf(task);
    const names = z.array(z.string()).length(own.length).safeParse(task.data.annotators).data;
    return own.map((annotation, place): LabelRecord => {
      const labels = chosen(annotation.result ?? []);
      const skipped = annotation.was_cancelled === true || annotation.skipped === true;
      return {
        path: task.path,
        kind: skipped ? "skip" : labels.length > 0 ? "label" : "unsure",
        labels: skipped ? [] : labels,
        annotator: names?.[place] ?? nameOf(annotation.completed_by),
        ...timing(annotation.created_at, annotation.lead_time),
        ...(annotation.ground_truth || annotation.honeypot) && { gold: true },
      };
    });
  });
  const guesses = tasks.flatMap(({ path, predictions }) =>
    (predictions ?? []).flatMap((prediction): GuessRecord[] => {
      if (typeof prediction === "number") return [];
      const [label] = chosen(prediction.result ?? []);
      const confidence = prediction.score ?? prediction.result?.find(isWanted)?.score;
      return label === undefined ? [] : [{ path, label, ...confidence != null && { confidence } }];
    })
  );
  const passed = Map.groupBy(results.filter((result) => !isWanted(result)), kindOf);
  const drafts = tasks.reduce((sum, { drafts }) => sum + (drafts?.length ?? 0), 0);
  const notes = [
    ...[...passed].map(([kind, { length }]) => `${length} ${kind} were left out`),
    ...drafts > 0 ? [`${drafts} drafts that nobody submitted were left out`] : [],
  ];
  return labelFile({ records, guesses, paths: tasks.map(({ path }) => path), notes });
}

function isChoice({ value }: Result): boolean {
  return value?.choices !== undefined && value.x === undefined;
}

function kindOf(result: Result): string {
  if (isChoice(result)) return `choices of the tag "${result.from_name ?? ""}"`;
  return result.value?.choices === undefined ? `regions of type ${result.type ?? "unknown"}` : "choices about a region";
}
