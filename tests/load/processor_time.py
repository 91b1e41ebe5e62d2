"""What the platform's processes use of the processor, the database's backends included."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def of_descendants() -> float:
    """Seconds of processor time, user and system, of all that this process has started; not its own."""
    return sum(map(_seconds, _descendants(os.getpid())))


def _descendants(pid: int) -> Iterator[int]:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (thread / "children").read_text().split()):
            yield child
            yield from _descendants(child)


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0  # it has ended since it was listed
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND
