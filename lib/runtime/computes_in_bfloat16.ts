import { existsSync } from "node:fs";
import { backend } from "./tensorflow.ts";

/**
 * Whether the processor multiplies in bfloat16 (AVX512_BF16, AMX, or ARM's BF16), so that it is faster than float32
 * there; `undefined` where that is not known: on a GPU, and outside Linux.
 */
export function computesInBfloat16(processors = "/proc/cpuinfo"): boolean | undefined {
  if (backend.device === "gpu" || !existsSync(processors)) return undefined;
  return /^(flags|Features)\s*:.*\b(avx512_bf16|amx_bf16|bf16)\b/m.test(Deno.readTextFileSync(processors));
}
