"""The description of a remote event: the notes, then a marked block that only we write (SYNC-4).

Edits inside the block are discarded, edits around it are notes, and nothing accumulates.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vetagenda_calendar_sync.mapping.text import DESCRIPTION_LIMIT, as_read, as_sent, clean

OPEN = "--- vetagenda (lecture seule) ---"
CLOSE = "--- fin vetagenda ---"


@dataclass(frozen=True)
class Description:
    """`notes` both sides may write; `block` are the lines between the markers, without them."""

    notes: str = ""
    block: str = ""


def notes_of(text: str) -> str:
    """Notes as they are compared: a block that somebody copied into them is not part of them."""
    return parse_plain(clean(text)).notes


def render(description: Description, sent: Callable[[str], str] = as_sent) -> str:
    """What is sent, as `sent` writes it. A text that is too long loses lines of the block, never notes."""
    notes, lines = notes_of(description.notes), description.block.splitlines()
    while lines:
        text = sent("\n".join([*([notes, ""] if notes else []), OPEN, *lines, CLOSE]))
        if len(text) <= DESCRIPTION_LIMIT:
            return text
        lines.pop()
    return sent(notes)


def parse(text: str, last_block: str = "") -> Description:
    """Reads what a server holds. `last_block` is the block that we wrote last: its lines are known again
    even where somebody damaged the markers."""
    return parse_plain(as_read(text), last_block)


def parse_plain(text: str, last_block: str = "") -> Description:
    blocks: list[str] = []
    rest = text.split("\n")
    while (region := _first_region(rest)) is not None:
        start, end = region
        blocks.append("\n".join(rest[start + 1 : end]))
        rest = _joined(rest[:start], rest[end + 1 :])
    if not blocks:
        ours = set(last_block.split("\n")) - {""}
        rest = [line for line in rest if line not in ours]
    kept = [line for line in rest if not (_is(line, OPEN) or _is(line, CLOSE))]
    return Description(clean("\n".join(kept)), blocks[0] if blocks else "")


def _first_region(lines: list[str]) -> tuple[int, int] | None:
    """Where the first end marker is, and the last start marker before it."""
    starts: list[int] = []
    for number, line in enumerate(lines):
        if _is(line, OPEN):
            starts.append(number)
        elif starts and _is(line, CLOSE):
            return starts[-1], number
    return None


def _joined(before: list[str], after: list[str]) -> list[str]:
    """The blank line that sets the block off is ours, not the writer's."""
    while before and not before[-1].strip():
        before = before[:-1]
    return [*before, *after]


def _is(line: str, marker: str) -> bool:
    return line.strip().casefold() == marker
