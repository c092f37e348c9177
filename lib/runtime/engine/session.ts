import { cApi, checked, checkedLater } from "./c_api.ts";
import { type Graph, type Operation, type Output, outputBytes } from "./graph.ts";
import { NativeTensor } from "./native_tensor.ts";

/** What a {@linkcode Call} feeds and fetches, fixed once. */
export interface CallOptions {
  /** For errors: `train`. */
  readonly name: string;
  readonly feeds?: readonly Output[];
  readonly fetches?: readonly Output[];
  /** Operations to run whose results nobody asks for: updates. */
  readonly targets?: readonly Operation[];
}

/**
 * Runs part of the graph without blocking the event loop. One run of a session at a time.
 *
 * @param values one for each feed, in order; untouched, and the caller's again when the promise settles
 * @returns one for each fetch, in order; the caller deletes them
 */
export type Call = (values?: readonly NativeTensor[]) => Promise<NativeTensor[]>;

/** {@linkcode Call} that blocks this thread until it is done: for runs of less than a millisecond. */
export type QuickCall = (values?: readonly NativeTensor[]) => NativeTensor[];

/**
 * A `ConfigProto`: field 5, `inter_op_parallelism_threads`, is −1. Operations follow each other on the thread that runs
 * the graph, each spread over all of TensorFlow's threads; side by side they would take them from each other.
 *
 * How many threads those are cannot be said here: a process has one pool, and tfjs's addon has made it on loading.
 */
const oneOperationAtATime = Uint8Array.of(5 << 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1);

/** Where a graph runs; its variables live as long as it does. */
export class Session {
  static #alive = 0;
  readonly #pointer: Deno.PointerObject;
  /** What TensorFlow reads and writes during the run in flight; it must not be collected before the end. */
  #inFlight: readonly BigUint64Array[] = [];
  #closed = false;

  constructor(graph: Graph) {
    const c = cApi();
    const options = c.TF_NewSessionOptions();
    try {
      this.#pointer = checked("start a TensorFlow session", (status) => {
        c.TF_SetConfig(options, oneOperationAtATime, BigInt(oneOperationAtATime.length), status);
        return c.TF_NewSession(graph.pointer, options, status)!;
      });
    } finally {
      c.TF_DeleteSessionOptions(options);
    }
    Session.#alive++;
  }

  /** Sessions opened and not yet closed, in this process: what leak tests count. */
  static get alive(): number {
    return Session.#alive;
  }

  /** Prepares a run. */
  call({ name, feeds = [], fetches = [], targets = [] }: CallOptions): Call {
    const feedBytes = outputBytes(feeds);
    const fetchBytes = outputBytes(fetches);
    const targetPointers = BigUint64Array.from(targets, ({ pointer }) => Deno.UnsafePointer.value(pointer));
    return async (values = []) => {
      if (fetches.length + targets.length === 0) return [];
      if (this.#closed) throw new Error(`Cannot run ${name}: its session is closed`);
      const valuePointers = BigUint64Array.from(values, ({ pointer }) => Deno.UnsafePointer.value(pointer));
      // A buffer of its own for each run: TensorFlow writes it from another thread.
      const fetched = new BigUint64Array(fetches.length);
      this.#inFlight = [feedBytes, valuePointers, fetchBytes, fetched, targetPointers];
      await checkedLater(`run ${name}`, (status) =>
        cApi().TF_SessionRun(
          this.#pointer,
          null,
          feedBytes,
          valuePointers,
          feeds.length,
          fetchBytes,
          fetched,
          fetches.length,
          targetPointers,
          targets.length,
          null,
          status,
        ));
      this.#inFlight = [];
      return [...fetched].map((address) => new NativeTensor(Deno.UnsafePointer.create(address)!));
    };
  }

  /** Prepares a run on this thread. Not while a {@linkcode call} of this session is in flight. */
  quickCall({ name, feeds = [], fetches = [] }: Omit<CallOptions, "targets">): QuickCall {
    const feedBytes = outputBytes(feeds);
    const fetchBytes = outputBytes(fetches);
    return (values = []) => {
      if (this.#closed) throw new Error(`Cannot run ${name}: its session is closed`);
      const fetched = new BigUint64Array(fetches.length);
      checked(`run ${name}`, (status) =>
        cApi().runHere(
          this.#pointer,
          null,
          feedBytes,
          BigUint64Array.from(values, ({ pointer }) => Deno.UnsafePointer.value(pointer)),
          feeds.length,
          fetchBytes,
          fetched,
          fetches.length,
          null,
          0,
          null,
          status,
        ));
      return [...fetched].map((address) => new NativeTensor(Deno.UnsafePointer.create(address)!));
    };
  }

  /** Frees the session and its variables, when no run is in flight; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    checked("close the session", (status) => cApi().TF_CloseSession(this.#pointer, status));
    checked("delete the session", (status) => cApi().TF_DeleteSession(this.#pointer, status));
    Session.#alive--;
  }
}
