"""REM-1: letters and calls that nobody did while they were of use leave the lists, and say why."""

from reminders.clinic import Clinic
from reminders.letters.posting import letter_ready, listed, make, mark, outcomes, reachable, vaccinate


async def test_what_nobody_did_in_time_is_too_late(clinic: Clinic) -> None:
    """REM-1, REM-13: until the end of the day that it is about."""
    await reachable(clinic)
    await vaccinate(clinic, "letter", "phone", days_before=7)
    await clinic.until("2026-12-17T23:59:00+01:00")
    assert await outcomes(clinic) == {"letter": "ready", "phone": "ready"}
    ran = await clinic.until("2026-12-18T09:00:00+01:00")
    assert await outcomes(clinic) == {"letter": "too_late", "phone": "too_late"}
    assert [each["at"] for each in ran if each["service"] == "reminders"] == ["2026-12-17T23:00:00Z"] * 2
    skipped = await clinic.events("reminders.reminder.skipped")
    assert {event["data"]["reason"] for event in skipped} == {"too_late"}


async def test_what_was_done_stays_done(clinic: Clinic) -> None:
    """REM-1."""
    ids = await letter_ready(clinic)
    await clinic.reminders.post(f"{clinic.path}/letters/printed", json={"reminder_ids": ids})
    await clinic.advance("P3D")
    assert await outcomes(clinic) == {"letter": "sent"}
    assert await listed(clinic) == []


async def test_a_letter_that_was_drawn_in_time_can_be_marked_afterwards(clinic: Clinic) -> None:
    """REM-13: printed on its last useful day, marked the morning after."""
    ids = await letter_ready(clinic)
    assert (await make(clinic, ids)).status_code == 200
    await clinic.until("2026-12-18T09:00:00+01:00")
    assert await outcomes(clinic) == {"letter": "ready"}
    refused = await make(clinic, ids)
    assert (refused.status_code, refused.json()["code"]) == (409, "letters-changed")
    assert refused.json()["left_out"][0]["reason"] == "too_late"
    assert (await mark(clinic, ids)).json()["printed"] == ids
    await clinic.advance("P10D")
    assert await outcomes(clinic) == {"letter": "sent"}


async def test_a_drawn_letter_that_nobody_marks_is_too_late_at_last(clinic: Clinic) -> None:
    """REM-1: a week is enough to say so."""
    ids = await letter_ready(clinic)
    assert (await make(clinic, ids)).status_code == 200
    await clinic.until("2026-12-24T23:00:00+01:00")
    assert await outcomes(clinic) == {"letter": "ready"}
    await clinic.until("2026-12-25T00:00:00+01:00")
    assert await outcomes(clinic) == {"letter": "too_late"}
