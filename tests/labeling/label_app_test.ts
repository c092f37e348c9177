import assert from "node:assert/strict";
import sharp from "sharp";
import type { LabelStore, ProjectOptions } from "curio";
import { openDesk } from "../../lib/labeling/desk.ts";
import { labelApp, type Refusal } from "../../lib/labeling/label_app.ts";
import { openPicturesOnly, renditions } from "../../lib/labeling/renditions.ts";
import { draft, inFolder, paint, smallStore } from "./small_store.ts";

let allowed: Disposable;
Deno.test.beforeAll(() => {
  allowed = openPicturesOnly();
});
Deno.test.afterAll(() => allowed[Symbol.dispose]());

const host = "127.0.0.1:8000";

interface Visitor {
  /** The session's cookie; none for a stranger. */
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: BodyInit | object;
}

interface Site {
  readonly store: LabelStore;
  readonly folder: string;
  readonly refusals: readonly Refusal[];
  visit(path: string, visitor?: Visitor): Promise<Response>;
  /** The cookie of somebody who came in by a link. */
  enter(name: string, role?: "owner" | "annotator"): Promise<string>;
}

/** Runs with the web application over a small store, without a network. */
async function withSite(work: (site: Site) => Promise<void>, count = 3, options: ProjectOptions = {}): Promise<void> {
  await inFolder(async (folder) => {
    const store = smallStore(folder, count, options);
    const refusals: Refusal[] = [];
    const body = { mostBytes: 20_000, seconds: 0.2 };
    const app = labelApp({
      ...{ desk: openDesk(store), images: renditions(), hosts: () => [host], body },
      onRefused: (refusal) => refusals.push(refusal),
    });
    const visit = async (path: string, { cookie, headers, method, body }: Visitor = {}) => {
      const isRaw = body === undefined || typeof body === "string" || body instanceof ReadableStream;
      const writes = body !== undefined || (method !== undefined && method !== "GET");
      return await app.fetch(
        new Request(`http://${host}${path}`, {
          method: method ?? (body === undefined ? "GET" : "POST"),
          headers: {
            host,
            ...cookie !== undefined && { cookie },
            ...writes && { origin: `http://${host}`, "content-type": "application/json" },
            ...headers,
          },
          body: isRaw ? body as BodyInit : JSON.stringify(body),
        }),
      );
    };
    const enter = async (name: string, role: "owner" | "annotator" = "annotator") => {
      const token = store.access.invite(store.access.annotator(name, role));
      const response = await visit(`/?token=${token}`);
      await response.text();
      return response.headers.get("set-cookie")!.split(";")[0];
    };
    try {
      await work({ store, folder, refusals, visit, enter });
    } finally {
      app.close();
      store.close();
    }
  });
}

async function refused(response: Promise<Response>, status: number): Promise<void> {
  const { status: found, headers } = await response;
  assert.equal(found, status);
  assert.match(headers.get("content-security-policy")!, /default-src 'none'/);
  await (await response).body?.cancel();
}

Deno.test("a link opens the page once; its cookie is for this site and no script", async () => {
  await withSite(async ({ store, visit, refusals }) => {
    const token = store.access.invite(store.access.annotator("Anna", "owner"));
    const entered = await visit(`/?token=${token}`);
    assert.equal(entered.status, 200);
    assert.match(entered.headers.get("set-cookie")!, /^curio-[\w-]+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\//);
    await refused(visit(`/?token=${token}`), 401);
    await refused(visit(`/?token=${token.slice(1)}`), 401);
    await refused(visit("/"), 401);
    await refused(visit("/api/project"), 401);
    await refused(visit("/api/project", { cookie: entered.headers.get("set-cookie")!.split(";")[0] + "x" }), 401);
    assert.equal(refusals.length, 5);
    assert.ok(!JSON.stringify(refusals).includes(token), "a log that others read must not let them in");
    assert.equal((await visit("/", { cookie: entered.headers.get("set-cookie")!.split(";")[0] })).status, 200);
  });
});

Deno.test("links cannot be guessed: after twenty wrong ones there is a pause", async () => {
  await withSite(async ({ visit }) => {
    const statuses = [];
    for (let guess = 0; guess < 25; guess++) statuses.push((await visit(`/?token=${guess}`)).status);
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  });
});

Deno.test("requests of other sites, and under other names, are refused even with a session", async () => {
  await withSite(async ({ store, visit, enter }) => {
    const cookie = await enter("Anna", "owner");
    const events = { events: [draft(store.items()[0].key, "label", { label: 0 })] };
    await refused(visit("/api/project", { cookie, headers: { host: "evil.example:8000" } }), 421);
    await refused(visit("/api/events", { cookie, body: events, headers: { origin: "http://evil.example" } }), 403);
    await refused(visit("/api/events", { cookie, body: events, headers: { origin: "null" } }), 403);
    await refused(visit("/api/project", { cookie, headers: { "sec-fetch-site": "cross-site" } }), 403);
    await refused(
      visit("/api/events", { cookie, body: JSON.stringify(events), headers: { "content-type": "text/plain" } }),
      415,
    );
    assert.equal(store.events().length, 0);
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    assert.equal(
      (await visit("/", { cookie, headers: link })).status,
      200,
      "a link in a notebook is from another site",
    );
  });
});

Deno.test("no path, key or size of a request reaches a file", async () => {
  await withSite(async ({ store, folder, visit, enter }) => {
    await paint(folder, 1);
    const cookie = await enter("Anna");
    const [{ key }] = store.items();
    const image = await visit(`/image/${key}/view`, { cookie });
    assert.deepEqual([image.status, image.headers.get("content-type")], [200, "image/jpeg"]);
    const odd = [
      "%2e%2e%2fx",
      "..%2f..%2fetc%2fpasswd",
      "%00",
      "..%5c..%5clabels.sqlite",
      "app.js%00.html",
      "x".repeat(5000),
    ];
    for (const part of odd) {
      for (const path of [`/image/${part}/view`, `/image/${key}/${part}`, `/page/${part}`, `/${part}`]) {
        assert.ok([404, 401].includes((await visit(path, { cookie })).status), path);
      }
    }
    await refused(visit(`/image/${key}/view`), 401);
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      await refused(visit(`/image/${key}/view`, { cookie, method }), 404);
    }
    const events = await visit("/api/events", { cookie, body: { events: [draft("../../etc/passwd", "skip")] } });
    assert.equal((await events.json()).receipts[0].reason, "no such item");
  });
});

Deno.test("images are made anew: no metadata, no SVG, no page, no bomb", async () => {
  await withSite(async ({ store, visit, enter, refusals }) => {
    const cookie = await enter("Anna");
    const [photo, vector, bomb, page] = store.items();
    const pixels = sharp({ create: { width: 2000, height: 1000, channels: 3, background: "red" } });
    await Deno.writeFile(photo.file, await pixels.withExif({ IFD0: { Copyright: "secret place" } }).jpeg().toBuffer());
    await Deno.writeTextFile(
      vector.file,
      `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>`,
    );
    await Deno.writeTextFile(page.file, "<!DOCTYPE html><script>alert(1)</script>");
    // 20,000 × 20,000 pixels of nothing, in 50 KB
    const header = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#000" } }).png().toBuffer();
    header.writeUInt32BE(20_000, 16);
    header.writeUInt32BE(20_000, 20);
    await Deno.writeFile(bomb.file, header);

    const shown = await visit(`/image/${photo.key}/view`, { cookie });
    const bytes = new Uint8Array(await shown.arrayBuffer());
    const { width, exif } = await sharp(bytes).metadata();
    assert.deepEqual([width, exif], [1600, undefined]);
    for (const { key } of [vector, bomb, page]) await refused(visit(`/image/${key}/view`, { cookie }), 422);
    assert.equal(refusals.filter(({ status }) => status === 422).length, 3);
  }, 4);
});

Deno.test("bodies that are too large, too slow, malformed or of another shape are refused, and what came before stays", async () => {
  await withSite(async ({ store, visit, enter }) => {
    const cookie = await enter("Anna");
    const [{ key }] = store.items();
    const answer = await visit("/api/events", { cookie, body: { events: [draft(key, "label", { label: 2 })] } });
    assert.equal((await answer.json()).receipts[0].status, "stored");
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4096).fill(32)) });
    await refused(visit("/api/events", { cookie, body: endless }), 413);
    await refused(visit("/api/events", { cookie, body: "{}", headers: { "content-length": "1000000000" } }), 413);
    await refused(visit("/api/events", { cookie, body: new ReadableStream({}) }), 408);
    for (const body of ["", "{", "[]", `{"events":1}`, `{"events":${"[".repeat(5000)}`, `{"__proto__":{}}`]) {
      await refused(visit("/api/events", { cookie, body }), 400);
    }
    const odd = [{ id: "x" }, null, draft(key, "label"), draft(key, "note", { text: "x".repeat(3000) })];
    const receipts = (await (await visit("/api/events", { cookie, body: { events: odd } })).json()).receipts;
    assert.deepEqual(receipts.map(({ status }: { status: string }) => status), new Array(4).fill("refused"));
    assert.equal(store.events().length, 1);
  });
});

Deno.test("a hostile name, class or note stays what it is", async () => {
  const hostile = `"><img src=x onerror=alert(1)>`;
  await withSite(
    async ({ store, visit, enter }) => {
      const cookie = await enter(hostile);
      store.ask("more", [{ ref: hostile, file: "/nowhere", name: hostile }]);
      const project = await (await visit("/api/project", { cookie })).json();
      assert.deepEqual([project.classNames[0], project.annotator.name], [hostile, hostile]);
      const page = await (await visit("/", { cookie })).text();
      assert.ok(!page.includes("onerror"), "names reach the page as JSON alone");
    },
    1,
    { classNames: [hostile] },
  );
});

Deno.test("annotators can neither invite nor settle; owners can, and what is known to be right is shown to nobody", async () => {
  await withSite(async ({ store, visit, enter }) => {
    const [anna, owner] = [await enter("Anna"), await enter("Olga", "owner")];
    store.ask("known", [{ ref: "gold.png", file: "/nowhere", gold: 2 }]);
    await refused(visit("/api/invite", { cookie: anna, body: { name: "Eve" } }), 403);
    await refused(visit("/api/disagreements", { cookie: anna, body: {} }), 403);
    const { link } = await (await visit("/api/invite", { cookie: owner, body: { name: "Ben" } })).json();
    assert.match(link, /^http:\/\/127\.0\.0\.1:8000\/\?token=[\w-]{43}$/);
    const taken = await (await visit("/api/take", { cookie: anna, body: { keep: [], count: 9 } })).text();
    assert.ok(!taken.includes('gold":'));
  });
});

Deno.test("the grid gets what looks most like the first image, and nothing that the model takes for another class", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 3);
    const facts = [[7, 0], [1, 0], [6, 1], [9, 0], [8, 0]];
    store.ask("round 1", facts.map(([likeness, guess]) => ({ ref: `${likeness}`, file: "/nowhere", likeness, guess })));
    const taken = await openDesk(store).take(store.access.annotator("Anna"), { keep: [], count: 3, alike: true });
    assert.deepEqual(taken.map(({ name }) => name), ["7", "8", "9"]);
    store.close();
  });
});

Deno.test("two people disagree, the owner settles it, and everybody hears how far the work is", async () => {
  await withSite(
    async ({ store, visit, enter }) => {
      const people = [await enter("Anna"), await enter("Ben")];
      const owner = await enter("Olga", "owner");
      for (const [label, cookie] of people.entries()) {
        const { items } = await (await visit("/api/take", { cookie, body: { keep: [], count: 2 } })).json();
        await visit("/api/events", { cookie, body: { events: [draft(items[0].key, "label", { label })] } });
      }
      const { votes } = await (await visit("/api/disagreements", { cookie: owner, body: {} })).json();
      assert.deepEqual(votes[0].votes, [[0, 1], [1, 1]]);
      const verdict = draft(votes[0].item.key, "adjudicate", { label: 1 });
      const { status } = await (await visit("/api/events", { cookie: owner, body: { events: [verdict] } })).json();
      assert.deepEqual([status.done, status.total, status.agreement.items], [1, 3, 1]);
      assert.equal((await (await visit("/api/disagreements", { cookie: owner, body: {} })).json()).open, 0);
      assert.equal(store.verdicts()[0].label, 1);

      const live = (await visit("/api/live", { cookie: owner })).body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("\n\ndata: ")) text += (await live.read()).value;
      assert.equal(JSON.parse(text.split("data: ")[1].split("\n")[0]).done, 1);
      await live.cancel();
    },
    3,
    { overlap: 2 },
  );
});
