"""I11: what is rendered is read back as it was, whatever a server or a screen does to it on the way."""

import html
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_calendar_sync.mapping.description import CLOSE, OPEN, Description, notes_of, parse, render
from vetagenda_calendar_sync.mapping.text import DESCRIPTION_LIMIT, as_read, as_sent, clean

LETTERS = st.characters(codec="utf-8")
LINES = st.text(LETTERS, max_size=40)
TRICKY = st.sampled_from(
    [
        "<b>",
        "a < b",
        "&amp;",
        "&nbsp;",
        "<br>",
        "&lt;p&gt;",
        OPEN,
        CLOSE,
        "$ 06 12",
        "\u00a0",
        "e\u0301",
        "--",
        "",
    ]
)
NOTES = st.lists(LINES | TRICKY, max_size=8).map("\n".join)
BLOCKS = st.lists(
    st.text(LETTERS, min_size=1, max_size=30).map(lambda text: f"Animal : {clean(text)}".rstrip()), max_size=5
).map(lambda lines: clean("\n".join(line.replace("\n", " ") for line in lines)))


def as_html(text: str) -> str:
    """As Google's web screen stores what was plain: entities for signs, a tag for a line's end."""
    return html.escape(as_read(text), quote=False).replace("\n", "<br>")


def untouched(text: str) -> str:
    return text


def with_other_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_blanks(text: str) -> str:
    return "\n".join(f"{line}  " for line in text.split("\n")) + "\n\n"


REWRITINGS: list[Callable[[str], str]] = [untouched, as_html, with_other_line_ends, with_blanks]


@pytest.mark.parametrize("rewriting", REWRITINGS, ids=[each.__name__ for each in REWRITINGS])
@given(notes=NOTES, block=BLOCKS)
def test_notes_and_block_come_back(rewriting: Callable[[str], str], notes: str, block: str) -> None:
    """SYNC-4, I5: the notes are the notes, the block is the block, through any of these servers."""
    wanted = Description(notes_of(notes), block)
    sent = render(wanted)
    if len(sent) > DESCRIPTION_LIMIT:
        return
    found = parse(rewriting(sent), block)
    assert found.notes == wanted.notes
    if wanted.block:
        assert found.block == wanted.block


@given(notes=NOTES, block=BLOCKS)
def test_nothing_accumulates_over_round_trips(notes: str, block: str) -> None:
    """SYNC-4: twenty servers later it is still the same text."""
    sent = first = render(Description(notes_of(notes), block))
    for _ in range(20):
        found = parse(as_html(sent), block)
        sent = render(Description(found.notes, block))
    assert sent == first


@given(text=NOTES)
def test_a_text_is_read_as_it_was_sent(text: str) -> None:
    assert as_read(as_sent(clean(text))) == clean(text)
