/** True in Deno's Jupyter kernel; elsewhere reading `Deno.jupyter` throws. */
export const inNotebook: boolean = (() => {
  try {
    return Reflect.get(Deno, "jupyter") !== undefined;
  } catch {
    return false;
  }
})();

let controller = new AbortController();

// Without a listener an interrupt kills the kernel, and with it everything a student has computed.
if (inNotebook) {
  Deno.addSignalListener("SIGINT", () => {
    controller.abort(new DOMException("The cell was interrupted", "AbortError"));
    controller = new AbortController();
  });
}

/**
 * A signal that aborts when the notebook's stop button is pressed: what long work in a cell listens to unless it is
 * given another. Each interrupt aborts the signals given out before it; outside a notebook none ever comes, and Ctrl-C
 * ends the process as usual.
 */
export function cellInterruption(): AbortSignal {
  return controller.signal;
}
