import { type Browser, chromium } from "playwright-core";

const places = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => ["/usr/bin", "/usr/local/bin", "/opt/google/chrome"].map((folder) => `${folder}/${name}`));

/** Where a Chromium is on this machine; undefined where there is none. */
export const chromiumPath: string | undefined = [Deno.env.get("CHROMIUM_PATH") ?? "", ...places].find((path) => {
  try {
    return path !== "" && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** For a test's name: why it is skipped. */
export const withoutBrowser = chromiumPath === undefined ? " (skipped: there is no Chromium here)" : "";

/** A browser without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
}
