"""Draws sheets in a process of its own: `python -I press.py a4 < letters.json > letters.pdf`.

Typst keeps what it has drawn in memory for the next time, which is of no use here and holds names and
addresses; with the process it is gone. Exit status 3 means that letters do not fit: their ids are the
output, as JSON. Nothing of the platform is imported, so that it starts fast.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

TOO_LONG = 3


def compiler_of(paper: str, data: str) -> "typst.Compiler":
    """`data` is JSON. The fonts are those that Typst carries; nothing is read beside the folder's sheets."""
    import typst  # the service names this file only: it is this process that draws

    folder = Path(__file__).parent
    return typst.Compiler(
        str(folder / f"{paper}.typ"), root=str(folder), ignore_system_fonts=True, sys_inputs={"data": data}
    )


def main(paper: str) -> int:
    compiler = compiler_of(paper, sys.stdin.buffer.read().decode())
    too_long = compiler.query("<too-long>", field="value")
    if json.loads(too_long):
        sys.stdout.write(too_long)
        return TOO_LONG
    pdf = compiler.compile(format="pdf")
    assert isinstance(pdf, bytes)
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
