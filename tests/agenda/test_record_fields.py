"""What the fields of records take: names that can be read, each calendar once, kinds without spaces."""

import asyncio
import json

import pytest
from agenda.conftest import Clinic
from sqlalchemy import text


async def test_a_type_names_a_calendar_once_for_each_requirement(clinic: Clinic) -> None:
    first, second = clinic.vets
    twice = [{"kind": "practitioner"}, {"kind": "practitioner", "any_of": [first, second, first]}]
    body = {"name": "x", "duration_minutes": 30}
    made = await clinic.http.post(f"{clinic.path}/appointment-types", json=body | {"requires": twice})
    path = f"{clinic.path}/appointment-types/{clinic.surgery}"
    changed = await clinic.http.patch(path, json={"requires": twice}, headers={"If-Match": "*"})
    for answer in (made, changed):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/requires/1/any_of/2"
    two = [{"kind": "practitioner", "any_of": [first]}, {"kind": "practitioner", "any_of": [first, second]}]
    assert (await clinic.make("appointment-types", **body, requires=two))["requires"] == two


async def test_a_type_that_named_a_calendar_twice_before_that_was_refused_is_still_changed(
    clinic: Clinic,
) -> None:
    twice = [{"kind": "room", "any_of": [clinic.room, clinic.room]}]
    async with clinic.house.services["agenda"].db.writing([clinic.id]) as session:
        statement = text("UPDATE appointment_type SET requires = CAST(:twice AS jsonb) WHERE id = :id")
        await session.execute(statement, {"twice": json.dumps(twice), "id": clinic.surgery})
    path = f"{clinic.path}/appointment-types/{clinic.surgery}"
    changed = await clinic.http.patch(path, json={"name": "OPERATION"}, headers={"If-Match": "*"})
    assert (changed.status_code, changed.json()["requires"]) == (200, twice)


async def test_a_species_has_no_spaces_around_it(clinic: Clinic) -> None:
    """Booking compares it: `DOG ` and `dog` are one kind."""
    animal = await clinic.make("animals", owner_id=clinic.owner, name="Rex", species=" DOG\u00a0")
    kind = await clinic.make("appointment-types", name="x", duration_minutes=30, species=["dog ", "cat"])
    assert (animal["species"], kind["species"]) == ("DOG", ["dog", "cat"])
    path = f"{clinic.path}/animals/{animal['id']}"
    changed = await clinic.http.patch(path, json={"species": "cat\t"}, headers={"If-Match": "*"})
    assert changed.json()["species"] == "cat"


@pytest.mark.parametrize("name", ["", " \t", "\u200b", "\u202e\u2066", "\u3164", "\u0301"])
async def test_a_name_has_something_to_read(clinic: Clinic, name: str) -> None:
    """One made of signs that nobody sees would be a blank line in every list."""
    for path, field, more in (
        ("calendars", "name", {}),
        ("appointment-types", "name", {"duration_minutes": 30}),
        ("owners", "family_name", {}),
        ("animals", "name", {"owner_id": clinic.owner}),
    ):
        answer = await clinic.http.post(f"{clinic.path}/{path}", json=more | {field: name})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}"), path
    vet = f"{clinic.path}/calendars/{clinic.vets[0]}"
    renamed = await clinic.http.patch(vet, json={"name": name}, headers={"If-Match": "*"})
    assert (renamed.status_code, renamed.json()["errors"][0]["pointer"]) == (422, "/name")
    practice = await clinic.http.patch(clinic.path, json={"name": name}, headers={"If-Match": "*"})
    assert (practice.status_code, practice.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_of_changes_at_once_to_one_version_one_counts(clinic: Clinic) -> None:
    """PART-9: the others are told that it has changed, instead of being overwritten."""
    for path, body in (
        (f"{clinic.path}/owners/{clinic.owner}", "given_name"),
        (f"{clinic.path}/calendars/{clinic.room}", "name"),
        (clinic.path, "name"),
    ):
        read = await clinic.http.get(path)
        held = {"If-Match": read.headers["etag"]}
        answers = await asyncio.gather(
            *(clinic.http.patch(path, json={body: f"n{number}"}, headers=held) for number in range(8))
        )
        won = [answer.json() for answer in answers if answer.status_code == 200]
        assert [answer.status_code for answer in answers].count(412) == 7, path
        (one,) = won
        assert (await clinic.http.get(path)).json() == one


@pytest.mark.parametrize(
    "name", ["Ann\u202exe.pdf", "Anna\x1b[2J", "Anna\nSMS gratuit", "Anna\u2028Lena", "A\tB"]
)
async def test_a_name_is_one_line_that_turns_nothing(clinic: Clinic, name: str) -> None:
    """It stands in letters, mails and messages, and on other people's screens."""
    body = {"owner_id": clinic.owner, "name": name, "species": "dog"}
    answer = await clinic.http.post(f"{clinic.path}/animals", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/name"


async def test_a_name_may_have_every_letter_and_sign_of_its_language(clinic: Clinic) -> None:
    for name in (
        "Zoë O\u2019Brien-\u0141ukasz",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u200eRex \U0001f469\u200d\U0001f52c",
    ):
        await clinic.make("animals", owner_id=clinic.owner, name=name, species="dog")


@pytest.mark.parametrize("edge", ["from", "to"])
@pytest.mark.parametrize("hour", ["09:00+02:00", "09:00Z", "09:00:30", "09:00:00.5"])
async def test_an_arrival_window_is_told_in_hours_and_minutes_of_the_practices_clock(
    clinic: Clinic, edge: str, hour: str
) -> None:
    """Its offset and seconds would be dropped, and owners told another hour than the one that was written."""
    window = {"from": "08:00", "to": "10:00"} | {edge: hour}
    path = f"{clinic.path}/appointment-types"
    body = {"name": "x", "duration_minutes": 30, "arrival_window": window}
    made = await clinic.http.post(path, json=body)
    changed = await clinic.http.patch(
        f"{path}/{clinic.surgery}", json={"arrival_window": window}, headers={"If-Match": "*"}
    )
    for answer in (made, changed):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == f"/arrival_window/{edge}"
    whole = await clinic.make("appointment-types", **body | {"arrival_window": window | {edge: "09:00:00"}})
    assert whole["arrival_window"][edge] == "09:00"
