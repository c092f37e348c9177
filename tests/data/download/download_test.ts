import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { download, DownloadError, type DownloadOptions, type ProgressEvent } from "curio";
import { type Behaviour, type HostileServer, hostileServer, serve, silence, status } from "./hostile_server.ts";

const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) >> 3);
const bytes = content.length;
const sha256 = createHash("sha256").update(content).digest("hex");
const others = content.map((byte) => 255 - byte);

/** Quick enough for tests. */
const haste = { bytes, sha256, patience: 0.001 } satisfies Partial<DownloadOptions>;

/** Long enough for a busy machine to answer, short enough to wait for. */
const stallSeconds = 1;

async function withFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "cache", "file.bin"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Downloads from the servers in turn; checks that the file is the right one, and alone. */
async function assertDownloads(path: string, servers: HostileServer[], options: Partial<DownloadOptions> = {}) {
  await download(path, { ...haste, ...options, addresses: servers.map(({ address }) => address) });
  assert.deepEqual(await Deno.readFile(path), content);
  assert.deepEqual(namesBeside(path), ["file.bin"]);
}

const namesBeside = (path: string) => [...Deno.readDirSync(dirname(path))].map(({ name }) => name).sort();

const rangesOf = ({ requests }: HostileServer) => requests.map(({ headers }) => headers.get("range"));

Deno.test("download() fetches a file into a folder that it makes, and says how far it is", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content));
    const events: ProgressEvent[] = [];
    await assertDownloads(path, [server], { onProgress: (event) => events.push(event) });
    assert.deepEqual(events[0], { kind: "begin", task: "file.bin", total: bytes, unit: "bytes" });
    assert.deepEqual(events.at(-2), { kind: "advance", task: "file.bin", done: bytes, total: bytes });
    assert.ok(events.at(-1)?.kind === "finish");
    assert.equal(server.requests[0].headers.get("accept-encoding"), "identity");
  });
});

Deno.test("download() asks nobody for a file that is already right, and replaces one that is not", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content));
    await assertDownloads(path, [server]);
    await assertDownloads(path, [server]);
    assert.equal(server.requests.length, 1);
    await Deno.writeFile(path, others);
    await assertDownloads(path, [server]);
    assert.equal(server.requests.length, 2);
  });
});

Deno.test("download() goes on where a cut connection left off, by Range and If-Range", async () => {
  await withFolder(async (path) => {
    const etag = '"one"';
    await using server = hostileServer(
      serve(content, { etag, cutAfter: 100_000 }),
      serve(content, { etag, cutAfter: 50_000 }),
      serve(content, { etag }),
    );
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-", "bytes=150000-"]);
    assert.equal(server.requests[2].headers.get("if-range"), etag);
  });
});

Deno.test("download() starts over when the server ignores ranges", async () => {
  await withFolder(async (path) => {
    const ranges = "ignore";
    await using server = hostileServer(serve(content, { ranges, cutAfter: 100_000 }), serve(content, { ranges }));
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-"]);
  });
});

Deno.test("download() starts over when the file has changed between two tries", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(
      serve(others, { etag: '"old"', cutAfter: 100_000 }),
      serve(content, { etag: '"new"' }),
    );
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-"]);
  });
});

Deno.test("download() starts over when a server mends old bytes with new ones", async () => {
  await withFolder(async (path) => {
    const ranges = "careless";
    await using server = hostileServer(serve(others, { ranges, cutAfter: 100_000 }), serve(content, { ranges }));
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-", null]);
  });
});

Deno.test("download() lets a mirror finish what the canonical address began, when there is a sum to check", async () => {
  await withFolder(async (path) => {
    await using first = hostileServer(serve(content, { cutAfter: 100_000 }), status(404));
    await using mirror = hostileServer(serve(content));
    await assertDownloads(path, [first, mirror]);
    assert.deepEqual(rangesOf(mirror), ["bytes=100000-"]);
  });
});

Deno.test("download() does not go on from bytes that nothing vouches for", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(others, { cutAfter: 100_000 }), serve(content));
    await assertDownloads(path, [server], { sha256: undefined });
    assert.deepEqual(rangesOf(server), [null, null]);
  });
});

Deno.test("download() starts over when the server has less than what is there (416)", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content, { cutAfter: 100_000 }), status(416), serve(content));
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-", null]);
  });
});

Deno.test("download() takes the next address at once after 404, or when nobody is there", async () => {
  await withFolder(async (path) => {
    await using missing = hostileServer(status(404));
    const gone = hostileServer(status(404));
    await gone[Symbol.asyncDispose]();
    await using mirror = hostileServer(serve(content));
    await assertDownloads(path, [missing, gone, mirror]);
    assert.equal(missing.requests.length, 1);
    const hopeless = { ...haste, addresses: ["http://nowhere.invalid/file.bin", "http://127.0.0.1:1/", "no address"] };
    await assert.rejects(download(`${path}.other`, hopeless), (error) => {
      assert.ok(error instanceof DownloadError);
      assert.match(error.failures[0].reason, /^cannot be reached \(dns error/);
      assert.match(error.failures[1].reason, /^cannot be asked/);
      assert.match(error.failures[2].reason, /^cannot be asked/);
      return true;
    });
  });
});

Deno.test("download() tries again after 500 and 429", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(status(500), status(429), serve(content));
    await assertDownloads(path, [server]);
    assert.equal(server.requests.length, 3);
  });
});

Deno.test("download() deletes wrong bytes and takes the next address", async () => {
  await withFolder(async (path) => {
    await using liar = hostileServer(serve(others));
    await using mirror = hostileServer(serve(content));
    await assertDownloads(path, [liar, mirror]);
    assert.equal(liar.requests.length, 1);
    assert.deepEqual(rangesOf(mirror), [null]);
  });
});

Deno.test("download() refuses a file of another size before it has come, and one that does not end", async () => {
  await withFolder(async (path) => {
    await using short = hostileServer(serve(content.subarray(1)));
    await using endless = hostileServer(serve(new Uint8Array(2 * bytes), { lengthless: true }));
    await using mirror = hostileServer(serve(content));
    const notes: string[] = [];
    await assertDownloads(path, [short, endless, mirror], {
      onProgress: (event) => event.kind === "note" && notes.push(event.text),
    });
    assert.match(notes[0], /offers a file of 299999 bytes instead of 300000/);
    assert.match(notes[1], /sends more than the 300000 bytes of the file/);
  });
});

Deno.test("download() does without Content-Length, and notices when the body ends early", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(
      serve(content, { lengthless: true, cutAfter: 100_000 }),
      serve(content, { lengthless: true }),
    );
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-"]);
  });
});

Deno.test("download() takes what comes where neither size nor sum is known", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content, { lengthless: true }));
    await assertDownloads(path, [server], { bytes: undefined, sha256: undefined });
  });
});

Deno.test("download() breaks off a transfer that stalls, and goes on from there", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content, { stallAfter: 100_000 }), serve(content));
    await assertDownloads(path, [server], { stallSeconds });
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-"]);
  });
});

Deno.test("download() does not wait for a server that says nothing, or a byte now and then", async () => {
  const drip: Behaviour = async (_, client) => {
    await client.send(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n`);
    for (let sent = 0; sent < 200; sent++) {
      await client.send(content.subarray(sent, sent + 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await withFolder(async (path) => {
    await using silent = hostileServer(silence);
    await using dripping = hostileServer(drip);
    await using mirror = hostileServer(serve(content));
    await assertDownloads(path, [silent, dripping, mirror], { attempts: 2, stallSeconds });
    assert.equal(silent.requests.length, 1);
    assert.equal(dripping.requests.length, 2);
  });
});

Deno.test("download() names every address with its reason, and the file to put by hand", async () => {
  await withFolder(async (path) => {
    await using missing = hostileServer(status(404));
    await using failing = hostileServer(status(503));
    await using liar = hostileServer(serve(others));
    const addresses = [missing, failing, liar].map(({ address }) => address);
    await assert.rejects(download(path, { ...haste, addresses }), (error) => {
      assert.ok(error instanceof DownloadError);
      assert.deepEqual(error.failures.map(({ address }) => address), addresses);
      assert.match(error.failures[0].reason, /404/);
      assert.match(error.failures[1].reason, /503/);
      assert.match(error.failures[2].reason, /wrong bytes/);
      assert.ok(error.message.includes(`${path} (300,000 bytes, SHA-256 ${sha256})`), error.message);
      return true;
    });
    assert.equal(failing.requests.length, 4);
    assert.ok(!namesBeside(path).includes("file.bin"));
  });
});

Deno.test("download() stops when aborted, and the next one goes on from there", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content, { stallAfter: 100_000 }), serve(content));
    const controller = new AbortController();
    const reason = new Error("enough");
    const stopped = download(path, {
      ...haste,
      addresses: [server.address],
      signal: controller.signal,
      onProgress: (event) => event.kind === "advance" && event.done === 100_000 && controller.abort(reason),
    });
    await assert.rejects(stopped, reason);
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-"]);
  });
});

Deno.test("download() survives a damaged note of where the partial file came from", async () => {
  await withFolder(async (path) => {
    await Deno.mkdir(dirname(path));
    await Deno.writeFile(`${path}.partial`, others.subarray(0, 5000));
    await Deno.writeTextFile(`${path}.partial.origin`, '{"address"');
    await using server = hostileServer(serve(content));
    await assertDownloads(path, [server], { sha256: undefined });
  });
});

Deno.test("download() called twice for one file asks for it once", async () => {
  await withFolder(async (path) => {
    await using server = hostileServer(serve(content));
    await Promise.all([assertDownloads(path, [server]), assertDownloads(path, [server])]);
    assert.equal(server.requests.length, 1);
  });
});

/** Starts a process that downloads to `path`. */
function spawnDownload(path: string, server: HostileServer): Deno.ChildProcess {
  const options = JSON.stringify({ addresses: [server.address], bytes, sha256 });
  const module = new URL("../../../lib/data/download/download.ts", import.meta.url);
  const script = `import { download } from ${JSON.stringify(module)};
    await download(${JSON.stringify(path)}, ${options});`;
  return new Deno.Command(Deno.execPath(), { args: ["eval", script], stdout: "null", stderr: "piped" }).spawn();
}

Deno.test("download() goes on from where a killed process was", async () => {
  await withFolder(async (path) => {
    const etag = '"one"';
    await using server = hostileServer(serve(content, { etag, stallAfter: 100_000 }), serve(content, { etag }));
    const killed = spawnDownload(path, server);
    const isHere = () => Deno.stat(`${path}.partial`).then(({ size }) => size === 100_000, () => false);
    while (!await isHere()) await new Promise((resolve) => setTimeout(resolve, 20));
    killed.kill("SIGKILL");
    await killed.output();
    await assertDownloads(path, [server]);
    assert.deepEqual(rangesOf(server), [null, "bytes=100000-"]);
  });
});

Deno.test("download() in two processes at once gives one whole file", async () => {
  await withFolder(async (path) => {
    const slowly: Behaviour = async (request, client) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await serve(content)(request, client);
    };
    await using server = hostileServer(slowly);
    const processes = [1, 2].map(() => spawnDownload(path, server).output());
    for (const { success, stderr } of await Promise.all(processes)) {
      assert.ok(success, new TextDecoder().decode(stderr));
    }
    assert.equal(server.requests.length, 1);
    assert.deepEqual(await Deno.readFile(path), content);
    assert.deepEqual(namesBeside(path), ["file.bin"]);
  });
});

Deno.test("download() ends with the right file or with none, whatever servers do", async () => {
  const misdeed = fc.oneof(
    fc.constantFrom(404, 416, 429, 500, 503).map(status),
    fc.record({
      content: fc.constantFrom(content, others, content.subarray(7), new Uint8Array(bytes + 1)),
      options: fc.record({
        etag: fc.constantFrom('"a"', '"b"', 'W/"a"'),
        cutAfter: fc.constantFrom(0, 1, 70_000, 299_999, bytes),
        lengthless: fc.boolean(),
        ranges: fc.constantFrom("heed" as const, "careless" as const, "ignore" as const),
      }),
    }).map(({ content, options }) => serve(content, options)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(misdeed, { minLength: 1, maxLength: 6 }), fc.boolean(), async (misdeeds, isKnown) => {
      await withFolder(async (path) => {
        await using server = hostileServer(...misdeeds);
        const addresses = [server.address, server.address];
        try {
          await download(path, { ...haste, patience: 0, sha256: isKnown ? sha256 : undefined, addresses });
          const file = await Deno.readFile(path);
          assert.equal(file.length, bytes);
          if (isKnown) assert.deepEqual(file, content);
        } catch (error) {
          assert.ok(error instanceof DownloadError, `${error}`);
          assert.ok(!namesBeside(path).includes("file.bin"));
        }
      });
    }),
    { numRuns: 60 },
  );
});
