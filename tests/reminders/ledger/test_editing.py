"""REM-8: due and send dates stay editable; REM-14: a person's own words too, and the timeline has it all."""

from typing import Any

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import statements
from reminders.recalls.given import give, reminded
from reminders.visits.counter import QUARTERLY, alter, put_down


async def patch(clinic: Clinic, row: dict[str, Any], **body: Any) -> httpx.Response:
    headers = {"If-Match": f'"{row["version"]}"'}
    return await clinic.reminders.patch(f"{clinic.path}/reminders/{row['id']}", json=body, headers=headers)


async def personal(clinic: Clinic, **more: Any) -> dict[str, Any]:
    body = {"owner_id": clinic.owner, "channels": ["sms"], "send_on": "2026-11-20", "text": "Bonjour {owner}"}
    answer = await clinic.reminders.post(f"{clinic.path}/reminders", json=body | more)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()["items"][0]
    return row


async def timeline(clinic: Clinic, row: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/{row['id']}/timeline")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_products_reminder_leaves_on_the_day_that_a_person_sets(clinic: Clinic) -> None:
    """REM-8."""
    (row,) = (await give(clinic))["reminders"]
    answer = await patch(clinic, row, send_on="2026-12-20", due_on="2026-12-23")
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["send_on"], changed["due_on"]) == ("2026-12-20", "2026-12-23")
    assert answer.headers["ETag"] == f'"{changed["version"]}"'
    await clinic.until("2026-12-19T20:00:00+01:00")
    assert await clinic.texts() == []
    await clinic.until("2026-12-20T10:00:00+01:00")
    assert [text[-10:] for text in await clinic.texts()] == ["23/12/2026"]
    (told,) = await clinic.events("reminders.reminder.planned")
    assert told["data"]["due_at"] == changed["due_at"]


async def test_planning_anew_does_not_move_it_back(clinic: Clinic) -> None:
    """REM-8: the visit's line gets another date; what a person set stays, the others follow the line."""
    line = await put_down(clinic, QUARTERLY)
    row = (await clinic.ledger(purpose="product"))[0]
    assert (await patch(clinic, row, send_on="2027-01-04")).status_code == 200
    await alter(clinic, line, given_on="2026-11-16")
    await clinic.advance("PT0S")
    standing = [row["send_on"] for row in await clinic.ledger(purpose="product", status="planned")]
    assert standing == ["2027-01-04", "2027-05-13", "2027-08-13", "2027-11-13"]


async def test_ones_own_text_and_time(clinic: Clinic) -> None:
    """REM-14."""
    row = await personal(clinic)
    row = (await patch(clinic, row, text="Au revoir {owner}")).json()
    await patch(clinic, row, due_at="2026-11-18T10:00:00+01:00")
    await clinic.until("2026-11-18T10:00:00+01:00")
    assert await clinic.texts() == ["Au revoir Élodie Plutôt"]


async def test_a_call_that_was_ready_is_planned_anew(clinic: Clinic) -> None:
    """REM-13."""
    await clinic.change(f"owners/{clinic.owner}", consents={"phone": True})
    row = await personal(clinic, channels=["phone"])
    await clinic.until("2026-11-20T10:00:00+01:00")
    (row,) = await clinic.ledger(status="ready")
    changed = (await patch(clinic, row, send_on="2026-11-23", text="Rappeler {owner}")).json()
    assert (changed["status"], changed["body"]) == ("planned", None)
    await clinic.until("2026-11-23T10:00:00+01:00")
    assert [row["body"] for row in await clinic.ledger(status="ready")] == ["Rappeler Élodie Plutôt"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"send_on": "2026-12-18"}, "/send_on"),
        ({"due_on": "2026-12-13"}, "/due_on"),
        ({"send_on": "2026-11-16"}, "/send_on"),
        ({"text": "Bonjour"}, "/text"),
        ({"due_at": "2026-12-15T10:00:00+01:00"}, "/due_at"),
    ],
)
async def test_a_products_reminder_stays_sensible(clinic: Clinic, body: dict[str, Any], pointer: str) -> None:
    """REM-8."""
    (row,) = (await give(clinic))["reminders"]
    answer = await patch(clinic, row, **body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "{when}"}, "/text"),
        ({"due_on": "2026-12-13"}, "/due_on"),
        ({"send_on": "2026-11-16"}, "/send_on"),
        ({"send_on": "2026-11-21", "due_at": "2026-12-15T10:00:00+01:00"}, "/due_at"),
    ],
)
async def test_ones_own_stays_sensible(clinic: Clinic, body: dict[str, Any], pointer: str) -> None:
    """REM-14."""
    answer = await patch(clinic, await personal(clinic), **body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_only_what_waits_and_was_seen_is_changed(clinic: Clinic) -> None:
    """REM-8, PART-10."""
    row = await personal(clinic)
    unseen = await patch(clinic, row | {"version": 7}, text="Bonsoir")
    assert (unseen.status_code, unseen.json()["code"]) == (412, "stale-version")
    await clinic.until("2026-11-20T10:00:00+01:00")
    (row,) = await clinic.ledger()
    late = await patch(clinic, row, text="Bonsoir")
    assert (late.status_code, late.json()["code"]) == (409, "already-left")


async def test_an_appointments_reminder_is_changed_with_its_appointment(clinic: Clinic) -> None:
    """REM-2."""
    await clinic.book("2026-11-25T10:00:00+01:00")
    row = next(row for row in await clinic.ledger(status="planned"))
    answer = await patch(clinic, row, send_on="2026-11-24")
    assert (answer.status_code, answer.json()["code"]) == (409, "reminder-not-editable")


async def test_the_timeline_says_why_it_was_sent(clinic: Clinic) -> None:
    """REM-14: by whom it was planned and changed, when it left and what the carrier said."""
    row = await personal(clinic)
    await patch(clinic, row, send_on="2026-11-19")
    await clinic.advance("P4D")
    steps = await timeline(clinic, row)
    assert [step["what"] for step in steps][:3] == ["planned", "moved", "sent"]
    assert {step["what"] for step in steps[3:]} <= {"delivery"}
    assert [step["at"] for step in steps][:3] == [
        "2026-11-17T07:00:00Z",
        "2026-11-17T07:00:00Z",
        "2026-11-19T08:00:00Z",
    ]
    assert [step["due_at"] for step in steps][:2] == ["2026-11-20T08:00:00Z", "2026-11-19T08:00:00Z"]
    assert [step["actor"]["kind"] for step in steps][1:3] == [steps[0]["actor"]["kind"], "job"]


async def test_the_timeline_says_why_it_was_not_sent(clinic: Clinic) -> None:
    """REM-14."""
    row = await personal(clinic)
    await clinic.change(f"owners/{clinic.owner}", consents={"email": True})
    await clinic.advance("P4D")
    step = (await timeline(clinic, row))[-1]
    assert (step["what"], step["reason"]) == ("skipped", "no_consent")
    assert step["text"] == "It is not sent. The owner has not agreed to this channel."


async def test_the_timeline_of_an_appointments_and_of_a_products_reminder(clinic: Clinic) -> None:
    """REM-14, REM-4: planned and withdrawn when it moved; sent again by a person."""
    booked = await clinic.book("2026-11-25T10:00:00+01:00")
    row = next(row for row in await clinic.ledger(status="planned"))
    await clinic.act(booked, "cancel")
    assert [step["what"] for step in await timeline(clinic, row)] == ["planned", "withdrawn"]
    rows = await reminded(clinic)
    await clinic.reminders.post(f"{clinic.path}/reminders/{rows[0]['id']}/resend")
    told = [step["what"] for step in await timeline(clinic, rows[0])]
    assert [what for what in told if what != "delivery"] == ["planned", "sent", "resent"]


async def test_the_steps_of_many_rows_are_one_statement(clinic: Clinic) -> None:
    """REM-14: looking back costs planning one statement, however many rows it makes."""
    with statements(clinic) as said:
        monthly = {"every": {"count": 1, "unit": "month"}, "count": 10}
        given = await give(clinic, recurrence=monthly, channels=["sms", "email"])
    assert len(given["reminders"]) == 20
    assert len([each for each in said if each.startswith('INSERT INTO "reminder_step"')]) == 1
