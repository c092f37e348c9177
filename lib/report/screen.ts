import { setTimeout as delay } from "node:timers/promises";

/** One thing to see, in as many formats as there are viewers: media type → text, or base64 for PNG. */
export interface Output {
  readonly data: Readonly<Record<string, string>>;
  /** By media type: `{"image/png": {width: 300}}`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Gives the output a name by which a later one with `update` takes its place. */
  readonly displayId?: string;
  readonly update?: boolean;
}

/**
 * Where outputs are seen. They appear in the order in which they were put, also when one takes long to draw.
 */
export interface Screen {
  /** `notebook`: a Jupyter kernel; `terminal`: a line can be rewritten; `log`: it cannot. */
  readonly kind: "notebook" | "terminal" | "log";
  /** Resolves when the output was handed on; rejects if it could not be drawn. */
  put(output: Output | Promise<Output>): Promise<void>;
  /** Resolves when everything that was put is out and nothing of it can be lost any more. */
  drained(): Promise<void>;
}

/** How a kernel sends a message on Jupyter's IOPub channel: `Deno.jupyter.broadcast`. */
export type Broadcast = (type: string, content: Record<string, unknown>) => Promise<void>;

/**
 * Outputs as Jupyter messages.
 *
 * A broadcast resolves when the message was handed to the kernel's sending thread, and a cell that ends before the
 * message has left is reported as done without it: `nbclient` then drops the message. There is no acknowledgement to
 * wait for, so `drained()` waits as long as sending is likely to take: 3 MB took four times as long to send as to hand
 * over, and a busy machine slows both. Several short waits give the sending thread several turns.
 */
export function notebookScreen(broadcast: Broadcast): Screen {
  let handingOver = 0;
  return inOrder("notebook", async ({ data, metadata = {}, displayId, update = false }) => {
    const began = performance.now();
    await broadcast(update ? "update_display_data" : "display_data", {
      data,
      metadata,
      transient: displayId === undefined ? {} : { display_id: displayId },
    });
    handingOver += performance.now() - began;
  }, async () => {
    const turn = 20 + handingOver;
    handingOver = 0;
    for (let turns = 0; turns < 5; turns++) await delay(turn);
  });
}

/** What {@linkcode textScreen} may be told. */
export interface TextScreenOptions {
  /** Whether a line can be rewritten; then an output with a `displayId` is one line that stays below all others. */
  readonly rewritable?: boolean;
  /** Columns of a line; 80 by default. */
  readonly columns?: () => number;
}

/** The `text/plain` of outputs, written to a terminal or a file. */
export function textScreen(
  write: (text: string) => void,
  { rewritable = false, columns = () => 80 }: TextScreenOptions = {},
): Screen {
  let live = "";
  const clearLine = "\r\x1b[2K";
  return inOrder(rewritable ? "terminal" : "log", ({ data, displayId }) => {
    const text = data["text/plain"] ?? "";
    if (rewritable && displayId !== undefined) {
      live = [...text].slice(0, columns() - 1).join("");
      write(clearLine + live);
    } else {
      write(`${live === "" ? "" : clearLine}${text}\n${live}`);
    }
  });
}

/** @param settle waits for what was drawn to be out; for a timer tick by default */
function inOrder(
  kind: Screen["kind"],
  draw: (output: Output) => Promise<void> | void,
  settle: () => Promise<void> = () => delay(0),
): Screen {
  let last: Promise<unknown> = Promise.resolve();
  return {
    kind,
    put(output) {
      const turn = last;
      const drawn = (async () => {
        const ready = await Promise.allSettled([output, turn]);
        if (ready[0].status === "rejected") throw ready[0].reason;
        await draw(ready[0].value);
      })();
      last = drawn.catch(() => {}); // whoever put it hears of it; those behind it are still drawn
      return drawn;
    },
    async drained() {
      await last;
      await settle();
    },
  };
}

let screen: Screen | undefined;

/** The screen of this process: the kernel's in a notebook, standard output everywhere else. */
export function defaultScreen(): Screen {
  return screen ??= openScreen();
}

function openScreen(): Screen {
  const broadcast = kernelBroadcast();
  if (broadcast) return notebookScreen(broadcast);
  const encoder = new TextEncoder();
  return textScreen((text) => {
    for (let bytes = encoder.encode(text); bytes.length > 0;) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  }, { rewritable: Deno.stdout.isTerminal(), columns: () => Deno.consoleSize().columns });
}

/**
 * How this process's kernel sends a message; undefined outside a kernel. `Deno.jupyter` is there only in a kernel, is not
 * in the stable types, and throws when it is asked for elsewhere.
 */
export function kernelBroadcast(): Broadcast | undefined {
  try {
    return (Deno as typeof Deno & { readonly jupyter: { readonly broadcast: Broadcast } }).jupyter.broadcast;
  } catch {
    return undefined;
  }
}
