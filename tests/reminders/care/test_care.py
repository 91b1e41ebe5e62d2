"""REM-16: a care timeline, from its writing to the carrier, through the real services."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.mailbox import Mailbox, text_of
from reminders.test_appointments import internally, requested

WEDNESDAY = "2026-11-25T10:00:00+01:00"
FASTING = {
    "name": "À jeun",
    "when": {"days": -1, "at": "18:00"},
    "channels": ["sms"],
    "text": "{animal} à jeun à partir de 20h, rendez-vous le {when}",
}
FOLLOW_UP = {
    "name": "Nouvelles",
    "when": {"days": 3, "at": "09:00"},
    "channels": ["sms"],
    "text": "Comment va {animal} ?",
}


async def put(
    clinic: Clinic, *steps: dict[str, Any], kind: str = "", if_match: str | None = "*"
) -> httpx.Response:
    path = f"{clinic.path}/care-plans/{kind or clinic.vaccination}"
    headers = {"If-Match": if_match} if if_match else {}
    return await clinic.reminders.put(path, json={"steps": steps}, headers=headers)


async def timeline(clinic: Clinic, *steps: dict[str, Any], kind: str = "") -> dict[str, Any]:
    """Only the care steps, no confirmation and no reminder."""
    await clinic.choose(confirmation=[], notices=[], reminders=[], push_lead_hours=[])
    answer = await put(clinic, *steps, kind=kind)
    assert answer.status_code == 200, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


async def care(clinic: Clinic) -> list[tuple[str, str]]:
    """When each step is due and what became of it; of moved visits, also the withdrawn ones."""
    return [
        (row["due_at"], row["skip_reason"] or row["status"])
        for row in await clinic.ledger()
        if row["purpose"] == "care"
    ]


async def test_steps_leave_before_and_after_the_visit(clinic: Clinic) -> None:
    """Also after the visit has begun and is completed."""
    await timeline(clinic, FASTING, FOLLOW_UP)
    visit = await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-25T11:00:00+01:00")
    assert await clinic.texts() == ["Milou à jeun à partir de 20h, rendez-vous le 25/11/2026 à 10h00"]
    await clinic.act(visit, "arrive")
    await clinic.act(visit, "complete")
    await clinic.until("2026-11-29T11:00:00+01:00")
    assert (await clinic.texts())[1:] == ["Comment va Milou ?"]
    assert await care(clinic) == [("2026-11-24T17:00:00Z", "sent"), ("2026-11-28T08:00:00Z", "sent")]


async def test_they_move_with_the_visit(clinic: Clinic) -> None:
    """REM-4: nothing about a past revision leaves."""
    await timeline(clinic, FASTING, FOLLOW_UP)
    visit = await clinic.book(WEDNESDAY)
    await clinic.act(visit, "reschedule", start="2026-11-27T15:00:00+01:00")
    assert await care(clinic) == [
        ("2026-11-24T17:00:00Z", "withdrawn"),
        ("2026-11-26T17:00:00Z", "planned"),
        ("2026-11-28T08:00:00Z", "withdrawn"),
        ("2026-11-30T08:00:00Z", "planned"),
    ]
    await clinic.until("2026-11-26T20:00:00+01:00")
    assert await clinic.texts() == ["Milou à jeun à partir de 20h, rendez-vous le 27/11/2026 à 15h00"]


@pytest.mark.parametrize("ending", ["cancel", "no-show"])
async def test_what_is_cancelled_or_missed_has_none(clinic: Clinic, ending: str) -> None:
    """AGD-11."""
    await timeline(clinic, FASTING, FOLLOW_UP)
    visit = await clinic.book(WEDNESDAY)
    if ending == "no-show":
        await clinic.until("2026-11-25T11:00:00+01:00")
    await clinic.act(visit, ending)
    before = "sent" if ending == "no-show" else "withdrawn"
    assert [became for _due, became in await care(clinic)] == [before, "withdrawn"]


async def test_a_request_has_steps_when_it_is_confirmed(clinic: Clinic) -> None:
    await timeline(clinic, FASTING)
    visit = await requested(clinic, WEDNESDAY)
    assert await care(clinic) == []
    await internally(clinic, visit, "accept")
    assert await care(clinic) == [("2026-11-24T17:00:00Z", "planned")]


async def test_a_new_text_or_time_holds_for_what_has_not_left(clinic: Clinic) -> None:
    """R14: a step that keeps its id is moved, one that is left out is withdrawn."""
    plan = await timeline(clinic, FASTING, FOLLOW_UP)
    await clinic.book(WEDNESDAY)
    changed = {**FASTING, "id": plan["steps"][0]["id"], "when": {"hours": -4}, "text": "{animal} : eau seule"}
    plan = (await put(clinic, changed, if_match='"1"')).json()
    assert plan["version"] == 2
    await clinic.advance("PT0S")
    assert sorted(await care(clinic)) == [
        ("2026-11-24T18:59:00Z", "planned"),
        ("2026-11-28T08:00:00Z", "withdrawn"),
    ]
    await clinic.until(WEDNESDAY)
    assert await clinic.texts() == ["Milou : eau seule"]


async def test_another_type_has_other_steps(clinic: Clinic) -> None:
    await timeline(clinic, FASTING)
    await timeline(clinic, FOLLOW_UP, kind=clinic.surgery)
    visit = await clinic.book(WEDNESDAY)
    await clinic.change(f"appointments/{visit['id']}", appointment_type_id=clinic.surgery)
    await clinic.advance("PT0S")
    assert await care(clinic) == [
        ("2026-11-24T17:00:00Z", "withdrawn"),
        ("2026-11-28T08:00:00Z", "planned"),
    ]


async def test_booked_inside_the_window_a_step_says_why_it_did_not_leave(clinic: Clinic) -> None:
    await timeline(clinic, FASTING)
    await clinic.until("2026-11-24T21:00:00+01:00")
    await clinic.book(WEDNESDAY)
    assert await care(clinic) == [("2026-11-24T17:00:00Z", "booked_inside_window")]


async def test_a_hidden_hour_stays_hidden(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-5: neither the text nor the minute tells it."""
    arrival = {**FASTING, "when": {"hours": -2}, "channels": ["email"], "subject": "{time}", "text": "{when}"}
    await timeline(clinic, arrival, kind=clinic.surgery)
    await clinic.book("2026-11-25T11:30:00+01:00", appointment_type_id=clinic.surgery)
    assert await care(clinic) == [("2026-11-25T05:00:00Z", "planned")], "two hours before the window"
    await clinic.until(WEDNESDAY)
    (mail,) = mailbox.to(clinic.email)
    assert mail["Subject"] == "entre 08h00 et 09h00"
    assert "25/11/2026, arrivée entre 08h00 et 09h00" in text_of(mail)
    assert "11h30" not in str(mail)


async def test_a_call_becomes_a_task(clinic: Clinic) -> None:
    """REM-13: the pick-up call."""
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": True, "email": True, "phone": True})
    call = {**FOLLOW_UP, "when": {"hours": 6}, "channels": ["phone"], "text": "{animal} peut sortir"}
    await timeline(clinic, call)
    await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-25T17:00:00+01:00")
    (row,) = await clinic.ledger(status="ready")
    assert (row["purpose"], row["body"].splitlines()[0]) == ("care", "Milou peut sortir")


async def test_no_step_follows_the_deceased(clinic: Clinic) -> None:
    await timeline(clinic, FOLLOW_UP)
    await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-25T18:00:00+01:00")
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-25")
    await clinic.until("2026-11-29T18:00:00+01:00")
    assert await clinic.texts() == []
    assert [became for _due, became in await care(clinic)] == ["deceased"]


async def test_a_plan_is_read_listed_and_never_overwritten_unread(clinic: Clinic) -> None:
    path = f"{clinic.path}/care-plans"
    assert (await clinic.reminders.get(f"{path}/{clinic.vaccination}")).status_code == 404
    made = await put(clinic, FASTING, if_match=None)
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    read = await clinic.reminders.get(f"{path}/{clinic.vaccination}")
    assert (read.json(), read.headers["ETag"]) == (made.json(), '"1"')
    assert (await clinic.reminders.get(path)).json()["items"] == [made.json()]
    assert (await put(clinic, if_match=None)).status_code == 428
    assert (await put(clinic, if_match='"7"')).status_code == 412
    (said,) = await clinic.events("reminders.care-plan.updated")
    assert said["subject"] == clinic.vaccination


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"text": "{animl} à jeun"}, "/steps/1/text"),
        ({"subject": "{product}"}, "/steps/1/subject"),
        ({"when": {"days": -1}}, "/steps/1/when"),
        ({"when": {"days": -1, "at": "20:00", "hours": 2}}, "/steps/1/when"),
        ({"channels": ["push"]}, "/steps/1/channels"),
        ({"channels": []}, "/steps/1/channels"),
    ],
)
async def test_a_mistake_is_refused_where_it_is(clinic: Clinic, change: dict[str, Any], pointer: str) -> None:
    answer = await put(clinic, FOLLOW_UP, FASTING | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


async def test_the_type_is_the_practices_own(clinic: Clinic, house: House) -> None:
    """ADR 5: what an id names is checked when it is written."""
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    try:
        foreign = other.vaccination
        assert (await put(other, FASTING)).status_code == 200
    finally:
        await other.close()
    for kind in (foreign, str(uuid4())):
        assert (await put(clinic, FASTING, kind=kind)).status_code == 404
        assert (await clinic.reminders.get(f"{clinic.path}/care-plans/{kind}")).status_code == 404
