import { z } from "zod";
import { pathOfReference } from "./image_reference.ts";
import { type LabelFile, labelFile, type LabelRecord } from "./label_record.ts";
import { imageOf, type LabelStudioOptions, nameOf, timing, userSchema } from "./label_studio_task.ts";
import { pickTag } from "./pick_tag.ts";

/** What Label Studio writes beside a task's data and the names of the tags. */
const ownFields = new Set([
  ...["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "history", "agreement"],
  ...["prediction", "predictions", "total_annotations", "comments", "file_upload", "inner_id"],
]);

/** Whether a table with these columns is one that Label Studio exports. */
export function isLabelStudioTable(columns: readonly string[]): boolean {
  return ["annotator", "annotation_id", "lead_time"].every((name) => columns.includes(name));
}

/**
 * Reads the short forms of Label Studio's exports, `JSON_MIN`, `CSV` and `TSV`: one row for each annotation, in which a
 * tag's name is a field like those of the task's data. Cancelled annotations are not in it. In a table, what is no text is
 * JSON. Tasks without an annotation are listed without an answer.
 *
 * @throws {DataFormatError} if a row names no image
 */
export function readLabelStudioRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  name: string,
  options: LabelStudioOptions = {},
): LabelFile {
  const images = rows.map((row, place) => imageOf(row, { ...options, name, place }));
  // In JSON_MIN the data stands before the id and the tags behind it; the columns of a table stand by the alphabet.
  const fields = Object.keys(rows[0] ?? {});
  const isTable = fields.indexOf("annotation_id") < fields.indexOf("annotator");
  const valuesBehind = (first: (fields: readonly string[]) => number) => {
    const values = new Map<string, string[][]>();
    for (const [place, row] of rows.entries()) {
      const fields = Object.keys(row);
      for (const tag of fields.slice(first(fields))) {
        const labels = ownFields.has(tag) || row[tag] === images[place] ? [] : choicesOf(row[tag]);
        if (labels.length > 0) values.set(tag, [...values.get(tag) ?? [], labels]);
      }
    }
    return values;
  };
  const late = isTable ? undefined : pickTag(valuesBehind((fields) => fields.indexOf("id") + 1), options);
  // A tag that is called like a field of the data stands where that stood.
  const tag = late ?? pickTag(valuesBehind(() => 0), options);
  const paths = images.map(pathOfReference);
  const records = rows.flatMap((row, index): LabelRecord[] => {
    const labels = tag === undefined ? [] : choicesOf(row[tag]);
    const isAnnotated = "annotation_id" in row ? row.annotation_id != null && row.annotation_id !== "" : true;
    if (!isAnnotated) return [];
    const annotator = userSchema.nullish().safeParse(row.annotator).data;
    const created = z.union([z.string(), z.number()]).safeParse(row.created_at).data;
    const took =
      z.union([z.number(), z.string().min(1).transform(Number).pipe(z.number())]).safeParse(row.lead_time).data;
    const kind = labels.length > 0 ? "label" : "unsure";
    return [{ path: paths[index], kind, labels, annotator: nameOf(annotator), ...timing(created, took) }];
  });
  return labelFile({ records, paths });
}

const several = z.looseObject({ choices: z.array(z.coerce.string()) })
  .refine((one) => !("x" in one), "about the image, not a region of it").transform(({ choices }) => choices);
const choiceSchema = z.union([
  z.string().transform((one) => [one]),
  several,
  z.array(z.union([z.string().transform((one) => [one]), several])).transform((lists) => lists.flat()),
]);

/** The choices in a field; none where it is something else: a rating, boxes. */
function choicesOf(value: unknown): string[] {
  const structured = typeof value === "string" && /^\s*[[{]/.test(value) ? parsed(value) : undefined;
  return (choiceSchema.safeParse(structured ?? value).data ?? []).filter((label) => label !== "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a class may be called "[sic]"
  }
}
