"""AGD-6: an appointment type names the templates of its confirmation and of its reminders."""

from uuid import uuid4

import pytest
from agenda.conftest import Clinic

FIELDS = ("confirmation_template_id", "reminder_template_id")
ANY = {"If-Match": "*"}


@pytest.mark.parametrize("field", FIELDS)
async def test_a_type_names_a_template_changes_it_and_lets_it_go(clinic: Clinic, field: str) -> None:
    """Its id is kept as given: the templates are another service's."""
    other = next(each for each in FIELDS if each != field)
    first, second = str(uuid4()), str(uuid4())
    kind = await clinic.make("appointment-types", name="BILAN", duration_minutes=20, **{field: first})
    path = f"{clinic.path}/appointment-types/{kind['id']}"
    assert (kind[field], kind[other]) == (first, None)
    changed = await clinic.http.patch(path, json={field: second}, headers=ANY)
    assert (changed.json()[field], changed.json()[other]) == (second, None)
    await clinic.http.patch(path, json={"name": "BILAN annuel"}, headers=ANY)
    assert (await clinic.http.get(path)).json()[field] == second
    emptied = await clinic.http.patch(path, json={field: None}, headers=ANY)
    assert (emptied.status_code, emptied.json()[field]) == (200, None)
    said = [each["data"] for each in await clinic.house.events("agenda", clinic.id) if _is_about(each, kind)]
    assert [(each["before"] or {}).get(field) for each in said] == [None, first, second, second]
    assert [each["after"][field] for each in said] == [first, second, second, None]


def _is_about(event: dict[str, object], kind: dict[str, object]) -> bool:
    return event["subject"] == kind["id"]


async def test_a_template_is_named_by_an_id(clinic: Clinic) -> None:
    body = {"name": "BILAN", "duration_minutes": 20, "reminder_template_id": "bilan"}
    refused = await clinic.http.post(f"{clinic.path}/appointment-types", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reminder_template_id")


async def test_whoever_writes_the_messages_is_told_them(clinic: Clinic) -> None:
    wanted = {field: str(uuid4()) for field in FIELDS}
    kind = await clinic.make("appointment-types", name="BILAN", duration_minutes=20, **wanted)
    booked = (await clinic.book("2031-03-04T10:00:00Z", appointment_type_id=kind["id"])).json()
    async with clinic.house.internal("agenda", clinic.id) as reminders:
        path = f"/internal/practices/{clinic.id}/appointments/facts"
        answer = await reminders.post(path, json={"appointment_ids": [booked["id"]]})
    told = answer.json()["items"][0]["appointment_type"]
    assert {field: told[field] for field in FIELDS} == wanted
