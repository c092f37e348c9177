import { join } from "node:path";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import type { Figure } from "./figure.ts";
import { checkFileName, reportsFolder } from "./reports_folder.ts";

/** What {@linkcode saveFigure} may be told. */
export interface SaveFigureOptions {
  /** The figure's own by default. */
  readonly name?: string;
  /** `figures` in the reports folder by default. */
  readonly folder?: string;
}

/**
 * Writes `<name>.svg` and `<name>.png`.
 *
 * @returns the paths
 * @throws {RangeError} if neither the figure nor the options have a name, or it cannot be a file name
 */
export async function saveFigure(
  figure: Figure,
  { name = figure.name, folder = join(reportsFolder(), "figures") }: SaveFigureOptions = {},
): Promise<{ readonly svg: string; readonly png: string }> {
  const stem = join(folder, checkFileName(name ?? ""));
  const paths = { svg: `${stem}.svg`, png: `${stem}.png` };
  await writeFileAtomic(paths.svg, figure.svg);
  await writeFileAtomic(paths.png, await figure.png());
  return paths;
}
