/**
 * The process that serves the page: started by {@linkcode startLabelServer}, which hands it a store and keeps its standard
 * input open. It ends when that closes, so that it never outlives whoever started it.
 *
 * @module
 */
import { networkInterfaces } from "node:os";
import { parseArgs } from "node:util";
import { openDesk } from "./desk.ts";
import { labelApp, type Refusal } from "./label_app.ts";
import { openLabelStore } from "./label_store.ts";
import { openPicturesOnly, renditions } from "./renditions.ts";

/** The log is begun anew when it has grown to so many bytes; the one before is kept. */
const mostLogBytes = 4e6;

if (import.meta.main) {
  const { values } = parseArgs({
    options: { store: { type: "string" }, host: { type: "string" }, port: { type: "string" } },
  });
  const { store: path = "", host = "127.0.0.1", port = "0" } = values;
  openPicturesOnly();
  const desk = openDesk(openLabelStore(path));
  let names: readonly string[] = [];
  const app = labelApp({
    desk,
    images: renditions(),
    hosts: () => names,
    onRefused: (refusal) => log(`${path}.log`, refusal),
  });
  const server = Deno.serve({
    hostname: host,
    port: Number(port),
    onListen({ port }) {
      names = hostsOf(host).map((name) => `${name}:${port}`);
      console.log(JSON.stringify({ port }));
    },
  }, app.fetch);

  const watch = setInterval(() => desk.refresh() && app.changed(), 250);
  for await (const _ of Deno.stdin.readable);
  clearInterval(watch);
  app.close();
  setTimeout(() => Deno.exit(), 1000); // pages that listen keep their connection
  await server.shutdown();
  desk.store.close();
  Deno.exit();
}

/** The names by which this machine may be called when it listens on `host`. */
function hostsOf(host: string): string[] {
  const own = ["127.0.0.1", "localhost", "[::1]"];
  if (own.includes(host)) return own;
  const addresses = Object.values(networkInterfaces()).flat()
    .map((each) => each?.family === "IPv6" ? `[${each.address}]` : each?.address ?? "");
  return [...own, host, Deno.hostname(), ...addresses];
}

/** One line of JSON for each request that was refused, so that nothing in it can pass for another line. */
function log(path: string, refusal: Refusal): void {
  try {
    if (Deno.statSync(path).size > mostLogBytes) Deno.renameSync(path, `${path}.old`);
  } catch { /* there is none yet */ }
  Deno.writeTextFileSync(path, `${JSON.stringify(refusal)}\n`, { append: true, mode: 0o600 });
}
