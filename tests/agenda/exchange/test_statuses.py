"""AGD-12: a status that is not understood is never taken for a yes, and one that is not kept is said so."""

import re
from pathlib import Path

import pytest
from agenda.conftest import Clinic
from agenda.exchange.files import applied, appointments, calendar, event, imported

from vetagenda_agenda.exchange import statuses
from vetagenda_agenda.exchange.rules import Unreadable

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
HEADER = "external_id,start,end,status,title\r\n"


def row(status: str, title: str = "") -> str:
    return f"a,2031-03-04T10:00:00Z,2031-03-04T10:30:00Z,{status},{title}\r\n"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("confirmed", "confirmed"), ("Confirmé", "confirmed"), ("BESTÄTIGT", "confirmed")),
        *(("bestaetigt", "confirmed"), ("confirme", "confirmed"), ("geplant", "confirmed")),
        *(("CANCELED", "cancelled"), ("Cancelled", "cancelled"), ("Annulé", "cancelled")),
        *(("annulée ", "cancelled"), ("ANNULE\u0301", "cancelled"), ("Abgesagt", "cancelled")),
        *(("storniert", "cancelled"), ("TENTATIVE", "requested"), ("en attente", "requested")),
        *(("requested", "requested"), ("arrived", "arrived"), ("En salle d\u2019attente", "arrived")),
        *(("honoré", "completed"), ("Terminée", "completed"), ("erledigt", "completed")),
        *(("no_show", "no_show"), ("No-Show", "no_show"), ("Non  venu", "no_show"), ("absent", "no_show")),
        *(("nicht erschienen", "no_show"), ("versäumt", "no_show"), ("", None), ("  ", None)),
    ],
)
def test_a_status_is_understood_in_the_words_of_other_programs(word: str, meant: str | None) -> None:
    assert statuses.status_of(word, "status") == meant


@pytest.mark.parametrize("word", ["banana", "confirm", "1", "not cancelled", "-", "?"])
def test_any_other_word_is_refused_with_what_is_understood(word: str) -> None:
    with pytest.raises(Unreadable) as refused:
        statuses.status_of(word, "status")
    assert refused.value.field == "status"
    assert all(status in str(refused.value) for status in statuses.WORDS)


def test_no_word_means_two_things() -> None:
    words = [statuses.folded(word) for some in statuses.WORDS.values() for word in set(some)]
    meant = {word: statuses.status_of(word, "status") for word in words}
    for status, some in statuses.WORDS.items():
        assert {meant[statuses.folded(word)] for word in some} == {status}


@pytest.mark.parametrize(
    ("given", "here", "said"),
    [
        (None, "confirmed", ""),
        ("confirmed", "confirmed", ""),
        ("confirmed", "completed", ""),
        ("confirmed", "requested", "confirmed is not imported; the visit is requested here"),
        ("confirmed", "cancelled", "confirmed is not imported; the visit is cancelled here"),
        ("requested", "confirmed", "requested is not imported; the visit is confirmed here"),
        ("completed", "completed", ""),
        ("no_show", "confirmed", "no_show is not imported; the visit is confirmed here"),
    ],
)
def test_what_becomes_of_a_status_that_is_not_kept_is_said(given: str | None, here: str, said: str) -> None:
    assert statuses.noted(given, here) == ((f"status: {said}",) if said else ())


def test_the_page_shows_the_words_that_are_understood() -> None:
    shown = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", PAGE.read_text(), re.MULTILINE))
    assert {status: tuple(re.findall(r"`(.+?)`", words)) for status, words in shown.items()} == statuses.WORDS


@pytest.mark.parametrize("word", ["banana", "Vielleicht"])
async def test_a_row_whose_status_is_not_understood_books_nothing(clinic: Clinic, word: str) -> None:
    (line,) = (await applied(clinic, HEADER + row(word), format="csv"))["lines"]
    assert (line["action"], line["field"]) == ("invalid", "status")
    assert "cancelled" in line["reason"]
    file = calendar(event("a", f"STATUS:{word}"))
    (line,) = (await applied(clinic, file))["lines"]
    assert (line["action"], line["field"]) == ("invalid", "STATUS")
    assert await appointments(clinic) == []


@pytest.mark.parametrize("word", ["Annulé", "CANCELED", "abgesagt"])
async def test_what_is_cancelled_in_another_programs_words_is_cancelled(clinic: Clinic, word: str) -> None:
    (line,) = (await applied(clinic, HEADER + row(word), format="csv"))["lines"]
    assert (line["action"], line["reason"]) == ("unchanged", "cancelled in the file, and not here")
    await applied(clinic, HEADER + row("confirmé"), format="csv")
    (line,) = (await applied(clinic, HEADER + row(word), format="csv"))["lines"]
    assert line["action"] == "update"
    assert [each["status"] for each in await appointments(clinic)] == ["cancelled"]


@pytest.mark.parametrize("word", ["arrived", "requested", "no_show", "honoré"])
async def test_a_status_that_is_not_imported_is_named_with_what_the_visit_is(
    clinic: Clinic, word: str
) -> None:
    said = f"status: {statuses.status_of(word, '')} is not imported; the visit is confirmed here"
    dry = await imported(clinic, HEADER + row(word), format="csv")
    assert (dry.json()["lines"][0]["action"], dry.json()["lines"][0]["notes"]) == ("create", [said])
    (made,) = (await applied(clinic, HEADER + row(word), format="csv"))["lines"]
    (again,) = (await applied(clinic, HEADER + row(word), format="csv"))["lines"]
    (changed,) = (await applied(clinic, HEADER + row(word, "Milou"), format="csv"))["lines"]
    assert [each["action"] for each in (made, again, changed)] == ["create", "unchanged", "update"]
    assert [each["notes"] for each in (made, again, changed)] == [[said]] * 3
    assert [each["status"] for each in await appointments(clinic)] == ["confirmed"]


@pytest.mark.parametrize(
    ("word", "action", "notes"),
    [
        ("CONFIRMED", "create", []),
        ("TENTATIVE", "create", ["status: requested is not imported; the visit is confirmed here"]),
        ("CANCELLED", "unchanged", []),
        ("Canceled", "unchanged", []),
    ],
)
async def test_an_events_status_is_read_likewise(
    clinic: Clinic, word: str, action: str, notes: list[str]
) -> None:
    (line,) = (await applied(clinic, calendar(event("a", f"STATUS:{word}"))))["lines"]
    assert (line["action"], line["notes"]) == (action, notes)
