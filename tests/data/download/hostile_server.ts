/** What a server does with one request; the connection is closed afterwards. */
export type Behaviour = (request: RawRequest, client: Client) => Promise<void>;

/** The head of a request. */
export interface RawRequest {
  readonly path: string;
  readonly headers: Headers;
}

/** The other end of a connection. */
export interface Client {
  send(data: string | Uint8Array): Promise<void>;
  /** Settles when the client, or the server's end, hangs up. */
  hangUp(): Promise<unknown>;
}

/** A server on this machine that answers every request by the next behaviour in turn, and the last one from then on. */
export interface HostileServer extends AsyncDisposable {
  readonly address: string;
  readonly requests: readonly RawRequest[];
}

/** Starts a server that speaks HTTP byte by byte, so that it can break off, stall and lie as no framework lets it. */
export function hostileServer(...behaviours: Behaviour[]): HostileServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: RawRequest[] = [];
  const open = new Set<Deno.Conn>();
  const answer = async (connection: Deno.Conn) => {
    open.add(connection);
    try {
      const request = await readRequest(connection);
      const behaviour = behaviours[Math.min(requests.push(request), behaviours.length) - 1];
      await behaviour(request, {
        send: (data) => write(connection, data),
        hangUp: () => connection.read(new Uint8Array(1)),
      });
    } catch {
      /* the client has hung up */
    } finally {
      open.delete(connection);
      close(connection);
    }
  };
  const accepting = (async () => {
    const answers = [];
    for await (const connection of listener) answers.push(answer(connection));
    await Promise.all(answers);
  })();
  return {
    address: `http://127.0.0.1:${listener.addr.port}/file.bin`,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await accepting;
    },
  };
}

async function readRequest(connection: Deno.Conn): Promise<RawRequest> {
  const buffer = new Uint8Array(8192);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const read = await connection.read(buffer);
    if (read === null) throw new Error("the client has hung up");
    head += new TextDecoder().decode(buffer.subarray(0, read));
  }
  const [first, ...lines] = head.trimEnd().split("\r\n");
  const headers = new Headers();
  for (const line of lines) headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
  return { path: first.split(" ")[1], headers };
}

async function write(connection: Deno.Conn, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch { /* closed already */ }
}

/** Answers with `status` and no body. */
export function status(code: number): Behaviour {
  return (_, client) => client.send(`HTTP/1.1 ${code} Test\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

/** Takes the request and says nothing. */
export const silence: Behaviour = async (_, client) => {
  await client.hangUp();
};

/** How {@linkcode serve} misbehaves. */
export interface ServeOptions {
  readonly etag?: string;
  /** Hang up after this many bytes of the body. */
  readonly cutAfter?: number;
  /** Say nothing more after this many bytes of the body. */
  readonly stallAfter?: number;
  /** Leave out Content-Length and end by hanging up. */
  readonly lengthless?: boolean;
  /** Ranges: honoured with If-Range heeded, honoured whatever has changed, or ignored. Default: `"heed"`. */
  readonly ranges?: "heed" | "careless" | "ignore";
}

/** Serves `content`, from where the client asks. */
export function serve(
  content: Uint8Array,
  { etag, cutAfter, stallAfter, lengthless = false, ranges = "heed" }: ServeOptions = {},
): Behaviour {
  return async (request, client) => {
    const { headers } = request;
    const asked = Number(headers.get("range")?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const isSame = ranges === "careless" || !headers.has("if-range") || headers.get("if-range") === etag;
    const start = ranges !== "ignore" && isSame ? asked : 0;
    if (start >= content.length) return await status(416)(request, client);
    const body = content.subarray(start, start + Math.min(cutAfter ?? Infinity, stallAfter ?? Infinity));
    await client.send([
      start > 0 ? "HTTP/1.1 206 Partial Content" : "HTTP/1.1 200 OK",
      ...(start > 0 ? [`content-range: bytes ${start}-${content.length - 1}/${content.length}`] : []),
      ...(lengthless ? [] : [`content-length: ${content.length - start}`]),
      ...(etag ? [`etag: ${etag}`] : []),
      "connection: close\r\n\r\n",
    ].join("\r\n"));
    await client.send(body);
    if (stallAfter !== undefined) await client.hangUp();
  };
}
