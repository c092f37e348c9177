import { findCommand } from "./command.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where a Chromium or Chrome is: `CHROMIUM_PATH`, or the first on `PATH`; undefined where there is none. */
export function findChromium(): string | undefined {
  const wanted = Deno.env.get("CHROMIUM_PATH");
  if (wanted) return wanted;
  for (const name of names) {
    const path = findCommand(name);
    if (path !== undefined) return path;
  }
}
