import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type LabelServer, type LabelStore, openLabelStore, type ProjectOptions, startLabelServer } from "curio";
import { chromiumPath, openBrowser, withoutBrowser } from "./browser.ts";
import { draft, inFolder, paint } from "./small_store.ts";

// The page in a real browser against the real server, each in a process of its own.

interface Scene {
  readonly store: LabelStore;
  readonly server: LabelServer;
  readonly browser: Browser;
  /** A page of its own for somebody, come in by a link. */
  open(name: string, options?: Parameters<Browser["newContext"]>[0]): Promise<Page>;
}

async function scene(
  { count, ...options }: ProjectOptions & { readonly count: number },
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await paint(folder, Math.min(count, 12));
    const store = openLabelStore(join(folder, "labels.sqlite"), { classNames: ["cat", "dog", "fox"], ...options });
    store.ask(
      "a look",
      Array.from({ length: count }, (_, index) => ({
        ref: `${index}.png`,
        file: join(folder, `${index % 12}.png`),
      })),
    );
    const server = await startLabelServer(store.path);
    const browser = await openBrowser();
    const faults: string[] = [];
    const open = async (name: string, settings: Parameters<Browser["newContext"]>[0] = {}) => {
      const page = await (await browser.newContext(settings)).newPage();
      page.on("pageerror", ({ message }) => faults.push(message));
      await page.goto(
        server.linkFor(store.access.invite(store.access.annotator(name, name === "me" ? "owner" : "annotator"))),
      );
      await page.locator("#picture img").waitFor();
      return page;
    };
    try {
      await play({ store, server, browser, open });
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await server.stop();
      store.close();
    }
  });
}

const named = (page: Page) => page.locator("#name").textContent();
/** The name of the image on the stage, once there is one. */
async function nextName(page: Page): Promise<string> {
  const read = () =>
    document.querySelector("#finished")?.hasAttribute("hidden") && document.querySelector("#name")?.textContent;
  return await page.evaluate(read) || await (await page.waitForFunction(read, null, { timeout: 90_000 })).jsonValue() ||
    "";
}

const answersIn = (store: LabelStore) => store.decisions().filter(({ kind }) => kind === "label");

/** Waits until something is so. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never came: ${what}`);
}

function pageTest(name: string, run: () => Promise<void>): void {
  // What a browser's process leaves open is its own affair.
  const loose = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name: name + withoutBrowser, ignore: chromiumPath === undefined, fn: run, ...loose });
}

pageTest("200 images are labelled by keyboard, three are taken back, and a reload in between loses none", async () => {
  await scene({ count: 200 }, async ({ store, open }) => {
    const page = await open("me");
    const seen = new Map<string, number>();
    for (let presses = 0; seen.size < 200; presses++) {
      const name = await nextName(page);
      assert.ok(!seen.has(name), `${name} came twice`);
      seen.set(name, presses % 3);
      await page.keyboard.press(`${presses % 3 + 1}`);
      if (presses === 60) {
        for (const last of [...seen.keys()].slice(-3).reverse()) {
          await page.keyboard.press("Backspace");
          await page.waitForFunction((last) => document.querySelector("#name")?.textContent === last, last);
          seen.delete(last);
        }
      }
      if (presses === 120) {
        await page.reload();
        await page.locator("#picture img").waitFor();
      }
    }
    await until(() => answersIn(store).length === 200, "all answers");
    const labels = new Map(store.items().map(({ id, name }) => [id, seen.get(name)]));
    assert.ok(answersIn(store).every(({ item, label }) => labels.get(item) === label));
    assert.equal(store.events().length, 200 + 3 + 3);
    await page.locator("#finished-title", { hasText: "All done" }).waitFor();
  });
});

pageTest("a killed server, and a lost network, lose no answer and count none twice", async () => {
  await scene({ count: 40 }, async ({ store, server, open }) => {
    const page = await open("me");
    let killed = 0;
    for (let done = 0; done < 40; done++) {
      if (done % 10 === 9) {
        await until(() => server.pid !== killed, "a server in the place of the one that was killed");
        Deno.kill(killed = server.pid, "SIGKILL");
      }
      if (done === 2) await page.context().setOffline(true);
      await nextName(page);
      await page.keyboard.press("2");
      if (done === 6) {
        await page.locator("#network:not([hidden])").waitFor();
        assert.match((await page.locator("#network").textContent())!, /Offline: \d+ answers? kept here/);
        await page.context().setOffline(false);
      }
    }
    await until(() => answersIn(store).length === 40, "all answers");
    assert.equal(store.events().length, 40);
    assert.equal(new Set(store.events().map(({ item }) => item)).size, 40);
  });
});

pageTest("two browsers and ten people without one share the work, each item once", async () => {
  await scene({ count: 60 }, async ({ store, server, open }) => {
    const pages = await Promise.all([open("me"), open("Ben")]);
    const robots = Array.from({ length: 10 }, async (_, robot) => {
      const token = store.access.invite(store.access.annotator(`robot ${robot}`));
      const entered = await fetch(server.linkFor(token));
      await entered.text();
      const headers = {
        cookie: entered.headers.get("set-cookie")!.split(";")[0],
        origin: server.address,
        "content-type": "application/json",
      };
      const ask = async (path: string, body: object) =>
        await (await fetch(server.address + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
      for (let round = 0; round < 3; round++) {
        const { items } = await ask("/api/take", { keep: [], count: 1 });
        for (const { key } of items) await ask("/api/events", { events: [draft(key, "label", { label: 0 })] });
      }
      await ask("/api/take", { keep: ["none"], count: 1 });
    });
    await Promise.all(robots);
    await Promise.all(pages.map(async (page) => {
      for (let presses = 0; presses < 12; presses++) {
        await nextName(page);
        await page.keyboard.press("1");
      }
    }));
    await until(() => answersIn(store).length === 54, "54 answers");
    const items = answersIn(store).map(({ item }) => item);
    assert.equal(new Set(items).size, items.length, "overlap is 1: nobody does what another did");
  });
});

pageTest("the grid answers a screen at once and gives it all back in one step", async () => {
  await scene({ count: 40 }, async ({ store, open }) => {
    const page = await open("me");
    await page.keyboard.press("Shift+G");
    await page.locator("#grid button").nth(23).waitFor();
    await page.locator("#grid button").nth(2).click();
    await page.keyboard.press("3");
    await until(() => answersIn(store).length === 23, "a screen without one");
    await page.keyboard.press("Backspace");
    await until(() => answersIn(store).length === 0, "nothing again");
  });
});

pageTest("a browser without room says so and goes no further; what it cannot keep is not counted as done", async () => {
  await scene({ count: 5 }, async ({ store, open }) => {
    const page = await open("me");
    const first = await nextName(page);
    await page.evaluate(() => {
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = () => {
        Storage.prototype.setItem = setItem;
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await page.keyboard.press("1");
    await page.locator("#toast", { hasText: "no room" }).waitFor();
    assert.equal(await named(page), first);
    await page.keyboard.press("2");
    await until(() => answersIn(store).length === 1, "the answer that there was room for");
    assert.equal(answersIn(store)[0].label, 1);
  });
});

pageTest("skip, not sure, flag and note; what was skipped is asked again at the end", async () => {
  await scene({ count: 3 }, async ({ store, open }) => {
    const page = await open("me");
    const skipped = await named(page);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+F");
    await page.keyboard.press("Shift+N");
    await page.locator("#note-text").fill("1 <b>2");
    await page.locator("#note-form .primary").click();
    await page.keyboard.press("Shift+U");
    await page.keyboard.press("1");
    await page.getByRole("button", { name: "Look at them again" }).click();
    await page.locator("#picture img").waitFor();
    assert.equal(await named(page), skipped);
    await page.keyboard.press("2");
    await until(() => store.decisions().length === 3 && answersIn(store).length === 2, "all answers");
    assert.deepEqual(store.remarks().map(({ kind, text }) => text ?? kind).sort(), ["1 <b>2", "flag"]);
    assert.equal(store.decisions().filter(({ kind }) => kind === "unsure").length, 1);
  });
});

pageTest("257 classes are found by name; a hostile one stays text", async () => {
  const hostile = `<img src=x onerror="document.title='broken'">`;
  const classNames = [hostile, ...Array.from({ length: 256 }, (_, index) => `kind ${index}`)];
  await scene({ count: 5, classNames, title: hostile }, async ({ store, open }) => {
    const page = await open("me");
    await page.keyboard.press("/");
    await page.keyboard.type("nd 25");
    await page.keyboard.press("Enter");
    await until(() => answersIn(store).length === 1, "an answer");
    assert.equal(classNames[answersIn(store)[0].label!], "kind 25");
    assert.equal(await page.locator("#title").textContent(), hostile);
    assert.equal(await page.title(), `${hostile} – Curio`);
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  pageTest(`axe finds nothing serious on the ${colorScheme} page, its grid and its dialogs`, async () => {
    const axe = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));
    await scene({ count: 30 }, async ({ browser, open }) => {
      const page = await open("me", { colorScheme, bypassCSP: true });
      const check = async (where: string) => {
        const found = await page.evaluate(async (source) => {
          if (!("axe" in globalThis)) globalThis.eval(source);
          const { violations } =
            await (Reflect.get(globalThis, "axe") as { run(): Promise<{ violations: Violation[] }> }).run();
          return violations;
          interface Violation {
            id: string;
            impact: string;
            nodes: { html: string }[];
          }
        }, axe);
        const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
        assert.deepEqual(serious.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0].html}`), []);
      };
      await check("page");
      await page.keyboard.press("?");
      await check("help");
      await page.keyboard.press("Escape");
      await page.locator("#open-people").click();
      await check("people");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Shift+G");
      await page.locator("#grid button").first().waitFor();
      await check("grid");
      await browser.close();
    });
  });
}
