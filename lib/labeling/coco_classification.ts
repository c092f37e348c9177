import { z } from "zod";
import { DataFormatError } from "../data/data_format_error.ts";
import { pathOfReference } from "./image_reference.ts";
import { type LabelFile, labelFile } from "./label_record.ts";

const id = z.union([z.number(), z.string()]);
const cocoSchema = z.looseObject({
  images: z.array(z.looseObject({ id, file_name: z.string() })),
  categories: z.array(z.looseObject({ id, name: z.string() })),
  annotations: z.array(z.looseObject({ image_id: id, category_id: id })),
});

/**
 * Reads labels in COCO's layout: images, categories, and annotations that join them. Boxes and outlines are not read: an
 * image is of the classes of what is on it.
 *
 * @throws {DataFormatError} if it is not of this layout, or an annotation names what is not there
 */
export function readCoco(text: string, name: string): LabelFile {
  const fault = (rule: string, value: string) =>
    new DataFormatError({ file: name, rule, value, remedy: "Export it again in COCO's format." });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault("a COCO file must be JSON", JSON.stringify(text.slice(0, 40)));
  }
  const { success, data, error } = cocoSchema.safeParse(json);
  if (!success) throw fault(`${error.issues[0].path.join(".")}: ${error.issues[0].message}`, "another");
  const paths = new Map(data.images.map(({ id, file_name }) => [id, pathOfReference(file_name)]));
  const names = new Map(data.categories.map(({ id, name }) => [id, name]));
  // An image with several objects has the classes of all of them, each once.
  const labels = new Map<string, Set<string>>();
  for (const [index, { image_id, category_id }] of data.annotations.entries()) {
    const [path, label] = [paths.get(image_id), names.get(category_id)];
    if (path === undefined || label === undefined) {
      throw fault(`annotation ${index} must name an image and a category`, `${image_id} and ${category_id}`);
    }
    labels.set(path, (labels.get(path) ?? new Set()).add(label));
  }
  const records = Array.from(labels, ([path, own]) => (
    { path, kind: "label" as const, labels: [...own], annotator: "annotator" }
  ));
  return labelFile({ records, paths: [...paths.values()], classNames: [...names.values()] });
}

/** One class for each image, in COCO's layout without boxes; ids count from 1. */
export function writeCoco({ paths, classNames, labels }: {
  readonly paths: readonly string[];
  readonly classNames: readonly string[];
  /** Path → class name. */
  readonly labels: ReadonlyMap<string, string>;
}): string {
  const categoryOf = new Map(classNames.map((name, index) => [name, index + 1]));
  const images = paths.map((file_name, index) => ({ id: index + 1, file_name }));
  const labelled = images.filter(({ file_name }) => labels.has(file_name));
  const annotations = labelled.map(({ id, file_name }, index) => ({
    id: index + 1,
    image_id: id,
    category_id: categoryOf.get(labels.get(file_name)!),
  }));
  const categories = [...categoryOf].map(([name, id]) => ({ id, name }));
  return `${JSON.stringify({ images, categories, annotations }, null, 2)}\n`;
}
