import { fileURLToPath } from "node:url";
import type { Backend } from "../runtime/tensorflow.ts";
import { lastLines, runCommand } from "./command.ts";

const script = fileURLToPath(new URL("./probe_backend.ts", import.meta.url));

/** What computes in a process started afresh. */
export type ProbeResult = { readonly backend: Backend } | { readonly failure: string };

/** Starts a backend in another process and computes with it; `wanted` is a value for `CURIO_BACKEND`. */
export async function probeBackend(wanted: string, env: Readonly<Record<string, string>>): Promise<ProbeResult> {
  const { code, stdout, stderr } = await runCommand([Deno.execPath(), "run", "-A", script], {
    env: { ...env, CURIO_BACKEND: wanted, NO_COLOR: "1", XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR ?? "/tmp" },
    signal: AbortSignal.timeout(120_000),
  });
  if (code === 0) return { backend: JSON.parse(lastLines(stdout, 1)) };
  // Crashes have no message; an illegal instruction (SIGILL) is a processor without AVX.
  return { failure: /^error: (.*)$/m.exec(stderr)?.[1] ?? `the process ended with exit code ${code}` };
}
