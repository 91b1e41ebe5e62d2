"""PLAT-2: messages about visits are forgotten after three years; what is still needed is not."""

from datetime import timedelta
from typing import Any

from reminders.clinic import Clinic
from reminders.ledger.test_editing import patch, personal
from reminders.ledger.worker import service_of
from reminders.recalls.given import give
from sqlalchemy import text

from vetagenda_reminders.retention.jobs import forget_own_words


async def steps(clinic: Clinic) -> int:
    query = text("SELECT count(*) FROM reminder_step WHERE practice_id = :practice")
    async with service_of(clinic).db.jobs_reading() as session:
        return int(await session.scalar(query, {"practice": clinic.id}) or 0)


async def about(clinic: Clinic, appointment: dict[str, Any]) -> int:
    return len(await clinic.ledger(appointment_id=appointment["id"]))


async def test_messages_about_visits_go_after_three_years(clinic: Clinic) -> None:
    past = await clinic.book("2026-11-19T10:00:00+01:00")
    later = await clinic.book("2027-03-02T10:00:00+01:00")
    await clinic.until("2029-11-15T08:00:00+01:00")
    assert await about(clinic, past) > 0
    noted = await steps(clinic)
    await clinic.until("2029-11-20T08:00:00+01:00")
    assert await about(clinic, past) == 0
    assert await about(clinic, later) > 0, "its confirmation is as old, its visit is not"
    assert 0 < await steps(clinic) < noted


async def test_what_is_to_come_and_what_is_counted_from_stay(clinic: Clinic) -> None:
    """A course of a product counts its sends from the rows of it (REM-6, REM-12)."""
    await give(clinic)
    to_come = await clinic.book("2030-06-04T10:00:00+02:00")
    await clinic.until("2029-12-20T08:00:00+01:00")
    assert await clinic.ledger(purpose="product")
    assert await about(clinic, to_come) > 0
    await clinic.until("2030-06-04T11:00:00+02:00")
    assert [row["status"] for row in await clinic.ledger(purpose="reminder", status="sent")]


async def words(clinic: Clinic) -> list[str | None]:
    query = text("SELECT own_body FROM reminder WHERE practice_id = :practice")
    async with service_of(clinic).db.jobs_reading() as session:
        return list((await session.scalars(query, {"practice": clinic.id})).all())


async def days_pass(clinic: Clinic, days: float) -> None:
    """Real time, since the row's end was written down."""
    earlier = text(
        "UPDATE reminder SET recorded_at = recorded_at - CAST(:by AS interval) WHERE practice_id = :practice"
    )
    async with service_of(clinic).db.jobs_writing() as session:
        await session.execute(earlier, {"by": timedelta(days=days), "practice": clinic.id})
    await forget_own_words(service_of(clinic))


async def test_words_that_never_left_go_as_those_that_did(clinic: Clinic) -> None:
    """They were only forgotten with a text that had left."""
    row = await personal(clinic)
    row = (await patch(clinic, row, text="Pour {owner}, de vive voix")).json()
    await days_pass(clinic, 400)
    assert await words(clinic) == ["Pour {owner}, de vive voix"], "it is still to leave"
    answer = await clinic.reminders.post(f"{clinic.path}/reminders/{row['id']}/cancel")
    assert answer.status_code == 200, answer.text
    await days_pass(clinic, 29.9)
    assert await words(clinic) == ["Pour {owner}, de vive voix"]
    await days_pass(clinic, 0.2)
    assert await words(clinic) == [None]
