import { setTimeout as delay } from "node:timers/promises";
import { type Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import type { Annotator } from "./access.ts";
import { type Desk, summarySeconds } from "./desk.ts";
import { draftSchema } from "./label_event.ts";
import type { StoredItem } from "./label_store.ts";
import { pageFiles } from "./page_files.ts";
import { rateLimit } from "./rate_limit.ts";
import { readJson, type ReadJsonOptions, RefusedError } from "./read_json.ts";
import { type Renditions, sizes, UnreadableImageError } from "./renditions.ts";

/** What the web application stands on. */
export interface LabelAppOptions {
  readonly desk: Desk;
  readonly images: Renditions;
  /** Hosts (`name:port`) by which the page may be called; every other is refused, against DNS rebinding. */
  readonly hosts: () => readonly string[];
  /** Told of every request that was refused. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** How large bodies may be and how long they may take; 512 KiB and 10 s by default. */
  readonly body?: ReadJsonOptions;
}

/** A request that was refused. */
export interface Refusal {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: number;
  readonly method: string;
  /** The path without its query, which may hold a token. */
  readonly path: string;
  readonly reason: string;
}

/** The web application, and how it is told that something has changed. */
export interface LabelApp {
  fetch(request: Request): Response | Promise<Response>;
  /** Sends the state of things to everybody who listens. */
  changed(): void;
  /** Ends all that is still open. */
  close(): void;
}

type Variables = { Variables: { annotator: Annotator } };

const headers = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
};

const takeSchema = z.object({
  keep: z.array(z.string().max(64)).max(200),
  count: z.int().min(1).max(60),
  alike: z.boolean().default(false),
});
const eventsSchema = z.object({ events: z.array(z.unknown()).max(200) });
const historySchema = z.object({ before: z.int().positive().optional() });
const inviteSchema = z.object({ name: z.string().trim().min(1).max(80) });

/** A page that hears how far the work is. */
interface Listener {
  readonly annotator: Annotator;
  send(text: string): void;
  end(): void;
}

/** Pages of one person that hear what is new. */
const mostPages = 20;

/** Serves the page, the images, and what the page says. All that it knows of a request's path are fixed words and keys. */
export function labelApp(
  { desk, images, hosts, onRefused = () => {}, body = { mostBytes: 512 * 1024, seconds: 10 } }: LabelAppOptions,
): LabelApp {
  const { store } = desk;
  const { access, project } = store;
  const files = pageFiles();
  const cookie = `curio-${store.key.slice(0, 12)}`;
  const strangers = rateLimit({ perSecond: 0.5, burst: 20 });
  const requests = rateLimit({ perSecond: 100, burst: 400 });
  const writes = rateLimit({ perSecond: 50, burst: 1000 });
  const listeners = new Set<Listener>();
  const app = new Hono<Variables>();

  app.use(async (context, next) => {
    const { req } = context;
    const host = req.header("host") ?? "";
    if (!hosts().includes(host)) throw new RefusedError(421, "This page is not served under that name.");
    const site = req.header("sec-fetch-site");
    const isLink = req.method === "GET" && req.path === "/" && req.header("sec-fetch-mode") === "navigate";
    if (site !== undefined && site !== "same-origin" && site !== "none" && !isLink) {
      throw new RefusedError(403, "Requests from other sites are not answered.");
    }
    if (req.method !== "GET" && req.header("origin") !== `http://${host}`) {
      throw new RefusedError(403, "Changes are accepted from the page itself only.");
    }
    await next();
    for (const [name, value] of Object.entries(headers)) {
      if (!(name === "cache-control" && context.res.headers.has(name))) context.res.headers.set(name, value);
    }
  });

  function annotatorOf(context: Context): Annotator | undefined {
    const secret = getCookie(context, cookie);
    return secret === undefined ? undefined : access.session(secret);
  }

  app.get("/page/:name", (context) => {
    const file = files.get(context.req.param("name"));
    if (file === undefined) throw new RefusedError(404, "There is no such file.");
    return context.body(file.bytes, 200, { "content-type": file.type, "cache-control": "no-cache" });
  });

  app.get("/", (context) => {
    const token = context.req.query("token");
    if (token !== undefined) {
      const secret = access.redeem(token);
      if (secret !== undefined) {
        context.header("set-cookie", `${cookie}=${secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000`);
        // A redirect would still count as coming from the other site, and the cookie would not be sent with it.
        return html(context, "enter.html", 200);
      }
      if (!strangers("tokens")) throw new RefusedError(429, "Too many wrong links were tried. Wait a minute.");
      onRefused(refusalOf(context, 401, "a token that is wrong or was used"));
    }
    if (annotatorOf(context) !== undefined) {
      return html(context, token === undefined ? "index.html" : "enter.html", 200);
    }
    if (token === undefined) onRefused(refusalOf(context, 401, "no session"));
    return html(context, "closed.html", 401);
  });

  function html(context: Context, name: string, status: 200 | 401): Response {
    return context.body(files.get(name)!.bytes, status, { "content-type": "text/html; charset=utf-8" });
  }

  const inside = new Hono<Variables>();
  inside.use(async (context, next) => {
    const annotator = annotatorOf(context);
    if (annotator === undefined) throw new RefusedError(401, "Open the link that was given to you.");
    if (!requests(`${annotator.id}`)) throw new RefusedError(429, "Too many requests. Wait a moment.");
    context.set("annotator", annotator);
    await next();
  });

  inside.get("/image/:key/:size", async (context) => {
    const item = store.item(context.req.param("key"));
    const size = context.req.param("size");
    if (item === undefined || !isSize(size)) throw new RefusedError(404, "There is no such image.");
    const { type, bytes } = await images.get(item.file, size);
    return context.body(bytes, 200, { "content-type": type, "cache-control": "private, max-age=86400, immutable" });
  });

  inside.get("/api/project", (context) => {
    const { name, role, id } = context.get("annotator");
    return context.json({ ...project, key: store.key, annotator: { id, name, role } });
  });

  inside.post("/api/take", async (context) => {
    const wish = await readJson(context.req.raw, takeSchema, body);
    const items = await desk.take(context.get("annotator"), wish);
    // By the time these are looked at, something of them is ready.
    for (const { file } of items) images.prepare(file, "thumb");
    return context.json({ items: items.map(shown), status: desk.status(context.get("annotator").role) });
  });

  inside.post("/api/events", async (context) => {
    const annotator = context.get("annotator");
    const { events } = await readJson(context.req.raw, eventsSchema, body);
    if (!writes(`${annotator.id}`, events.length)) {
      throw new RefusedError(429, "Too many answers at once. Wait a moment.");
    }
    // One that cannot be read must not keep the others waiting.
    const parsed = events.map((event) => draftSchema.safeParse(event));
    const drafts = parsed.flatMap(({ data }) => data ?? []);
    const receipts = drafts.length > 0 ? await desk.record(annotator, drafts) : [];
    const refused = parsed.flatMap(({ error }, index) => {
      const id = Reflect.get(Object(events[index]), "id");
      return error === undefined ? [] : [{ id: String(id), status: "refused", reason: error.issues[0].message }];
    });
    for (const { reason } of [...receipts, ...refused].filter(({ status }) => status === "refused")) {
      onRefused(refusalOf(context, 200, `an event: ${reason}`));
    }
    if (receipts.some(({ status }) => status === "stored")) changed();
    return context.json({ receipts: [...receipts, ...refused], status: desk.status(annotator.role) });
  });

  inside.post("/api/history", async (context) => {
    const { before = Number.MAX_SAFE_INTEGER } = await readJson(context.req.raw, historySchema, body);
    const events = store.standing(context.get("annotator").id, { before, limit: 100 });
    return context.json({
      events: events.map(({ id, seq, kind, label, item }) => ({
        id,
        seq,
        kind,
        label,
        item: shown(desk.itemById(item)),
      })),
    });
  });

  inside.post("/api/disagreements", (context) => {
    ownersOnly(context.get("annotator"));
    const open = desk.disagreements();
    const votes = open.slice(0, 50).map(({ item, votes }) => ({ item: shown(desk.itemById(item)), votes: [...votes] }));
    return context.json({ open: open.length, votes });
  });

  inside.post("/api/invite", async (context) => {
    ownersOnly(context.get("annotator"));
    const { name } = await readJson(context.req.raw, inviteSchema, body);
    return context.json({
      name,
      link: `http://${context.req.header("host")}/?token=${access.invite(access.annotator(name))}`,
    });
  });

  inside.get("/api/live", (context) => {
    const annotator = context.get("annotator");
    if ([...listeners].filter((one) => one.annotator.id === annotator.id).length >= mostPages) {
      throw new RefusedError(503, "Too many of your pages are open.");
    }
    const encoder = new TextEncoder();
    let listener: Listener;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (text: string) => {
          // Somebody who does not read gets nothing more, and the page asks anew.
          if ((controller.desiredSize ?? 0) < -64) return;
          controller.enqueue(encoder.encode(text));
        };
        const heart = setInterval(() => send(": still here\n\n"), 15_000);
        listener = {
          annotator,
          send,
          end() {
            clearInterval(heart);
            if (listeners.delete(listener)) controller.close();
          },
        };
        listeners.add(listener);
        send("retry: 1000\n\n");
        send(news(annotator.role));
      },
      cancel() {
        listeners.delete(listener);
        listener.end();
      },
    });
    return context.body(stream, 200, { "content-type": "text/event-stream" });
  });

  app.route("/", inside);
  app.notFound(() => {
    throw new RefusedError(404, "There is nothing here.");
  });
  app.onError((error, context) => {
    const status = statusOf(error);
    const reason = status === 500 ? `an error of the server: ${error.stack}` : error.message;
    onRefused(refusalOf(context, status, reason));
    const said = status === 500 ? "Something went wrong here; it is in the server's log." : error.message;
    return context.json({ error: said }, status, headers);
  });

  const news = (role: Annotator["role"]) => `data: ${JSON.stringify(desk.status(role))}\n\n`;
  /** A few at a time: whoever answers meanwhile is not kept waiting. */
  async function tellAll(): Promise<void> {
    const said = { owner: news("owner"), annotator: news("annotator") };
    for (const [place, listener] of [...listeners].entries()) {
      if (place % 10 === 9) await delay(10);
      if (listeners.has(listener)) listener.send(said[listener.annotator.role]);
    }
  }
  let due: ReturnType<typeof setTimeout> | undefined, last: ReturnType<typeof setTimeout> | undefined;
  /** At most four times a second, once a second to a hundred pages: their answers must not be as many messages to each. */
  function changed(): void {
    due ??= setTimeout(() => {
      due = undefined;
      tellAll();
    }, Math.max(250, 10 * listeners.size));
    clearTimeout(last);
    last = setTimeout(tellAll, 1000 * summarySeconds + 250);
  }

  return {
    fetch: (request) => app.fetch(request),
    changed,
    close() {
      clearTimeout(due);
      clearTimeout(last);
      for (const { end } of listeners) end();
    },
  };

  /** What the page may know of an item: not where it lies, and nothing of what is known to be right. */
  function shown({ key, name, why, guess, confidence }: StoredItem) {
    return { key, name, why, guess, confidence };
  }
}

function ownersOnly({ role }: Annotator): void {
  if (role !== "owner") throw new RefusedError(403, "Only the owner of the project can do that.");
}

function isSize(text: string): text is keyof typeof sizes {
  return Object.hasOwn(sizes, text);
}

function statusOf(error: Error) {
  if (error instanceof RefusedError) return error.status;
  if (error instanceof UnreadableImageError) return 422;
  return error instanceof HTTPException ? 400 : 500;
}

function refusalOf({ req }: Context, status: number, reason: string): Refusal {
  return { at: Date.now(), status, method: req.method, path: req.path.slice(0, 200), reason };
}
