import { escapeMarkup } from "../report/markup.ts";
import type { LabelFile } from "./label_record.ts";

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
