"""SYNC-4: notes and the read-only block survive what servers and screens do to them (I5, I11)."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_calendar_sync.mapping.description import CLOSE, OPEN, Description, notes_of, parse, render
from vetagenda_calendar_sync.mapping.text import DESCRIPTION_LIMIT, as_read, as_sent, clean, is_markup

BLOCK = "Téléphone : +33612345667\nAnimal : Milou (chien)\nStatut : confirmé"
WHOLE = render(Description("à jeun", BLOCK))

written = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
nasty = st.lists(st.sampled_from([OPEN, CLOSE, "a < b", "&amp;", "<b>x</b>", "", "é", "e\u0301", "x\r"]))
notes = written | nasty.map("\n".join)
blocks = st.lists(
    st.from_regex(r"[A-Z][a-zé]{1,9} : [\w+()' -]{0,20}\w", fullmatch=True).map(clean), max_size=5
).map("\n".join)


@given(notes, blocks)
def test_what_is_rendered_reads_back(text: str, block: str) -> None:
    read = parse(render(Description(text, block)))
    assert read == Description(notes_of(text), block)


@given(notes, blocks)
def test_nothing_accumulates_over_round_trips(text: str, block: str) -> None:
    first = render(Description(text, block))
    again = first
    for _ in range(3):
        again = render(parse(again, block))
    assert again == first


@given(notes, blocks)
def test_line_ends_and_trailing_blanks_of_servers_change_nothing(text: str, block: str) -> None:
    sent = render(Description(text, block))
    rewritten = sent.replace("\n", "  \r\n") + "\r\n"
    assert parse(rewritten) == parse(sent)


@given(st.text(st.characters(exclude_categories=["Cs", "Zs"]), max_size=80), blocks)
def test_a_screen_that_writes_html_changes_nothing(text: str, block: str) -> None:
    sent = render(Description(text, block))
    plain = as_read(sent)
    on_screen = "".join(f"<span>{html.escape(line)}</span><br>" for line in plain.split("\n"))
    assert parse(on_screen) == parse(sent)


@given(written)
def test_text_that_looks_like_markup_arrives_as_text(text: str) -> None:
    assert as_read(as_sent(text)) == clean(text)


@given(written)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


DAMAGED = [
    ("text before the block", WHOLE.replace("à jeun", "à jeun, 8 h"), "à jeun, 8 h"),
    ("text after the block", WHOLE + "\nrappeler", "à jeun\nrappeler"),
    ("edited inside", WHOLE.replace("Milou", "Rex"), "à jeun"),
    ("a line added inside", WHOLE.replace("Animal", "mot perdu\nAnimal"), "à jeun"),
    ("the end marker gone", WHOLE.replace(CLOSE, ""), "à jeun"),
    ("the start marker gone", WHOLE.replace(OPEN, ""), "à jeun"),
    ("both markers gone", WHOLE.replace(OPEN, "").replace(CLOSE, ""), "à jeun"),
    ("no end, text after", WHOLE.replace(CLOSE, "rappeler"), "à jeun\n\nrappeler"),
    ("the block twice", WHOLE + "\n" + WHOLE, "à jeun\nà jeun"),
    ("the block gone", "à jeun", "à jeun"),
    ("everything gone", "", ""),
    ("marker in capitals", WHOLE.replace(OPEN, OPEN.upper()), "à jeun"),
]


@pytest.mark.parametrize(("what", "text", "expected"), DAMAGED, ids=[case[0] for case in DAMAGED])
def test_a_damaged_block_never_becomes_notes(what: str, text: str, expected: str) -> None:
    assert parse(text, BLOCK).notes == expected


def test_a_long_text_cuts_the_block_and_never_the_notes() -> None:
    long = "n" * (DESCRIPTION_LIMIT - len(BLOCK))
    text = render(Description(long, BLOCK))
    assert len(text) <= DESCRIPTION_LIMIT
    assert parse(text).notes == long
    assert len(parse(text).block) < len(BLOCK)


@pytest.mark.parametrize("text", ["a < b", "5 > 3 & 2", "R & D", "dose 2<3", "<Milou>"])
def test_plain_text_is_no_markup(text: str) -> None:
    assert not is_markup(text)
    assert as_read(text) == text


def test_control_characters_do_not_come_in() -> None:
    assert as_read("a\x00b\x1b[31m\u0007") == "ab[31m"
