/**
 * How long an answer takes to be acknowledged, that is to be on disk, with many people labelling at once, two answers a
 * second each:
 *
 *     deno run -A tests/bench/label_server_load.ts [PEOPLE] [SECONDS]
 *
 * @module
 */
import { Random, startLabelServer } from "curio";
import { draft, inFolder, smallStore } from "../labeling/small_store.ts";

const people = Number(Deno.args[0] ?? 100);
const seconds = Number(Deno.args[1] ?? 60);
const random = new Random("load");

await inFolder(async (folder) => {
  const store = smallStore(folder, people * seconds * 2);
  const server = await startLabelServer(store.path);
  const milliseconds: number[] = [];
  await Promise.all(Array.from({ length: people }, async (_, person) => {
    const own = random.child(person);
    const entered = await fetch(server.linkFor(store.access.invite(store.access.annotator(`person ${person}`))));
    await entered.text();
    const headers = {
      cookie: entered.headers.get("set-cookie")!.split(";")[0],
      origin: server.address,
      "content-type": "application/json",
    };
    const post = async (path: string, body: object) =>
      await (await fetch(server.address + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
    // As a page does, to hear how far the others are.
    const live = await fetch(`${server.address}/api/live`, { headers });
    live.body!.pipeTo(new WritableStream()).catch(() => {});
    const keys: string[] = [];
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, own.uniform(250, 750)));
      if (keys.length < 4) {
        const { items } = await post("/api/take", { keep: keys, count: 12 });
        keys.splice(0, keys.length, ...items.map(({ key }: { key: string }) => key));
      }
      const key = keys.shift();
      if (key === undefined) break;
      const began = performance.now();
      await post("/api/events", { events: [draft(key, "label", { label: own.integer(3) })] });
      milliseconds.push(performance.now() - began);
    }
  }));
  await server.stop();
  const answered = store.decisions().length;
  store.close();
  milliseconds.sort((a, b) => a - b);
  const at = (share: number) => milliseconds[Math.floor(share * (milliseconds.length - 1))].toFixed(1);
  console.log(`${answered} answers of ${people} people in ${seconds} s, each item once`);
  console.log(`acknowledged after ${at(0.5)} ms (median), ${at(0.99)} ms (p99), ${at(1)} ms (longest)`);
});
