import { join } from "node:path";
import type { DataFrame } from "nodejs-polars";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { checkFileName, reportsFolder } from "./reports_folder.ts";

/** What {@linkcode saveTable} is told. */
export interface SaveTableOptions {
  readonly name: string;
  /** `tables` in the reports folder by default. */
  readonly folder?: string;
}

/**
 * Writes `<name>.csv` and `<name>.parquet`, all rows and all digits.
 *
 * @returns the paths
 * @throws {RangeError} if the name cannot be a file name
 */
export async function saveTable(
  frame: DataFrame,
  { name, folder = join(reportsFolder(), "tables") }: SaveTableOptions,
): Promise<{ readonly csv: string; readonly parquet: string }> {
  const stem = join(folder, checkFileName(name));
  const paths = { csv: `${stem}.csv`, parquet: `${stem}.parquet` };
  await writeFileAtomic(paths.csv, frame.writeCSV().toString());
  await writeFileAtomic(paths.parquet, frame.writeParquet());
  return paths;
}
