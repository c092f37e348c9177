"""Unpacks what is needed of a wheel, and tells how far it is.

    python unpack_wheel.py WHEEL FOLDER PATTERN [PATTERN…]

A wheel is a zip file. Patterns are regular expressions for whole member names. Prints `DONE TOTAL` in bytes.
"""

import pathlib
import re
import sys
import zipfile

PIECE = 16 * 1024 * 1024


def unpack(wheel: str, folder: str, patterns: list[str]) -> None:
    wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    with zipfile.ZipFile(wheel) as archive:
        members = [member for member in archive.infolist() if wanted.fullmatch(member.filename)]
        total = sum(member.file_size for member in members)
        if not members:
            sys.exit(f"{wheel} holds nothing like {patterns}")
        done = 0
        for member in members:
            path = pathlib.Path(folder, member.filename)
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, path.open("wb") as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                    done += len(piece)
                    print(done, total, flush=True)


if __name__ == "__main__":
    unpack(sys.argv[1], sys.argv[2], sys.argv[3:])
