import { say } from "./terminal.ts";

/** Everything was done before this was loaded; it only says so. */
export function run(): Promise<number> {
  say(
    "All is set up. `deno task notebooks` executes the notebooks, `deno task lab` opens them, `deno task doctor` tells more.",
  );
  return Promise.resolve(0);
}
