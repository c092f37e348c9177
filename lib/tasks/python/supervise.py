"""Runs a command that ends, with all it has started, when the process that asked for it dies.

    python supervise.py PARENT COMMAND [ARGUMENT…]

A set-up killed with SIGKILL cannot stop what it started; without this a pip left behind would still be writing into
the environment that the next set-up makes anew.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, ending: int = signal.SIGKILL) -> None:
    """Asks Linux to send `ending` when process number `parent`, which started this one, dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ending)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)


def supervise(parent: int, command: list[str]) -> int:
    child = subprocess.Popen(command, start_new_session=True)

    def end(*_: object) -> None:
        os.killpg(child.pid, signal.SIGKILL)

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, end)
    end_with_parent(parent, signal.SIGTERM)
    return child.wait()


if __name__ == "__main__":
    sys.exit(supervise(int(sys.argv[1]), sys.argv[2:]) and 1)
