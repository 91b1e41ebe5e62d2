"""SMS-5, REM-4: how merge fields stand in a text."""

import pytest

from vetagenda_kit.merge_fields import check_fields, closed_up, filled, named, pieces, render
from vetagenda_kit.problems import InvalidRequest

KNOWN = ("owner", "animal")


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Bonjour {owner}, {animal}", "Bonjour Ève, {owner}"),
        ("{missing|votre ami} {owner}", "votre ami Ève"),
        (" {missing}  a {missing} b ", "a b"),
        ("{missing}", ""),
        ("{owner}{owner}", "ÈveÈve"),
    ],
)
def test_a_text_is_the_same_whole_and_in_pieces(text: str, rendered: str) -> None:
    """SMS-5: what is taken apart once and put together for each is what `render` makes."""
    values = {"owner": "Ève", "animal": "{owner}", "missing": " "}
    assert render(text, values) == rendered
    (first, *others), fields = pieces(text)
    parts = [first]
    for (name, fallback), following in zip(fields, others, strict=True):
        parts += [filled(values[name], fallback), following]
    assert closed_up(parts) == rendered


@pytest.mark.parametrize(
    "text", ["{x}", "{}", "{owner", "owner}", "{owner|}", "{owner|a|b}", "{ owner }", "{{owner}}"]
)
def test_what_is_no_field_is_refused(text: str) -> None:
    """SMS-5: with the field of the request."""
    with pytest.raises(InvalidRequest) as refusal:
        check_fields(text, "/text", KNOWN)
    assert refusal.value.members["errors"][0]["pointer"] == "/text"


def test_the_names_each_once() -> None:
    """SMS-5."""
    assert list(named("{owner|x} {animal} {owner}")) == ["owner", "animal"]
    check_fields("{owner|x} {animal} {owner}", "/text", KNOWN)
