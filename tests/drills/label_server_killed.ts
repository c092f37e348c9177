/**
 * Kills the server of labels with SIGKILL again and again while somebody clicks at random, and checks that every answer
 * that was acknowledged is in the store, and none of them twice:
 *
 *     deno run -A tests/drills/label_server_killed.ts [KILLS]
 *
 * @module
 */
import assert from "node:assert/strict";
import { openLabelStore, Random, startLabelServer } from "curio";
import { draft, inFolder, smallStore } from "../labeling/small_store.ts";

const kills = Number(Deno.args[0] ?? 50);
const random = new Random("kills");

await inFolder(async (folder) => {
  const store = smallStore(folder, 20_000);
  const server = await startLabelServer(store.path);
  const entered = await fetch(server.linkFor(store.access.invite(store.access.annotator("me", "owner"))));
  await entered.text();
  const headers = {
    cookie: entered.headers.get("set-cookie")!.split(";")[0],
    origin: server.address,
    "content-type": "application/json",
  };
  const keys = store.items().map(({ key }) => key);
  const acknowledged = new Set<string>();
  let done = false;

  async function click(): Promise<void> {
    while (!done) {
      const events = [draft(keys[random.integer(keys.length)], "label", { label: random.integer(3) })];
      // As the page does: the same event again until the server has said what became of it.
      while (!acknowledged.has(events[0].id)) {
        try {
          const body = JSON.stringify({ events });
          const response = await fetch(`${server.address}/api/events`, { method: "POST", headers, body });
          const { receipts } = await response.json();
          assert.notEqual(receipts?.[0]?.status, "refused");
          if (receipts !== undefined) acknowledged.add(receipts[0].id);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
  }

  const clicking = Array.from({ length: 4 }, click);
  for (let kill = 1; kill <= kills; kill++) {
    const before = acknowledged.size;
    const wanted = before + 1 + random.integer(30);
    while (acknowledged.size < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    Deno.kill(server.pid, "SIGKILL");
    console.log(`kill ${kill} of ${kills}: ${acknowledged.size} answers acknowledged`);
  }
  done = true;
  await Promise.all(clicking);
  await server.stop();
  store.close();

  const again = openLabelStore(store.path);
  const kept = again.events().map(({ id }) => id);
  again.close();
  assert.equal(new Set(kept).size, kept.length, "an answer was kept twice");
  assert.deepEqual([...acknowledged].filter((id) => !kept.includes(id)), [], "an acknowledged answer is missing");
  console.log(`${acknowledged.size} answers acknowledged, all kept, none twice, over ${kills} kills`);
});
