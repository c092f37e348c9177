import { examinations } from "./examinations.ts";
import { thisSite } from "./setup/site.ts";
import { say } from "./terminal.ts";

const marks = { ok: "ok  ", lacking: "--  ", missing: "MISS" };

/**
 * Looks at everything that Curio stands on and says what was found, what was chosen, what is missing and how to get it.
 * It changes nothing, needs nothing but Deno, and asks no network. The exit code is 1 if something needed is missing.
 */
export async function run(): Promise<number> {
  const site = thisSite();
  let missing = 0;
  for (const examine of examinations) {
    for (const { what, state, text, remedy } of await examine(site)) {
      if (state === "missing") missing++;
      say(`${marks[state]} ${what.padEnd(18)} ${text}`);
      if (remedy !== undefined) say(`${" ".repeat(24)}→ ${remedy}`);
    }
  }
  say();
  say(missing === 0 ? "Nothing needed is missing." : `${missing} missing; the arrows show the way out.`);
  return missing === 0 ? 0 : 1;
}
