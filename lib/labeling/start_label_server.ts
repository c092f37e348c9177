import { setTimeout as delay } from "node:timers/promises";
import { dirname, join } from "node:path";

/** What {@linkcode startLabelServer} may be told. */
export interface LabelServerOptions {
  /** Address to listen on; 127.0.0.1 by default. Any other lets people on the network in who have a link. */
  readonly host?: string;
  /** By default that of last time, if it is free, so that pages which are still open find the server again. */
  readonly port?: number;
  /** Told when the server had to be started again. */
  readonly onRestart?: () => void;
}

/** A server of labels in a process of its own. */
export interface LabelServer {
  /** `http://127.0.0.1:8123`; {@linkcode linkFor} makes a way in. */
  readonly address: string;
  /** Process id, for those who want to see it survive a kill. */
  readonly pid: number;
  /** A link to the page, good for one browser, once. */
  linkFor(token: string): string;
  stop(): Promise<void>;
}

/**
 * Serves a store of labels from a process of its own, so that nothing computed here delays a click there. A server that
 * dies is started again on the same port, and pages go on where they were.
 *
 * @throws {Error} if it does not start, with what it said
 */
export async function startLabelServer(
  store: string,
  { host = "127.0.0.1", port, onRestart = () => {} }: LabelServerOptions = {},
): Promise<LabelServer> {
  const remembered = `${store}.port`;
  const last = port ?? Number(await Deno.readTextFile(remembered).catch(() => "0"));
  let ending = false;
  let running = await spawn({ store, host, port: last })
    .catch((error) => port === undefined && last !== 0 ? spawn({ store, host, port: 0 }) : Promise.reject(error));
  const settled = running.port;
  await Deno.writeTextFile(remembered, `${settled}`);

  const supervision = (async () => {
    for (let pause = 50; !ending;) {
      const began = Date.now();
      await running.child.status;
      if (ending) return;
      pause = Date.now() - began > 3000 ? 50 : Math.min(1000, pause * 2);
      await delay(pause, undefined, { ref: false });
      if (ending) return;
      running = await spawn({ store, host, port: settled }).catch(() => running);
      onRestart();
    }
  })();

  const shown = host === "0.0.0.0" || host === "::" ? Deno.hostname() : host.includes(":") ? `[${host}]` : host;
  const address = `http://${shown}:${settled}`;
  return {
    address,
    get pid() {
      return running.child.pid;
    },
    linkFor: (token) => `${address}/?token=${token}`,
    async stop() {
      ending = true;
      await running.input.close().catch(() => {});
      await Promise.all([running.child.status, supervision]);
    },
  };
}

interface Running {
  readonly child: Deno.ChildProcess;
  readonly input: WritableStreamDefaultWriter<Uint8Array>;
  readonly port: number;
}

async function spawn(
  { store, host, port }: { readonly store: string; readonly host: string; readonly port: number },
): Promise<Running> {
  // Only what serving needs: the server cannot start programs or write beside the store. Deno takes a comma in a list of
  // folders for its end.
  const folder = dirname(store);
  const rights = [
    ...["read", "env", "sys", "ffi", folder.includes(",") ? "write" : `write=${folder}`],
    `net=${host.includes(":") ? `[${host}]` : host}`,
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--quiet", ...rights.map((right) => `--allow-${right}`)],
      ...[join(import.meta.dirname!, "serve_labels.ts"), "--store", store, "--host", host, "--port", `${port}`],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Read to the end whatever happens, or the server would wait for somebody to read.
  const complaints = new Response(child.stderr).text();
  const [said, rest] = child.stdout.tee();
  rest.pipeTo(new WritableStream()).catch(() => {});
  const reader = said.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`Cannot serve labels: the server ended: ${(await complaints).trim().split("\n").at(0)}`);
    text += value;
    if (text.includes("\n")) break;
  }
  reader.cancel().catch(() => {});
  return { child, input: child.stdin.getWriter(), port: JSON.parse(text).port };
}
