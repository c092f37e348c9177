"""Executes one notebook in a Jupyter kernel and says how it went, one JSON object a line.

    python execute_notebook.py NOTEBOOK EXECUTED PAGE --kernel NAME --cell-seconds N --notebook-seconds N --parent PID

EXECUTED is where the notebook goes with its outputs, PAGE the same as one HTML file. The lines are
`{"event": "cell", "number": 3, "of": 14}` before each code cell and at the end one `{"event": "end", "outcome": …}`
with outcome `passed`, `skipped`, `failed`, `timeout`, `died` or `stopped`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import queue
import resource
import signal
import sys
import time

# From the first moment on, for the imports below take seconds on a busy machine: a run that is to be stopped says so.
asked_to_stop: list[int] = []
for ending in (signal.SIGINT, signal.SIGTERM):
    signal.signal(ending, lambda number, frame: asked_to_stop.append(number))

import nbformat  # noqa: E402
from jupyter_core.utils import ensure_async  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import (  # noqa: E402
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from notebook_page import notebook_page  # noqa: E402
from supervise import end_with_parent  # noqa: E402

# The Deno kernel says it is idle before its last outputs have left. 50 ms of silence after that loses none.
DRAIN_SECONDS = 0.05

# The name of the error by which a notebook says that it cannot run here; see lib/report/skip_notebook.ts.
SKIP = "NotebookSkipped"


class DrainingClient(NotebookClient):
    """A client that waits for late outputs, and gives those that are later still to the cell that they belong to."""

    def __init__(self, *args, on_start, **kwargs):
        super().__init__(*args, **kwargs)
        self.on_start = on_start
        self.owners = {}

    async def async_start_new_kernel(self, **kwargs):
        self.on_start()  # here, for nbclient has just put its own signal handlers in place
        await super().async_start_new_kernel(**kwargs)

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.owners[parent_msg_id] = (cell, cell_index)
        idle = False
        while True:
            try:
                message = await ensure_async(
                    self.kc.iopub_channel.get_msg(timeout=DRAIN_SECONDS if idle else None)
                )
            except queue.Empty:
                return
            parent = message["parent_header"].get("msg_id")
            if parent in self.owners:
                try:
                    self.process_message(message, *self.owners[parent])
                except CellExecutionComplete:
                    idle = idle or parent == parent_msg_id


class Run:
    """One execution: what it reports and how it ends."""

    def __init__(self, options: argparse.Namespace, events):
        self.options = options
        self.events = events
        self.notebook = nbformat.read(options.notebook, as_version=4)
        self.codes = [
            index
            for index, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code" and cell.source.strip()
        ]
        self.ended: dict | None = None  # how, where this side ends it
        self.cell = 0  # of those with code, counted from 1; the one being executed
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None

    def emit(self, **event) -> None:
        print(json.dumps(event), file=self.events, flush=True)

    def on_cell_execute(self, cell, cell_index) -> None:
        self.cell = self.codes.index(cell_index) + 1
        self.emit(event="cell", number=self.cell, of=len(self.codes))

    async def execute(self) -> dict:
        client = DrainingClient(
            self.notebook,
            kernel_name=self.options.kernel,
            resources={"metadata": {"path": str(pathlib.Path(self.options.notebook).resolve().parent)}},
            timeout=self.options.cell_seconds,
            iopub_timeout=60,
            startup_timeout=60,
            shutdown_kernel="immediate",
            record_timing=False,
            on_cell_execute=self.on_cell_execute,
            on_start=self.listen_for_stop,
            on_notebook_start=lambda notebook: self.remember_kernel(client),
        )
        parent = os.getpid()
        self.task = asyncio.ensure_future(
            client.async_execute(
                # The kernel is in a session of its own and would outlive a runner that is killed.
                preexec_fn=lambda: end_with_parent(parent)
            )
        )
        limit = self.options.notebook_seconds
        asyncio.get_running_loop().call_later(
            limit, self.end, {"outcome": "timeout", "message": f"the notebook takes longer than {limit} s"}
        )
        try:
            await self.task
            return {"outcome": "passed"}
        except CellExecutionError as error:
            if error.ename == SKIP:
                return {"outcome": "skipped", "message": error.evalue}
            return {"outcome": "failed", "name": error.ename, "message": error.evalue, "trace": error.traceback}
        except CellTimeoutError:
            return {"outcome": "timeout", "message": f"the cell takes longer than {self.options.cell_seconds} s"}
        except (asyncio.CancelledError, DeadKernelError):
            # nbclient takes a task that is cancelled for one whose kernel has died.
            return self.ended or {"outcome": "died", "message": self.death_of_kernel()}
        except Exception as error:  # whatever nbclient throws where a kernel does not start, or is stopped as it does
            return self.ended or {"outcome": "died", "message": f"the kernel does not start: {error}"}

    def listen_for_stop(self) -> None:
        stopped = {"outcome": "stopped"}
        for ending in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(ending, self.end, stopped)
        if asked_to_stop:
            self.end(stopped)

    def remember_kernel(self, client: NotebookClient) -> None:
        self.process = client.km.provisioner.process

    def end(self, outcome: dict) -> None:
        self.ended = self.ended or outcome
        self.task.cancel()

    def death_of_kernel(self) -> str:
        code = self.process.poll()
        if code == -signal.SIGKILL:
            return "the kernel was killed (SIGKILL): most likely the machine ran out of memory"
        if code is not None and code < 0:
            return f"the kernel was ended by {signal.Signals(-code).name}"
        return "the kernel died" if code is None else f"the kernel ended with exit code {code}"

    def write(self) -> None:
        write_aside(self.options.executed, nbformat.writes(self.notebook))
        write_aside(self.options.page, notebook_page(self.notebook, pathlib.Path(self.options.notebook).stem))


def write_aside(path: str, text: str) -> None:
    aside = f"{path}.{os.getpid()}.partial"
    pathlib.Path(aside).write_text(text, encoding="utf-8")
    os.replace(aside, path)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook")
    parser.add_argument("executed")
    parser.add_argument("page")
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--cell-seconds", type=float, required=True)
    parser.add_argument("--notebook-seconds", type=float, required=True)
    parser.add_argument("--parent", type=int, required=True)
    options = parser.parse_args()
    end_with_parent(options.parent, signal.SIGTERM)

    # Events have this process's standard output to themselves; what the kernel prints there goes to standard error.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    started = time.monotonic()
    run = Run(options, events)
    end = asyncio.run(run.execute())
    seconds = time.monotonic() - started
    with contextlib.suppress(KeyboardInterrupt):
        run.write()
    # Linux counts in KiB; the largest of the processes that have ended, which is the kernel.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    run.emit(event="end", cell=run.cell, of=len(run.codes), seconds=seconds, peak=peak, **end)
    return 0


if __name__ == "__main__":
    sys.exit(main())
