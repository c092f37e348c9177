import { createHash } from "node:crypto";

/** The sum of a file's content, hexadecimal, read piece by piece. */
export async function sumOfFile(path: string, algorithm: "sha256" | "md5" = "sha256"): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash(algorithm);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
