"""PLAT-2, REM-1: after a restore no message leaves twice, because none leaves before somebody has looked."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from harness import House, eventually
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox
from sqlalchemy import text

from vetagenda_kit.clock import system_now
from vetagenda_reminders import app
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.sending import jobs

HOLD = "/v1/reminders/hold"


@pytest.fixture
async def live(house: House) -> AsyncIterator[Clinic]:
    """A practice in real time, whose confirmations go by e-mail and by telephone."""
    clinic = await furnished(house, test=False)
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])
    yield clinic
    async with operator(clinic) as client:
        await client.put(HOLD, json={"active": False})
    await clinic.close()


def operator(clinic: Clinic) -> Any:
    return clinic.house.admin("reminders")


async def held(clinic: Clinic, **order: Any) -> dict[str, Any]:
    async with operator(clinic) as client:
        answer = await (client.put(HOLD, json=order) if order else client.get(HOLD))
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def confirmation_due(clinic: Clinic, *, in_days: int = 2) -> None:
    start = system_now() + timedelta(days=in_days)
    body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "start": start.isoformat()}
    await clinic.make("appointments", **body, end=(start + timedelta(minutes=20)).isoformat())

    before = len(await clinic.ledger())

    async def planned() -> bool:
        await app.plan(service_of(clinic))
        return len(await clinic.ledger()) > before

    await eventually(planned)


@pytest.mark.parametrize("waiting", ["send", "skip"])
async def test_what_falls_due_waits_until_somebody_decides(
    live: Clinic, mailbox: Mailbox, waiting: str
) -> None:
    assert (await held(live))["active"] is False
    since = (await held(live, active=True))["since"]
    await confirmation_due(live)
    await jobs.send_due(service_of(live))
    assert mailbox.to(live.email) == []
    view = await held(live, active=True)
    assert (view["active"], view["since"]) == (True, since)
    assert view["waiting"] >= 1, "other practices' messages are held too"
    over = await held(live, active=False, waiting=waiting)
    assert (over["active"], over["since"]) == (False, None)
    assert (over["skipped"] > 0) is (waiting == "skip")
    await jobs.send_due(service_of(live))
    (row,) = await live.ledger()
    if waiting == "send":
        assert (row["status"], len(mailbox.to(live.email))) == ("sent", 1)
    else:
        assert (row["status"], row["skip_reason"], mailbox.to(live.email)) == ("skipped", "perhaps_sent", [])
        told = [each["data"] for each in await live.events("reminders.reminder.skipped")]
        assert [each["reason"] for each in told] == ["perhaps_sent"]


async def test_what_people_do_themselves_is_still_given_to_them(live: Clinic) -> None:
    """A call is nobody's mistake: who makes it knows what was said already."""
    await held(live, active=True)
    await confirmation_due(live)
    await confirmation_due(live, in_days=3)
    service = service_of(live)
    async with service.db.jobs_writing() as session:
        one = text("UPDATE reminder SET channel = 'phone' WHERE id = :id")
        await session.execute(one, {"id": (await live.ledger())[0]["id"]})

    async def in_hand() -> set[str]:
        async with service.db.jobs_reading() as session:
            rows = await session.scalars(queries.due_live(system_now()))
            return {row.channel.value for row in rows if row.practice_id == live.id}

    assert await in_hand() == {"phone"}
    await held(live, active=False)
    assert await in_hand() == {"phone", "email"}


async def test_only_the_operator_holds_everybodys_messages(live: Clinic) -> None:
    async with live.house.client("reminders", live.id, scopes=["reminders:write"]) as client:
        for answer in (await client.get(HOLD), await client.put(HOLD, json={"active": True})):
            assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert (await held(live))["active"] is False
