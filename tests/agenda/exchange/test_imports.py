"""AGD-12: a dry run says what an import does, the import does it once, and undoing takes back just that."""

from typing import Any

import pytest
from agenda.conftest import Clinic
from agenda.exchange.files import applied, appointments, calendar, event, exported, imported
from sqlalchemy import text


def actions(done: dict[str, Any]) -> list[str]:
    return [line["action"] for line in done["lines"]]


async def test_a_dry_run_says_what_the_import_then_does(clinic: Clinic) -> None:
    await clinic.book("2031-03-04T11:00:00Z")
    file = calendar(
        event("a", "SUMMARY:Vaccin\\, Milou"),
        event("b", start="20310304T111000Z", end="20310304T113000Z"),
        event("c", "RRULE:FREQ=DAILY", start="20310304T120000Z", end="20310304T121500Z"),
        event("d", start="20310304T101500Z", end="20310304T104500Z"),
    )
    told = len(await clinic.house.events("agenda", clinic.id))
    dry = await imported(clinic, file)
    assert dry.status_code == 200
    assert (dry.json()["id"], dry.json()["status"]) == (None, "dry_run")
    assert actions(dry.json()) == ["create", "conflict", "invalid", "conflict"]
    assert len(await appointments(clinic)) == 1
    assert len(await clinic.house.events("agenda", clinic.id)) == told
    done = await applied(clinic, file)
    assert done["counts"] == dry.json()["counts"]
    assert actions(done) == actions(dry.json())
    assert (done["lines"][1]["field"], done["lines"][2]["field"]) == ("start", "RRULE")
    made = next(each for each in await appointments(clinic) if each["source"] == "import")
    assert (made["title"], made["start"], made["status"]) == (
        "Vaccin, Milou",
        "2031-03-04T10:00:00Z",
        "confirmed",
    )
    new = (await clinic.house.events("agenda", clinic.id))[told:]
    assert [each["type"] for each in new] == ["agenda.appointment.booked"]
    again = await clinic.http.get(f"{clinic.path}/imports/{done['id']}")
    assert again.json() == done


async def test_the_same_file_again_changes_nothing_and_a_newer_one_what_it_changes(clinic: Clinic) -> None:
    await applied(clinic, calendar(event("a", "SUMMARY:One")))
    second = await applied(clinic, calendar(event("a", "SUMMARY:One")))
    assert actions(second) == ["unchanged"]
    moved = calendar(event("a", "SUMMARY:Two", start="20310305T080000Z", end="20310305T083000Z"))
    assert actions(await applied(clinic, moved)) == ["update"]
    (found,) = await appointments(clinic)
    assert (found["title"], found["start"], found["sequence"]) == ("Two", "2031-03-05T08:00:00Z", 1)
    assert actions(await applied(clinic, moved)) == ["unchanged"]


async def test_what_was_changed_here_is_not_overwritten(clinic: Clinic) -> None:
    done = await applied(clinic, calendar(event("a")))
    own = f"{clinic.path}/appointments/{done['lines'][0]['id']}"
    await clinic.http.patch(own, json={"title": "ours"}, headers={"If-Match": "*"})
    assert actions(await applied(clinic, calendar(event("a", "SUMMARY:theirs")))) == ["conflict"]
    assert [each["title"] for each in await appointments(clinic)] == ["ours"]


async def test_overlapping_ones_are_written_when_that_is_asked_for(clinic: Clinic) -> None:
    await clinic.book("2031-03-04T10:00:00Z")
    assert actions(await applied(clinic, calendar(event("a")))) == ["conflict"]
    done = await applied(clinic, calendar(event("a")), allow_overlap=True)
    assert actions(done) == ["create"]


async def test_undoing_takes_back_what_the_import_made_and_keeps_what_was_touched_since(
    clinic: Clinic,
) -> None:
    other = event("b", start="20310305T100000Z", end="20310305T103000Z")
    done = await applied(clinic, calendar(event("a"), other))
    touched = f"{clinic.path}/appointments/{done['lines'][1]['id']}"
    await clinic.http.patch(touched, json={"notes": "fasting"}, headers={"If-Match": "*"})
    answer = await clinic.http.post(f"{clinic.path}/imports/{done['id']}/undo")
    assert (answer.status_code, answer.json()["status"]) == (200, "partly_undone")
    first, second = answer.json()["lines"]
    assert (first["kept"], second["kept"]) == (None, "changed since it was imported")
    assert [each["status"] for each in await appointments(clinic)] == ["cancelled", "confirmed"]
    assert actions(await applied(clinic, calendar(event("a"), other))) == ["create", "unchanged"]


async def test_undoing_a_change_brings_back_what_was_before_it(clinic: Clinic) -> None:
    first = await applied(clinic, calendar(event("a", "SUMMARY:One", "DESCRIPTION:x")))
    moved = event("a", "SUMMARY:Two", "DESCRIPTION:x", start="20310305T080000Z", end="20310305T090000Z")
    second = await applied(clinic, calendar(moved))
    answer = await clinic.http.post(f"{clinic.path}/imports/{second['id']}/undo")
    assert answer.json()["status"] == "undone"
    (found,) = await appointments(clinic)
    assert (found["title"], found["start"], found["end"]) == (
        "One",
        "2031-03-04T10:00:00Z",
        "2031-03-04T10:30:00Z",
    )
    answer = await clinic.http.post(f"{clinic.path}/imports/{first['id']}/undo")
    assert answer.json()["status"] == "undone"
    assert [each["status"] for each in await appointments(clinic)] == ["cancelled"]


async def test_floating_times_are_the_practices_and_said_to_be_so(clinic: Clinic) -> None:
    done = await applied(clinic, calendar(event(start="20310704T100000", end="20310704T103000")))
    assert "read as Europe/Paris" in done["lines"][0]["notes"][0]
    assert (await appointments(clinic))[0]["start"] == "2031-07-04T08:00:00Z"


@pytest.mark.parametrize(
    ("start", "outcome", "said"),
    [
        (";TZID=Europe/Paris:20310330T023000", "invalid", "does not exist"),
        (";TZID=Europe/Paris:20311026T023000", "create", "exists twice"),
        (";TZID=America/New_York:20310304T100000", "create", ""),
        (";TZID=W. Europe Standard Time:20310304T100000", "create", ""),
        (";TZID=Practice/Own:20310304T100000", "invalid", "IANA"),
        (";VALUE=DATE:20310304", "invalid", "whole day"),
        (":tomorrow", "invalid", "instant"),
    ],
)
async def test_times_are_read_as_they_are_meant(clinic: Clinic, start: str, outcome: str, said: str) -> None:
    """R7."""
    file = calendar(event("a", "DURATION:PT20M", start=start).replace("DTEND:20310304T103000Z\r\n", ""))
    line = (await applied(clinic, file))["lines"][0]
    assert line["action"] == outcome, line
    assert said in f"{line['reason']} {line['notes']}"


async def test_a_zone_that_a_file_defines_is_not_believed(clinic: Clinic) -> None:
    """One practice's file must not change how another's is read, nor keep the service busy."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "RRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\n"
        "END:VTIME\r\n ZONE\r\n"
    )
    times = {"start": ";TZID=Europe/Paris:20310304T100000", "end": ";TZID=Europe/Paris:20310304T103000"}
    await applied(clinic, calendar(zone, event("a", **times)))
    assert (await appointments(clinic))[0]["start"] == "2031-03-04T09:00:00Z"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"content": "this is no calendar"}, "/content"),
        ({"content": calendar(event("a"), event("b"))[:-30], "dry_run": False}, "/content"),
        ({"content": calendar(*(event(str(number)) for number in range(1001)))}, "/content"),
        ({"format": "csv", "content": "when,what\r\n"}, "/content"),
        ({"format": "csv", "content": "start\r\n", "mapping": {"end": "Ende"}}, "/mapping/end"),
        ({"format": "csv", "content": 'start\r\n"unclosed'}, "/content"),
        ({"format": "csv", "content": "start,title,Title \r\n"}, "/content"),
        (
            {"format": "csv", "content": "Wann,wann\r\n", "mapping": {"start": "Wann"}, "dry_run": False},
            "/content",
        ),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
    ],
)
async def test_what_is_no_such_file_is_refused_whole(
    clinic: Clinic, body: dict[str, Any], pointer: str
) -> None:
    answer = await imported(clinic, **({"content": calendar()} | body))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await appointments(clinic) == []


async def test_a_table_of_another_program_is_read_through_a_mapping(clinic: Clinic) -> None:
    file = "\ufeffTermin;Dauer;Wer;Bei\r\n04.03.2031 10:00;20;Müller;Dr Müller\r\n05.03.2031 25:00;20;x;y\r\n"
    done = await applied(
        clinic,
        file,
        format="csv",
        calendar_id=None,
        date_format="day-first",
        mapping={"start": "Termin", "duration_minutes": "Dauer", "owner_name": "Wer", "calendars": "Bei"},
    )
    assert actions(done) == ["create", "invalid"]
    assert (done["lines"][1]["line"], done["lines"][1]["field"]) == (3, "start")
    (found,) = await appointments(clinic)
    assert (found["start"], found["owner_name"]) == ("2031-03-04T09:00:00Z", "Müller")
    assert found["calendar_ids"] == [clinic.vets[1]]


TIMES = "2031-03-04T10:00:00Z,2031-03-04T10:30:00Z"


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        (
            {"format": "csv", "content": f"start,end,Salle,status,,\r\n{TIMES},2,confirmed,x,\r\n"},
            ["column Salle is left out", "column 5 has no name and is left out"],
        ),
        (
            {
                "format": "csv",
                "content": f"start,end,Termin,Termin\r\n{TIMES},a,b\r\n",
                "mapping": {"title": "end"},
            },
            ["column Termin is left out", "column Termin is left out"],
        ),
        (
            {
                "format": "csv",
                "content": f"start,end,title,Wer\r\n{TIMES},a,b\r\n",
                "mapping": {"title": "wer"},
            },
            ["column title is left out"],
        ),
        ({"content": calendar(event(), "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n")}, ["1 VTODO left out"]),
        ({"content": calendar(event())}, []),
    ],
)
async def test_what_of_a_file_is_not_imported_is_said(
    clinic: Clinic, body: dict[str, Any], notes: list[str]
) -> None:
    """AGD-12: by the dry run, by the import, and by whoever reads it later."""
    dry = await imported(clinic, **body)
    assert (dry.status_code, dry.json()["notes"]) == (200, notes), dry.text
    done = await applied(clinic, **body)
    kept = await clinic.http.get(f"{clinic.path}/imports/{done['id']}")
    assert (done["notes"], kept.json()["notes"]) == (notes, notes)


async def test_a_column_that_is_there_twice_is_named(clinic: Clinic) -> None:
    answer = await imported(clinic, "start,end,title,Title\r\n", format="csv")
    assert answer.json()["errors"] == [
        {"pointer": "/content", "detail": "the header names the column title twice"}
    ]


async def test_owners_and_their_animals_are_imported_by_the_ids_of_the_file(clinic: Clinic) -> None:
    owners = "external_id,family_name,phone,consent_sms\r\n17,Weiß,06 12 34 56 78,yes\r\n18,,,\r\n"
    done = await applied(clinic, owners, format="csv", what="owners")
    assert actions(done) == ["create", "invalid"]
    assert done["lines"][1]["field"] == "family_name"
    animals = "external_id,owner_id,name,born_on\r\n5,17,Rex,2021-01-31\r\n6,99,Flo,\r\n"
    herd = await applied(clinic, animals, format="csv", what="animals")
    assert actions(herd) == ["create", "invalid"]
    owner = (await clinic.http.get(f"{clinic.path}/owners/{done['lines'][0]['id']}")).json()
    assert (owner["family_name"], owner["consents"]["sms"], owner["phone_e164"]) == (
        "Weiß",
        True,
        "+33612345678",
    )
    undo = await clinic.http.post(f"{clinic.path}/imports/{done['id']}/undo")
    assert undo.json()["lines"][0]["kept"] == "animals or appointments belong to it"
    for each in (herd, done):
        undo = await clinic.http.post(f"{clinic.path}/imports/{each['id']}/undo")
        assert undo.json()["status"] == "undone"
    gone = await clinic.http.get(f"{clinic.path}/owners/{done['lines'][0]['id']}")
    assert gone.status_code == 404


async def test_an_owners_change_is_undone_field_by_field(clinic: Clinic) -> None:
    file = await exported(clinic, "owners.csv")
    more = {"format": "csv", "what": "owners"}
    assert actions(await applied(clinic, file, **more)) == ["unchanged"]
    changed = await applied(clinic, file.replace("Plutôt", "Plus-Tard"), **more)
    assert actions(changed) == ["update"]
    await clinic.http.post(f"{clinic.path}/imports/{changed['id']}/undo")
    owner = (await clinic.http.get(f"{clinic.path}/owners/{clinic.owner}")).json()
    assert owner["family_name"] == "Plutôt"


async def test_another_practices_import_and_calendar_are_not_there(clinic: Clinic) -> None:
    foreign = await clinic.house.practice()
    async with clinic.house.client("agenda", foreign) as client:
        done = await applied(clinic, calendar(event()))
        for method, path in (("GET", ""), ("POST", "/undo")):
            answer = await client.request(method, f"/v1/practices/{foreign}/imports/{done['id']}{path}")
            assert answer.status_code == 404
        body = {"format": "ics", "content": calendar(event()), "calendar_id": clinic.vets[0]}
        answer = await client.post(f"/v1/practices/{foreign}/imports", json=body)
        assert (answer.status_code, answer.json()["detail"][:13]) == (404, "/calendar_id:")
        asked = {"calendar_id": clinic.vets[0]}
        answer = await client.get(f"/v1/practices/{foreign}/exports/appointments.csv", params=asked)
        assert (answer.status_code, answer.json()["detail"][:13]) == (404, "?calendar_id:")
    async with clinic.house.services["agenda"].db.reading([foreign]) as session:
        assert await session.scalar(text("SELECT count(*) FROM import_line")) == 0


async def test_reading_and_writing_need_their_scopes(clinic: Clinic) -> None:
    async with clinic.house.client("agenda", clinic.id, scopes=["agenda:read"]) as reader:
        body = {"format": "ics", "content": calendar(), "calendar_id": clinic.vets[0]}
        assert (await reader.post(f"{clinic.path}/imports", json=body)).status_code == 403
    async with clinic.house.client("agenda", clinic.id, scopes=["booking:read"]) as other:
        for what in ("appointments.ics", "appointments.csv", "owners.csv", "animals.csv"):
            assert (await other.get(f"{clinic.path}/exports/{what}")).status_code == 403
