"""PART-10: the names in the document are those that generated clients are written with; they stay."""

import re
from pathlib import Path

import pytest

from vetagenda_gateway.contracts import documents, lifecycle, merge
from vetagenda_gateway.contracts.lifecycle import Ending

DOCUMENT = documents.load("gateway")
PINNED = Path(__file__).with_name("operations.txt")
_IDENTIFIER = re.compile(r"[a-z]+(_[a-z0-9]+)*")


def served() -> set[str]:
    """`operation_id METHOD path` of each operation."""
    return {
        f"{operation['operationId']} {method.upper()} {path}"
        for path, method, operation in merge.operations(DOCUMENT["paths"])
    }


def told_of(lines: set[str], gone: tuple[Ending, ...]) -> set[str]:
    """The lines whose operation has ended as it should: it was deprecated, and its callers read so."""
    ended = {f"{each.method} {each.path}" for each in gone}
    return {line for line in lines if line.split(" ", 1)[1] in ended}


def test_a_released_operation_keeps_its_id_and_its_address() -> None:
    """Generated clients have a method of this name, for this address."""
    pinned = set(PINNED.read_text().splitlines())
    lost = pinned - served()
    assert lost == told_of(lost, lifecycle.GONE), (
        "a released operation was removed or renamed. Renamed by its function's new name, or because another "
        "service now has a function of that name: give the new one another. Moved or removed: mark it "
        "`deprecated(...)` for six months, then put it into lifecycle.GONE"
    )


def test_a_new_operation_is_pinned() -> None:
    new = served() - set(PINNED.read_text().splitlines())
    lines = "\n".join(sorted(new))
    assert not new, f"is this how it shall be called for good? Then add to {PINNED.name}:\n{lines}"


def test_the_list_is_in_order() -> None:
    lines = PINNED.read_text().splitlines()
    assert lines == sorted(set(lines))


def test_only_what_was_told_to_be_gone_may_be_missing() -> None:
    line = "show_thing GET /v1/things/{thing_id}"
    day = lifecycle.VERSIONS[0].since
    other = Ending("DELETE", "/v1/things/{thing_id}", "gone", day, day)
    assert told_of({line}, (other,)) == set()
    assert told_of({line}, (Ending("GET", "/v1/things/{thing_id}", "gone", day, day),)) == {line}


@pytest.mark.parametrize("name", sorted(line.split()[0] for line in served()))
def test_an_id_is_a_name_in_most_languages(name: str) -> None:
    assert _IDENTIFIER.fullmatch(name)


def test_no_schema_is_named_after_where_it_lies() -> None:
    """Two classes of a service with one name are told apart by their modules: moving one would rename it."""
    assert [name for name in DOCUMENT["components"]["schemas"] if "__" in name] == []
