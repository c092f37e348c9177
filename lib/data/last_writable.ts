/** The last folder that files can be written to, made if missing. */
export async function lastWritable(folders: readonly string[]): Promise<string> {
  const faults: string[] = [];
  for (const folder of folders.toReversed()) {
    try {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".writable-" }));
      return folder;
    } catch (error) {
      faults.push(`${folder}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Deno.errors.PermissionDenied(
    `Cannot keep data: a data folder must be writable: current folders are\n  ${faults.join("\n  ")}\n` +
      "Set CURIO_DATA to a folder of yours.",
  );
}
