"""REM-9: a closed list of merge fields, without logic, with fallbacks. What is typed never runs."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.templates.rules import (
    APPOINTMENT,
    FIELDS,
    LONGEST_FALLBACK,
    PRODUCT,
    check_fields,
    named,
    render,
)

PAGE = Path(__file__).parents[3] / "docs" / "messages.md"
VALUES = dict.fromkeys(FIELDS, "value")


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("Pour {animal|votre animal}.", "Milou", "Pour Milou."),
        ("Pour {animal|votre animal}.", "", "Pour votre animal."),
        ("Pour {animal|votre animal}.", "  ", "Pour votre animal."),
        ("Pour {animal} demain", "", "Pour demain"),
        ("Pour {animal|votre animal}, {animal|lui}", "", "Pour votre animal, lui"),
        ("{animal|50 % (environ) : $x}", "", "50 % (environ) : $x"),
    ],
)
def test_a_fallback_is_taken_when_there_is_no_value(text: str, value: str, expected: str) -> None:
    check_fields(text, "/sms")
    assert render(text, {"animal": value}) == expected


def test_a_field_that_the_message_does_not_have_takes_its_fallback() -> None:
    """A product's text that an appointment's type names."""
    assert render("{product|le traitement}", {"animal": "Milou"}) == "le traitement"


@pytest.mark.parametrize(
    "wrong",
    [
        "{animal|}",
        "{animal|  }",
        "{animal|a|b}",
        "{animal|{owner}}",
        "{animal|" + "x" * (LONGEST_FALLBACK + 1) + "}",
        "{|votre animal}",
        "{nom|votre animal}",
        "{animal |votre animal}",
        "{animal|votre animal",
        "{{animal}}",
        "{}",
        "{0}",
        "{animal!r}",
        "{animal:>100}",
        "{animal.__class__}",
        "{practice.__class__.__mro__}",
        "{practice[0]}",
        "{% if animal %}",
        "{#animal}",
        "{ANIMAL}",
    ],
)
def test_what_is_no_merge_field_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidRequest):
        check_fields(wrong, "/sms")


@pytest.mark.parametrize("typed", ["%s", "%(animal)s", "$animal", "<%= 1 %>", "<b>", "\\x41", "`id`"])
def test_other_languages_marks_are_ordinary_text(typed: str) -> None:
    check_fields(typed, "/sms")
    assert render(typed, VALUES) == typed


MARKS = st.sampled_from(
    [
        "{",
        "}",
        "{{",
        "|",
        "%s",
        "${x}",
        "{animal}",
        "{animal|",
        "{0}",
        "{a.b}",
        "<b>",
        "&amp;",
        "\\",
        "{practice.__class__}",
    ]
)
TYPED = st.lists(MARKS | st.text(alphabet="abc é{}|$%<", max_size=6), max_size=8).map("".join)


def closed_up(text: str) -> str:
    return re.sub(r" {2,}", " ", text).strip()


@given(TYPED, TYPED)
def test_whatever_is_typed_is_refused_or_comes_out_literally(text: str, value: str) -> None:
    """The oracle cuts at the braces: between them is a field of the list, around them the text itself."""
    try:
        check_fields(text, "/sms")
    except InvalidRequest:
        return
    parts = []
    for piece in text.split("{"):
        inside, closed, after = piece.rpartition("}")
        if not closed:
            parts.append(piece)
            continue
        name, _, fallback = inside.partition("|")
        assert name in FIELDS
        parts += [value if value.strip() else fallback, after]
    assert render(text, dict.fromkeys(FIELDS, value)) == closed_up("".join(parts))


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), TYPED, min_size=1))
def test_a_value_is_never_read_as_a_template(values: dict[str, str]) -> None:
    """An animal may be called `{owner}`, and an owner `{practice.__class__}`."""
    for name, value in values.items():
        assert render(f"[{{{name}}}]", values) == closed_up(f"[{value if value.strip() else ''}]")


@given(TYPED)
def test_the_fields_that_a_checked_text_names_are_those_of_the_list(text: str) -> None:
    try:
        check_fields(text, "/sms")
    except InvalidRequest:
        return
    assert set(named(text)) <= set(FIELDS)


def test_the_table_of_the_documentation_is_the_closed_list() -> None:
    """Name by name, and which kinds of text know it."""
    row = re.compile(r"^\| `\{(\w+)\}` \|.*?\| (yes)? ?\| (yes)? ?\| (yes)? ?\|$", re.MULTILINE)
    told = {name: tuple(map(bool, kinds)) for name, *kinds in row.findall(PAGE.read_text())}
    assert told == {name: (name in APPOINTMENT, name in APPOINTMENT, name in PRODUCT) for name in FIELDS}


def test_the_documentation_names_the_longest_fallback() -> None:
    assert f"{LONGEST_FALLBACK} characters" in PAGE.read_text()
