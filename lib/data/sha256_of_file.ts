import { createHash } from "node:crypto";

/** SHA-256 (hexadecimal) of a file, read piece by piece. */
export async function sha256OfFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
