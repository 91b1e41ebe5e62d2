"""PLAT-2, REM-1: after the night the ledger is right, whatever was never heard of."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import service_of
from sqlalchemy import text

from vetagenda_kit.clock import system_now
from vetagenda_reminders.appointments import jobs as planning
from vetagenda_reminders.reconciling import jobs

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"
NOTHING = {"missing": 0, "behind": 0, "ahead": 0, "gone": 0}


async def write(clinic: Clinic, service: str, statement: str, **values: Any) -> None:
    async with clinic.house.services[service].db.jobs_writing() as session:
        await session.execute(text(statement), {"practice": clinic.id} | values)


async def unheard(clinic: Clinic) -> None:
    """Reminders has heard of nothing that happened to the practice."""
    for table in ("reminder_step", "reminder", "appointment_plan"):
        await write(clinic, "reminders", f"DELETE FROM {table} WHERE practice_id = :practice")


async def remembered(clinic: Clinic) -> list[dict[str, Any]]:
    """All that reminders knows of the practice's appointments, to be put back."""
    async with service_of(clinic).db.jobs_reading() as session:
        query = text("SELECT * FROM appointment_plan WHERE practice_id = :practice")
        return [dict(row) for row in (await session.execute(query, {"practice": clinic.id})).mappings()]


async def unhear(clinic: Clinic, appointment: dict[str, Any], what: str, **body: Any) -> None:
    """Something happens whose event never comes: what reminders knew and planned stands as it stood."""
    (plan,) = await remembered(clinic)
    before = {row["id"]: row["status"] for row in await clinic.ledger()}
    await clinic.act(appointment, what, **body)
    old = ("planned_version", "seen_version", "state", "sequence", "start", "ended_as", "dirty")
    as_it_was = "UPDATE appointment_plan SET {} WHERE practice_id = :practice"
    columns = as_it_was.format(", ".join(f"{name} = :{name}" for name in old))
    await write(clinic, "reminders", columns, **{name: plan[name] for name in old})
    made = "DELETE FROM reminder WHERE practice_id = :practice AND NOT id = ANY(:rows)"
    await write(clinic, "reminders", made, rows=list(map(UUID, before)))
    planned = [UUID(one) for one, status in before.items() if status == "planned"]
    stood = (
        "UPDATE reminder SET status = 'planned', skip_reason = NULL, finished_at = NULL, recorded_at = NULL,"
        " leased_until = NULL, lease = NULL WHERE practice_id = :practice AND id = ANY(:rows)"
    )
    await write(clinic, "reminders", stood, rows=planned)


async def night(clinic: Clinic) -> dict[str, int]:
    async with clinic.house.internal("reminders", clinic.id, caller="gateway-tools") as tools:
        answer = await tools.post("/internal/reconcile", json={"practice_id": str(clinic.id)})
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()
    await clinic.advance("PT0S")
    return found


async def test_an_appointment_of_which_nobody_heard_is_confirmed_and_reminded(clinic: Clinic) -> None:
    """As its first plan would have done, had the event come; and once, however often one compares."""
    await clinic.choose(confirmation_after_minutes=30)
    await clinic.book(WEDNESDAY)
    usual = await clinic.statuses()
    await unheard(clinic)
    assert await night(clinic) == NOTHING | {"missing": 1}
    assert await clinic.statuses() == usual
    assert (usual["confirmation/sms@0"], usual["reminder_1/sms@0"]) == ("planned", "planned")
    await clinic.advance("PT1H")
    assert await night(clinic) == NOTHING
    assert len(await clinic.texts()) == 1


async def test_a_lost_cancellation_takes_the_reminder_back(clinic: Clinic) -> None:
    """Withdrawn, and the owner is told of it, once."""
    appointment = await clinic.book(WEDNESDAY)
    await unhear(clinic, appointment, "cancel")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "planned"
    assert await night(clinic) == NOTHING | {"behind": 1}
    assert (await clinic.statuses())["reminder_1/sms@0"] == "withdrawn"
    assert await night(clinic) == NOTHING
    await clinic.advance("P20D")
    assert {rule for rule, status in (await clinic.statuses()).items() if status == "sent"} == {
        "confirmation/sms@0",
        "cancelled/sms@1",
    }


async def test_a_lost_move_is_told_and_reminded_of(clinic: Clinic) -> None:
    appointment = await clinic.book(WEDNESDAY)
    await unhear(clinic, appointment, "reschedule", start=THURSDAY)
    assert await night(clinic) == NOTHING | {"behind": 1}
    statuses = await clinic.statuses()
    assert statuses["rescheduled/sms@1"] == "sent"
    assert (statuses["reminder_1/sms@0"], statuses["reminder_1/sms@1"]) == ("withdrawn", "planned")


async def test_what_the_agenda_no_longer_has_is_withdrawn(clinic: Clinic) -> None:
    """Nobody is told: there is nothing left to tell of."""
    await clinic.book(WEDNESDAY)
    for table in ("occupancy", "appointment"):
        await write(clinic, "agenda", f"DELETE FROM {table} WHERE practice_id = :practice")
    assert await night(clinic) == NOTHING | {"gone": 1}
    assert await clinic.statuses() == {
        "confirmation/sms@0": "sent",
        "reminder_1/sms@0": "withdrawn",
        "push_25h/push@0": "withdrawn",
        "push_1h/push@0": "withdrawn",
    }
    assert await night(clinic) == NOTHING


async def test_an_agenda_that_was_restored_is_followed(clinic: Clinic) -> None:
    """The ledger planned for a version that is no more: it comes back to what there is."""
    appointment = await clinic.book(WEDNESDAY)
    newer = "UPDATE appointment_plan SET planned_version = 9, seen_version = 9, start = :start"
    await write(
        clinic,
        "reminders",
        f"{newer} WHERE practice_id = :practice",
        start=system_now() + timedelta(days=400),
    )
    assert await night(clinic) == NOTHING | {"ahead": 1}
    (plan,) = await remembered(clinic)
    assert (plan["planned_version"], plan["dirty"]) == (appointment["version"], False)
    assert (await clinic.statuses())["reminder_1/sms@0"] == "planned"


async def test_past_visits_are_left_alone(clinic: Clinic) -> None:
    """A reminder of yesterday's visit is of no use to anybody."""
    await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-25T12:00:00+01:00")
    await unheard(clinic)
    assert await night(clinic) == NOTHING


async def test_all_pages_are_read(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    for hour in range(5):
        await clinic.book(f"2026-11-25T{10 + hour}:00:00+01:00")
    assert await night(clinic) == NOTHING
    await unheard(clinic)
    assert await night(clinic) == NOTHING | {"missing": 5}


async def test_each_lost_event_is_counted(clinic: Clinic) -> None:
    before = await counted(clinic, "missing")
    await clinic.book(WEDNESDAY)
    await unheard(clinic)
    await night(clinic)
    assert await counted(clinic, "missing") == before + 1


async def counted(clinic: Clinic, found: str) -> float:
    async with clinic.house.internal("reminders", clinic.id) as tools:
        lines = (await tools.get("/metrics")).text.splitlines()
    name = f'ledger_reconciled_total{{found="{found}"}} '
    return next((float(line.removeprefix(name)) for line in lines if line.startswith(name)), 0.0)


async def test_another_practice_is_not_there(clinic: Clinic, house: House) -> None:
    other = await house.practice()
    async with house.internal("reminders", clinic.id) as tools:
        answer = await tools.post("/internal/reconcile", json={"practice_id": str(other)})
    assert answer.status_code == 404
    async with house.client("reminders", clinic.id) as key:
        assert (
            await key.post("/internal/reconcile", json={"practice_id": str(clinic.id)})
        ).status_code == 404


@pytest.fixture
async def live(house: House) -> Any:
    clinic = await furnished(house, test=False)
    await clinic.choose(confirmation=["email"], push_lead_hours=[])
    start = system_now() + timedelta(days=3)
    body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "start": start.isoformat()}
    await clinic.make("appointments", **body, end=(start + timedelta(minutes=20)).isoformat())
    yield clinic
    await clinic.close()


async def long_ago(clinic: Clinic) -> None:
    await write(clinic, "agenda", "UPDATE appointment SET updated_at = 'epoch' WHERE practice_id = :practice")


async def plans(clinic: Clinic) -> int:
    return len(await remembered(clinic))


async def forget_event(clinic: Clinic) -> None:
    """Once it was heard of: taken away again, as if it never had been."""
    async with asyncio.timeout(10):
        while not await plans(clinic):
            await asyncio.sleep(0.01)
    await unheard(clinic)


async def test_a_live_practice_is_gone_through_once_a_night_by_one_worker(live: Clinic) -> None:
    """Three workers at once; and the next ones of that night find it done."""
    await forget_event(live)
    service = service_of(live)
    await jobs.reconcile_nightly(service)
    assert await plans(live) == 0  # changed a moment ago: its event may still come
    await long_ago(live)
    await jobs.reconcile_nightly(service)
    assert await plans(live) == 0  # done, this night
    await write(
        live, "reminders", "UPDATE reconciliation SET done_at = 'epoch' WHERE practice_id = :practice"
    )
    before = await counted(live, "missing")
    await asyncio.gather(*(jobs.reconcile_nightly(service) for _worker in range(3)))
    assert (await plans(live), await counted(live, "missing")) == (1, before + 1)
    await planning.plan_practice(service, live.id)
    assert "reminder_1" in {row["rule"] for row in await live.ledger()}


async def test_a_night_that_broke_off_is_done_by_the_next_worker(live: Clinic) -> None:
    """Killed, or without an agenda, in the middle: nothing is marked as done before it is."""
    await forget_event(live)
    await long_ago(live)
    service = service_of(live)
    claimed = "INSERT INTO reconciliation VALUES (:practice, :until) ON CONFLICT (practice_id)"
    claimed += " DO UPDATE SET leased_until = excluded.leased_until, done_at = NULL"
    await write(live, "reminders", claimed, until=system_now() + timedelta(minutes=1))
    await jobs.reconcile_nightly(service)
    assert await plans(live) == 0  # somebody else has it
    await write(live, "reminders", claimed, until=system_now() - timedelta(minutes=1))
    await jobs.reconcile_nightly(service)
    assert await plans(live) == 1
