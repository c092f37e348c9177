import assert from "node:assert/strict";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { type LabelServer, type LabelStore, startLabelServer } from "curio";
import { draft, inFolder, paint, smallStore } from "./small_store.ts";

// What only shows on a real socket, against the server in its own process.

interface Target {
  readonly store: LabelStore;
  readonly folder: string;
  readonly server: LabelServer;
  /** Headers of somebody who came in by a link. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the server noted of refused requests. */
  refusals(): Promise<{ readonly status: number; readonly path: string; readonly reason: string }[]>;
  /** Memory of the server's process, in MB. */
  memory(): number;
}

async function withServer(count: number, attack: (target: Target) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await paint(folder, 1);
    const store = smallStore(folder, count);
    const server = await startLabelServer(store.path);
    try {
      const entered = await fetch(server.linkFor(store.access.invite(store.access.annotator("me", "owner"))));
      await entered.text();
      const cookie = entered.headers.get("set-cookie")!.split(";")[0];
      const headers = { cookie, origin: server.address, "content-type": "application/json" };
      const memory = () =>
        Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${server.pid}/status`))![1]) / 1024;
      const refusals = async () =>
        (await Deno.readTextFile(`${store.path}.log`)).trim().split("\n").map((line) => JSON.parse(line));
      await attack({ store, folder, server, headers, refusals, memory });
      // Whatever was tried: who labels goes on.
      const [{ key }] = store.items();
      const body = JSON.stringify({ events: [draft(key, "label", { label: 1 })] });
      const answer = await fetch(`${server.address}/api/events`, { method: "POST", headers, body });
      assert.equal((await answer.json()).receipts[0].status, "stored");
    } finally {
      await server.stop();
      store.close();
    }
  });
}

/** Sends bytes as they are; what came back before the server hung up. */
async function raw(server: LabelServer, send: (connection: Deno.TcpConn) => Promise<void>): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(server.address).port) });
  try {
    // A server that has said no may hang up while it is still being written to.
    await send(connection).catch(() => {});
    const bytes = new Uint8Array(65_536);
    const length = await connection.read(bytes).catch(() => null);
    return new TextDecoder().decode(bytes.subarray(0, length ?? 0));
  } finally {
    connection.close();
  }
}

function head(server: LabelServer, headers: Readonly<Record<string, string>>, length: string): Uint8Array {
  const lines = Object.entries({ ...headers, host: new URL(server.address).host }).map(([name, value]) =>
    `${name}: ${value}`
  );
  return new TextEncoder().encode(`POST /api/events HTTP/1.1\r\n${lines.join("\r\n")}\r\n${length}\r\n\r\n`);
}

Deno.test({
  name: "a body of 1 GB, announced or sent in pieces, is refused and logged, and takes no memory",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withServer(1, async ({ server, headers, refusals, memory }) => {
      const before = memory();
      const announced = await raw(server, async (connection) => {
        await connection.write(head(server, headers, "content-length: 1000000000"));
      });
      assert.match(announced, /^HTTP\/1.1 413 /);
      let sent = 0;
      const piece = new TextEncoder().encode(`10000\r\n${" ".repeat(0x10000)}\r\n`);
      const chunked = await raw(server, async (connection) => {
        await connection.write(head(server, headers, "transfer-encoding: chunked"));
        for (; sent < 1e9; sent += piece.length) await connection.write(piece);
      });
      assert.ok(chunked === "" || chunked.startsWith("HTTP/1.1 413 "), chunked.slice(0, 60));
      assert.ok(sent < 100e6, `${sent} bytes were taken`);
      assert.deepEqual((await refusals()).map(({ status, path }) => [status, path]), [
        [413, "/api/events"],
        [413, "/api/events"],
      ]);
      assert.ok(memory() - before < 150, `${memory() - before} MB more`);
    }),
});

Deno.test("two hundred clients that send and read nothing keep nobody waiting", async () => {
  await withServer(1, async ({ server, headers }) => {
    const port = Number(new URL(server.address).port);
    const slow = await Promise.all(Array.from({ length: 200 }, async (_, client) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const whole = head(server, headers, "content-length: 100");
      // Half of them stop in the middle of the headers, the others before the body.
      await connection.write(client % 2 === 0 ? whole.subarray(0, 40) : whole);
      return connection;
    }));
    try {
      const page = await fetch(`${server.address}/api/project`, { headers, signal: AbortSignal.timeout(20_000) });
      assert.equal((await page.json()).title, "Labels");
    } finally {
      for (const connection of slow) connection.close();
    }
  });
});

Deno.test({
  name: "bombs among the photos are refused one by one, and take no memory",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withServer(4, async ({ store, folder, server, headers, refusals, memory }) => {
      const before = memory();
      const [, wide, metadata, vector] = store.items();
      // A real one: 20,000 × 20,000 pixels of one colour in 50 KB.
      const size = new Uint8Array(13);
      new DataView(size.buffer).setUint32(0, 20_000);
      new DataView(size.buffer).setUint32(4, 20_000);
      size[8] = 1; // bit a pixel
      const pixels = deflateSync(new Uint8Array(20_000 * (1 + 2500)));
      const chunks = [...chunk("IHDR", size), ...chunk("IDAT", pixels), ...chunk("IEND", new Uint8Array())];
      await Deno.writeFile(wide.file, new Uint8Array([...signature, ...chunks]));
      // 100 MB of spaces, deflated, as text beside the pixels
      const text = new Uint8Array([
        ...new TextEncoder().encode("bomb\0\0"),
        ...deflateSync(new Uint8Array(100e6).fill(32)),
      ]);
      const png = await Deno.readFile(join(folder, "0.png"));
      // behind the signature and the header
      await Deno.writeFile(
        metadata.file,
        new Uint8Array([...png.subarray(0, 33), ...chunk("zTXt", text), ...png.subarray(33)]),
      );
      await Deno.writeTextFile(
        vector.file,
        `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${"b".repeat(1000)}">]>${"&a;".repeat(9)}`,
      );
      for (const [key, statuses] of [[wide.key, [422]], [metadata.key, [200, 422]], [vector.key, [422]]] as const) {
        const response = await fetch(`${server.address}/image/${key}/view`, { headers });
        await response.body?.cancel();
        assert.ok((statuses as readonly number[]).includes(response.status), `${response.status}`);
      }
      assert.ok((await refusals()).filter(({ status }) => status === 422).length >= 2);
      assert.ok(memory() - before < 400, `${memory() - before} MB more`);
    }),
});

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A part of a PNG file. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = new Uint8Array([...new TextEncoder().encode(type), ...data]);
  const bytes = new Uint8Array(named.length + 8);
  bytes.set(named, 4);
  new DataView(bytes.buffer).setUint32(0, data.length);
  new DataView(bytes.buffer).setUint32(4 + named.length, crc32(named));
  return bytes;
}
