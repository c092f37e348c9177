/**
 * Runs `work` with the process's standard error turned to nothing, for native libraries that greet on loading and
 * have no switch for it. What JavaScript throws is thrown all the same.
 */
export async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const silence = silenceStandardError();
  try {
    return await work();
  } finally {
    silence?.end();
  }
}

function silenceStandardError(): { end(): void } | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let libc;
  try {
    libc = Deno.dlopen("libc.so.6", {
      dup: { parameters: ["i32"], result: "i32" },
      dup2: { parameters: ["i32", "i32"], result: "i32" },
      open: { parameters: ["buffer", "i32"], result: "i32" },
      close: { parameters: ["i32"], result: "i32" },
    });
  } catch {
    return undefined; // another C library (musl), or no FFI permission: a greeting is not worth an error
  }
  const { dup, dup2, open, close } = libc.symbols;
  const writeOnly = 1;
  const standardError = 2;
  const kept = dup(standardError);
  const nothing = open(new TextEncoder().encode("/dev/null\0"), writeOnly);
  dup2(nothing, standardError);
  close(nothing);
  return {
    end() {
      dup2(kept, standardError);
      close(kept);
      libc.close();
    },
  };
}
