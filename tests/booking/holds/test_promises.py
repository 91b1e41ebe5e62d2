"""BOOK-6: a hold is a promise. What is held, books; what is held counts as a start of its type."""

import asyncio
from typing import Any

import httpx
import pytest
from booking.clinic import NEW_OWNER, Clinic

START = "2026-03-04T10:00:00+01:00"


async def hold(clinic: Clinic, start: str = START, kind: str = "VACCINATION", **more: Any) -> httpx.Response:
    return await clinic.post("/holds", {"appointment_type_id": clinic.types[kind], "start": start, **more})


async def token(clinic: Clinic, **more: Any) -> str:
    answer = await hold(clinic, **more)
    assert answer.status_code == 201, answer.text
    given: str = answer.json()["token"]
    return given


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.json()["code"] == "slot-not-offered", answer.text
    return answer.status_code, answer.json()["rule"]


async def cap(clinic: Clinic, **caps: int) -> None:
    restriction = {"appointment_type_id": clinic.types["VACCINATION"], **caps}
    assert (await clinic.put_profile(types=[restriction])).status_code == 200


@pytest.mark.parametrize("which", ["daily_cap", "weekly_cap"])
async def test_what_is_held_counts_for_the_caps_and_all_of_it_books(clinic: Clinic, which: str) -> None:
    await cap(clinic, **{which: 3})
    starts = [slot["start"] for slot in await clinic.slots("2026-03-04")]
    held = [await hold(clinic, start) for start in starts[:3]]
    assert [each.status_code for each in held] == [201] * 3
    assert refused(await hold(clinic, starts[3])) == (409, "cap")
    assert refused(await clinic.book(starts[3])) == (409, "cap")
    assert (await clinic.explain(starts[3]))["rule"] == "cap"
    assert await clinic.slots("2026-03-04") == []
    for start, each in zip(starts, held, strict=False):
        assert (await clinic.book(start, hold_token=each.json()["token"])).status_code == 201
    assert refused(await hold(clinic, starts[3])) == (409, "cap")


async def test_simultaneous_holds_and_bookings_never_exceed_a_cap(clinic: Clinic) -> None:
    """Counted under the agenda's lock; a surgery that is held in two calendars is one start."""
    await cap(clinic, daily_cap=3)
    starts = [slot["start"] for slot in (await clinic.slots("2026-03-04"))[:12]]
    racers = (
        (hold(clinic, start) if number % 2 else clinic.book(start)) for number, start in enumerate(starts)
    )
    answers = await asyncio.gather(*racers)
    assert sorted(each.status_code for each in answers) == [201] * 3 + [409] * 9
    assert {each.json()["rule"] for each in answers if each.status_code == 409} == {"cap"}


async def test_a_hold_in_two_calendars_counts_once(clinic: Clinic) -> None:
    surgery = {"appointment_type_id": clinic.types["CHIRURGIE"], "daily_cap": 2}
    await clinic.put_profile(types=[surgery])
    for start, status in (("14:00", 201), ("15:40", 201), ("10:20", 409)):
        assert (await hold(clinic, f"2026-03-04T{start}:00+01:00", "CHIRURGIE")).status_code == status


async def test_a_hold_that_has_ended_counts_no_more(clinic: Clinic) -> None:
    await cap(clinic, daily_cap=1)
    first = (await hold(clinic, minutes=5)).json()
    assert refused(await clinic.book("2026-03-04T11:00:00+01:00")) == (409, "cap")
    assert (await clinic.client.delete(clinic.path(f"/holds/{first['id']}"))).status_code == 204
    assert (await hold(clinic, minutes=5)).status_code == 201
    await clinic.set_clock("2026-03-03T08:05:00+01:00")
    assert (await clinic.book("2026-03-04T11:00:00+01:00")).status_code == 201


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"lead_time_hours": 48}, "lead-time"),
        ({"paused_until": "2026-03-20T08:00:00+01:00"}, "paused"),
        ({"horizon_days": 0}, "horizon"),
        ({"exceptions": [{"date": "2026-03-04"}]}, "override-closed"),
        ({"opening_hours": {"wednesday": "14:00-18:00"}}, "closed"),
        ({"opening_hours": {"wednesday": "09:50-12:00"}}, "step"),
        ({"holidays": [{"from": "2026-03-04", "to": "2026-03-04"}]}, "holiday"),
        ({"types": "cap"}, "cap"),
        ({"calendars": "none"}, "calendar"),
        ({"species": ["chat"]}, "species"),
        ({"owner_kinds": ["new"]}, "owner"),
    ],
)
async def test_a_changed_profile_does_not_take_back_what_is_held(
    clinic: Clinic, changes: dict[str, Any], rule: str
) -> None:
    given = await token(clinic, owner_id=clinic.owner, species="chien")
    if changes.get("types") == "cap":
        changes = {"types": [{"appointment_type_id": clinic.types["VACCINATION"], "daily_cap": 0}]}
    if changes.get("calendars") == "none":
        changes = {"calendars": [{"calendar_id": vet, "opening_hours": {}} for vet in clinic.vets]}
    assert (await clinic.put_profile(**changes)).status_code == 200
    assert refused(await clinic.book(START)) == (409, rule)
    booked = await clinic.book(START, hold_token=given)
    assert booked.status_code == 201, booked.text
    assert booked.json()["start"] == "2026-03-04T09:00:00Z"


@pytest.mark.parametrize("change", [{"bookable_online": False}, {"species": ["chat"]}])
async def test_a_changed_type_does_not_take_it_back(clinic: Clinic, change: dict[str, Any]) -> None:
    given = await token(clinic, species="chien")
    path = clinic.path(f"/appointment-types/{clinic.types['VACCINATION']}")
    assert (await clinic.agenda.patch(path, json=change, headers={"If-Match": "*"})).status_code == 200
    assert (await clinic.book(START, hold_token=given)).status_code == 201


async def test_who_comes_is_judged_when_the_hold_did_not_say(clinic: Clinic) -> None:
    await clinic.put_profile(species=["chat"])
    given = await token(clinic)
    assert refused(await clinic.book(START, hold_token=given)) == (409, "species")
    await clinic.put_profile(owner_kinds=["known"])
    body = clinic.booking(START, hold_token=given, owner_id=None, owner=NEW_OWNER, animals=[])
    assert refused(await clinic.post("/booking-requests", body)) == (409, "owner")
    assert (await clinic.book(START, hold_token=given)).status_code == 201


async def test_another_number_of_animals_is_judged(clinic: Clinic) -> None:
    """How long they take and where was not promised; that the start is offered was."""
    other = await clinic.made("/animals", owner_id=clinic.owner, name="Rex", species="chien")
    animals = [{"animal_id": clinic.animal}, {"animal_id": other}]
    last = await token(clinic, start="2026-03-04T11:40:00+01:00")
    given = await token(clinic)
    assert (await clinic.put_profile(lead_time_hours=48, slot_step_minutes=7)).status_code == 200
    late = await clinic.book("2026-03-04T11:40:00+01:00", hold_token=last, animals=animals)
    assert refused(late) == (409, "closed")
    booked = await clinic.book(START, hold_token=given, animals=animals)
    assert (booked.status_code, booked.json()["end"]) == (201, "2026-03-04T09:40:00Z"), booked.text


async def test_fewer_at_once_take_some_of_what_is_held(clinic: Clinic) -> None:
    together = {"arrangement": "parallel"}
    given = await token(clinic, animal_count=2, **together)
    booked = await clinic.book(START, hold_token=given, **together)
    assert booked.status_code == 201, booked.text
    assert len(booked.json()["calendar_ids"]) == 1


@pytest.mark.parametrize("what", ["closure", "absence"])
async def test_what_is_laid_over_a_hold_refuses_its_booking(clinic: Clinic, what: str) -> None:
    given = await token(clinic, calendar_ids=[clinic.vets[0]])
    period = {"start": "2026-03-04T08:00:00+01:00", "end": "2026-03-04T13:00:00+01:00"}
    if what == "closure":
        await clinic.made("/closures", **period)
    else:
        await clinic.made("/absences", calendar_id=clinic.vets[0], **period)
    answer = await clinic.book(START, hold_token=given)
    assert refused(answer) == (409, what)
    assert answer.json()["alternatives"]


async def test_a_type_that_is_gone_is_not_booked(clinic: Clinic) -> None:
    given = await token(clinic)
    path = clinic.path(f"/appointment-types/{clinic.types['VACCINATION']}")
    assert (await clinic.agenda.delete(path, headers={"If-Match": "*"})).status_code == 204
    assert refused(await clinic.book(START, hold_token=given)) == (409, "type")
