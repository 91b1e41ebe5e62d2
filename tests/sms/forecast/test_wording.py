"""SMS-5: the fast count is the count of the text that is rendered."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vetagenda_kit.merge_fields import render
from vetagenda_reminders.templates.rules import FIELDS
from vetagenda_sms.forecast.fields import KNOWN, OF_EACH, SAMPLES
from vetagenda_sms.forecast.wording import Wording
from vetagenda_sms_text import PROFILES, STANDARD, segment

DOG = "🐶"


def test_the_fields_are_those_of_templates() -> None:
    """SMS-5: a text that a template takes can be forecast, and no other."""
    assert set(KNOWN) == set(FIELDS)


around = st.lists(
    st.sampled_from(
        ["a", " ", "  ", "é", "ê", "€", "x", DOG, "\n", "\u0301", "’", "Rappel ", "b" * 50, "ê" * 33]
    ),
    max_size=5,
).map("".join)
fields = st.sampled_from(["{owner}", "{animal}", "{animal|votre ami}", "{product}", "{animal|ô}"])
texts = st.lists(st.one_of(around, fields), max_size=8).map("".join)
values = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "Milou",
            "Plutôt",
            " Rex",
            "Rex ",
            "a  b",
            "{owner}",
            "\u0301a",
            "각",
            "e\u0302",
            DOG,
            "[x]",
        ]
    ),
    st.text(max_size=12).filter(lambda value: "\x00" not in value and value.isprintable()),
    st.integers(1, 200).map("a€".__mul__),
    st.integers(1, 200).map("x".__mul__),
)


@given(texts, values, values, values, st.sampled_from(sorted(PROFILES)))
@example("{owner}{animal}", "e", "\u0301", "", "standard")
@example("{owner} {animal} x", "", "", "", "standard")
@example("{owner}", "a" * 152 + "€" + "a" * 152, "", "", "standard")
@example("{owner}", "a" * 151 + "€" + "a" * 153, "", "", "standard")
@example("{owner}\u0301", "e", "", "", "standard")
@example("a {owner}", "a  b", "", "", "standard")
@example("{animal}" * 3, "a" * 51 + "€", "a" * 51 + "€", "", "standard")
def test_it_is_counted_as_it_is_rendered(text: str, owner: str, animal: str, product: str, name: str) -> None:
    """SMS-5: for every carrier, and again from what was kept of the first count."""
    profile, own = PROFILES[name], {"owner": owner, "animal": animal}
    wording = Wording(text, {"product": product}, profile)
    rendered = render(text, own | {"product": product})
    expected = segment(rendered, profile)
    for _time in range(2):
        counted = wording.count([own[field] for field in wording.fields])
        assert (counted.segments, counted.encoding) == (expected.segments, expected.encoding)
        assert counted.units == expected.units


@pytest.mark.parametrize(
    ("text", "values", "rendered"),
    [
        ("Bonjour {owner}, {animal|votre animal} !", ["Ève", ""], "Bonjour Ève, votre animal !"),
        ("{animal} {owner} de {practice}", ["", "Ève"], "Ève de " + SAMPLES["practice"]),
        ("{owner}{owner}", ["{animal}", "{animal}"], "{animal}{animal}"),
    ],
)
def test_rendering(text: str, values: list[str], rendered: str) -> None:
    """SMS-5: as reminders are written."""
    wording = Wording(text, SAMPLES, STANDARD)
    assert set(wording.fields) <= set(OF_EACH)
    assert wording.rendered(values) == rendered
