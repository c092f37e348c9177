"""Runs commands one after the other within limits that they cannot raise, and hands out what they leave behind.

    python confined.py SPECIFICATION

SPECIFICATION is JSON, the `Confinement` of lib/tasks/grading/sandbox.ts. Inside Bubblewrap this is the first process of
the sandbox; without it, what it starts stays below it, so that whoever watches sees it all. Before each command it
prints `{"event": "step", "number": 1}`, and after it the folder of results goes into one archive. After SIGTERM, or
a command that is killed, no other begins.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tarfile

from supervise import end_with_parent

PR_SET_CHILD_SUBREAPER = 36


def limit(kind: int, most: int | None) -> None:
    if most is not None:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def link_below(shared: pathlib.Path, own: pathlib.Path) -> None:
    """A folder of one's own that shows the files of a shared one, and takes new ones."""
    own.mkdir(parents=True, exist_ok=True)
    for entry in shared.iterdir():
        if entry.is_dir():
            link_below(entry, own / entry.name)
        else:
            (own / entry.name).symlink_to(entry)


def hand_out(folder: str, path: str, most: int) -> None:
    """Plain files alone: what a link points to is none of ours."""
    left = most

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        nonlocal left
        if member.isdir():
            return member
        if not member.isfile() or member.size > left:
            return None
        left -= member.size
        return member

    with open(path, "r+b") as file:
        file.truncate()
        with contextlib.suppress(OSError), tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(folder, arcname=".", filter=plain)


def main() -> int:
    confinement = json.loads(sys.argv[1])
    if confinement["parent"] is not None:
        end_with_parent(confinement["parent"])
    with contextlib.suppress(OSError):
        os.setsid()
    # Where memory runs out after all, this goes first, and nothing of the grader's.
    with contextlib.suppress(OSError):
        pathlib.Path("/proc/self/oom_score_adj").write_text("1000")
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        os.sched_setaffinity(0, confinement["cores"])
    os.nice(5)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, confinement["fileBytes"])
    limit(resource.RLIMIT_NPROC, confinement["tasks"])
    for folder in confinement["folders"]:
        os.makedirs(folder, exist_ok=True)
    for shared, own in confinement["shared"]:
        link_below(pathlib.Path(shared), pathlib.Path(own))
    for source, target in confinement["copies"]:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    code = 0
    for number, command in enumerate(confinement["steps"], start=1):
        print(json.dumps({"event": "step", "number": number}), flush=True)
        arguments = [part.replace("{parent}", str(os.getpid())) for part in command]
        try:
            code = subprocess.run(arguments, stdin=subprocess.DEVNULL, check=False).returncode
        except OSError as error:  # no more processes, say
            print(error, file=sys.stderr)
            code = 126
        hand_out(*confinement["results"])
        if code < 0 or stopped:
            break
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
