"""AGD-12: what a practice has leaves in forms that others read, and comes back the same."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from agenda.conftest import Clinic, furnished
from agenda.exchange.files import applied, appointments, exported
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from vetagenda_agenda.exchange.spreadsheets import guarded, plain, rows

CHANGES = ["2031-03-30T01:00:00+00:00", "2031-10-26T01:00:00+00:00"]  # Europe/Paris: forward, back


async def test_a_calendar_file_has_its_zone_and_grows_its_sequence(clinic: Clinic) -> None:
    """AGD-4; SEQUENCE stuck, floating times."""
    booked = (await clinic.book("2031-07-04T08:00:00Z", title="Vaccin; Milou, 2×")).json()
    own = f"{clinic.path}/appointments/{booked['id']}"
    await clinic.http.post(f"{own}/reschedule", json={"start": "2031-07-04T09:00:00Z"})
    other = (await clinic.book("2031-07-05T08:00:00Z")).json()
    await clinic.http.post(f"{clinic.path}/appointments/{other['id']}/cancel", json={})
    file = await exported(clinic, "appointments.ics")
    assert "DTSTART;TZID=Europe/Paris:20310704T110000" in file
    assert "\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\n" in file
    first, second = Calendar.from_ical(file).events
    assert (first["UID"], first["SEQUENCE"], first["STATUS"]) == (booked["uid"], 1, "CONFIRMED")
    assert first["SUMMARY"] == "Vaccin; Milou, 2×"
    assert (second["SEQUENCE"], second["STATUS"]) == (1, "CANCELLED")


async def test_the_second_of_two_equal_hours_stands_in_utc(clinic: Clinic) -> None:
    """R7: a local time names only the first of them."""
    await clinic.book("2031-10-26T00:30:00Z")
    await clinic.book("2031-10-26T01:30:00Z")
    file = await exported(clinic, "appointments.ics")
    assert "DTSTART;TZID=Europe/Paris:20311026T023000\r\n" in file
    assert "DTSTART:20311026T013000Z\r\n" in file


async def test_only_what_was_asked_for_is_exported(clinic: Clinic) -> None:
    await clinic.book("2031-07-04T08:00:00Z")
    await clinic.book("2031-07-05T08:00:00Z", calendar_ids=[clinic.vets[1]])
    for params, expected in (
        ({}, 2),
        ({"from": "2031-07-05T00:00:00Z"}, 1),
        ({"to": "2031-07-04T08:00:00Z"}, 0),
        ({"calendar_id": clinic.vets[1]}, 1),
    ):
        assert (await exported(clinic, "appointments.ics", **params)).count("BEGIN:VEVENT") == expected
        table = list(csv.reader(io.StringIO(await exported(clinic, "appointments.csv", **params))))
        assert len(table) == expected + 1


async def test_no_cell_is_a_formula(clinic: Clinic) -> None:
    await clinic.make("owners", family_name='=HYPERLINK("http://x")', phone="+33612345678", given_name="@a")
    file = await exported(clinic, "owners.csv", bom=True)
    assert file.startswith("\ufeffid,version,")
    owner = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))[1]
    assert owner["family_name"] == '\'=HYPERLINK("http://x")'
    assert (owner["phone"], owner["given_name"]) == ("'+33612345678", "'@a")


@given(st.text())
def test_a_guarded_cell_reads_as_it_was(cell: str) -> None:
    assert plain(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2))
def test_a_row_of_any_text_is_one_row(cells: list[str]) -> None:
    """RFC 4180."""
    (read,) = csv.reader(io.StringIO(rows([cells]), newline=""), strict=True)
    assert [plain(cell) for cell in read] == cells


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t,;\\:\"'="), max_size=40
)
times = st.builds(
    lambda change, minutes: datetime.fromisoformat(change) + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-180, 180),
)
booking = st.fixed_dictionaries(
    {"start": times, "minutes": st.integers(1, 90), "title": texts, "description": texts, "notes": texts}
)


TRICKY = "\na\\nb;,:=\"'\t\\é\\Nu🐕"
EXAMPLE = [
    {
        "start": datetime.fromisoformat(CHANGES[1]),
        "minutes": 30,
        "title": TRICKY,
        "description": TRICKY,
        "notes": TRICKY,
    }
]


async def _booked(clinic: Clinic, wanted: list[dict[str, Any]]) -> None:
    for each in wanted:
        end = each["start"] + timedelta(minutes=each["minutes"])
        body = {name: each[name] for name in ("title", "description", "notes")}
        times = {"start": each["start"].isoformat(), "end": end.isoformat()}
        answer = await clinic.book(**times, **body, appointment_type_id=None, owner_name="Zoé; Ünal")
        assert answer.status_code in (201, 409), answer.text


def _told(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    fields = ("start", "end", "title", "description", "notes", "owner_name", "status")
    return sorted(tuple(each[name] for name in fields) for each in found)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # each example makes two practices: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(wanted=EXAMPLE, form="ics")
@example(wanted=EXAMPLE, form="csv")
@given(wanted=st.lists(booking, min_size=1, max_size=4), form=st.sampled_from(["ics", "csv"]))
async def test_an_export_imported_elsewhere_gives_the_same_appointments(
    house: Any, wanted: list[dict[str, Any]], form: str
) -> None:
    """Over both changes of the clocks, with any text; and in its own practice it changes nothing."""
    here, there = await furnished(house), await furnished(house)
    try:
        await _booked(here, wanted)
        file = await exported(here, f"appointments.{form}")
        for clinic, action in ((there, "create"), (there, "unchanged"), (here, "unchanged")):
            done = await applied(clinic, file, format=form)
            assert done["counts"][action] == len(done["lines"]), done["lines"]
        assert _told(await appointments(there)) == _told(await appointments(here))
    finally:
        await here.http.aclose()
        await there.http.aclose()


async def test_owners_animals_and_their_appointments_move_to_another_practice(clinic: Clinic) -> None:
    booked = await clinic.book(
        "2031-03-04T10:00:00Z", owner_id=clinic.owner, animal_ids=[clinic.animal], title="Vaccin"
    )
    assert booked.status_code == 201
    there = await furnished(clinic.house)
    for what in ("owners", "animals", "appointments"):
        file = await exported(clinic, f"{what}.csv")
        done = await applied(there, file, format="csv", what=what, calendar_id=None)
        assert [line["action"] for line in done["lines"]] == ["create"], done
        assert done["lines"][0]["notes"] == []
    (found,) = await appointments(there)
    assert found["calendar_ids"] == [there.vets[0]]
    assert found["appointment_type_id"] == there.vaccination
    owner = (await there.http.get(f"{there.path}/owners/{found['owner_id']}")).json()
    animal = (await there.http.get(f"{there.path}/animals/{found['animal_ids'][0]}")).json()
    assert (owner["given_name"], animal["name"]) == ("Élodie", "Milou")
    assert datetime.fromisoformat(found["start"]) == datetime(2031, 3, 4, 10, tzinfo=UTC)
    await there.http.aclose()
