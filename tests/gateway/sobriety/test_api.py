"""PLAT-6: what a practice reads of its month: real messages to real peers, summed over all services."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from gateway.conftest import Front, front
from gateway.test_forwarding import problem
from gateway.walking import OPEN, SERVICES
from gateway.webhooks.consumer import Consumer, consumer
from harness import eventually
from reminders.clinic import Clinic, furnished
from reminders.mailbox import Mailbox
from sms.desk import Desk

from vetagenda_kit.ids import uuid7

CALLING = ("sms", "reminders", "calendar-sync")
TOLD = {"smtp_port": 1, "sender_email": "rappels@vetagenda.test", "push_on_loopback": True}
NOTHING = {"calls": 0, "failed": 0, "messages": 0, "bytes_sent": 0, "bytes_received": 0}


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as found:
        yield found


@pytest.fixture(scope="module")
async def platform(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str, mailbox: Mailbox
) -> AsyncIterator[Front]:
    folder, told = tmp_path_factory.mktemp("sobriety"), {"reminders": TOLD | mailbox.settings}
    async with front(folder, *SERVICES, nats_url=nats_url, told=told, **OPEN) as running:
        yield running


@pytest.fixture
async def clinic(platform: Front) -> AsyncIterator[Clinic]:
    """On Tuesday 2026-11-24 at 08:00 in Paris; each visit is confirmed by e-mail, and no more."""
    clinic = await furnished(platform.house, now="2026-11-24T08:00:00+01:00")
    await clinic.choose(confirmation=["email"], notices=[], reminders=[], push_lead_hours=[])
    yield clinic
    await clinic.close()


@contextlib.asynccontextmanager
async def reader(platform: Front, practice: UUID, **grants: Any) -> AsyncIterator[httpx.AsyncClient]:
    scopes = grants.pop("scopes", ["practice:read"])
    async with platform.client(await platform.key(practice, scopes=scopes, **grants)) as client:
        yield client


async def told(platform: Front, practice: UUID, **params: str) -> dict[str, Any]:
    async with reader(platform, practice) as client:
        answer = await client.get(f"/v1/practices/{practice}/sobriety", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def kind(found: dict[str, Any], name: str) -> dict[str, Any]:
    (one,) = [each for each in found["kinds"] if each["kind"] == name]
    return {field: value for field, value in one.items() if field != "kind"}


async def a_month(clinic: Clinic) -> None:
    """Two visits take place, one is missed, one is cancelled and one is to come."""
    days = [25, 26, 27, 28, 30]
    visits = [await clinic.book(f"2026-11-{day}T10:00:00+01:00") for day in days]
    await clinic.book("2026-12-01T00:30:00+01:00")  # in UTC it is November's
    await clinic.book("2026-12-01T01:30:00+01:00")  # and here December's
    await clinic.act(visits[3], "cancel", by="practice")
    await clinic.until("2026-11-29T10:00:00+01:00")
    await clinic.act(visits[2], "no-show")


async def send_sms(platform: Front, clinic: Clinic, text: str) -> None:
    desk = Desk(platform.house, clinic.id)
    await desk.order(text=text)
    await desk.run()


async def hooked(platform: Front, clinic: Clinic, partner: Consumer) -> None:
    order = {"url": partner.url, "types": ["agenda.appointment.booked"]}
    async with reader(platform, clinic.id, scopes=["webhooks:write", "events:read"]) as client:
        answer = await client.post(f"{clinic.path}/webhook-endpoints", json=order)
    assert answer.status_code == 201, answer.text
    partner.secret = answer.json()["secret"]


async def test_a_months_calls_messages_and_bytes(platform: Front, clinic: Clinic, mailbox: Mailbox) -> None:
    async with consumer() as partner:
        await hooked(platform, clinic, partner)
        await a_month(clinic)
        await send_sms(platform, clinic, "e" * 200)

        async def all_delivered() -> bool:
            return len(partner.got) == 7

        await eventually(all_delivered)

        async def all_counted() -> dict[str, Any] | None:
            found = await told(platform, clinic.id, month="2026-11")
            return found if kind(found, "webhook")["messages"] == 7 else None

        found = await eventually(all_counted)
    mails = mailbox.to(clinic.email)
    size = sum(len(mailbox.raw[str(mail["Message-ID"])]) for mail in mails)
    assert len(mails) > 4
    assert found["month"] == "2026-11"
    assert found["appointments"] == {"took_place": 2, "upcoming": 2, "no_show": 1, "cancelled": 1}
    share = {"calls": len(mails) / 2, "messages": len(mails) / 2, "bytes": size / 2}
    email = NOTHING | {"calls": len(mails), "messages": len(mails), "bytes_sent": size, "parts": 0}
    assert kind(found, "email") == email | {"per_appointment": share}
    free = {"calls": 0.0, "messages": 0.5, "bytes": 0.0}  # a test practice's SMS leave for nobody
    assert kind(found, "sms") == NOTHING | {"messages": 1, "parts": 2, "per_appointment": free}
    posted = kind(found, "webhook")
    assert (posted["calls"], posted["failed"]) == (7, 0)
    assert kind(found, "caldav")["calls"] == 0
    total = found["total"]
    assert total["calls"] == len(mails) + 7
    assert total["messages"] == len(mails) + 7 + 1
    assert total["bytes_sent"] == size + posted["bytes_sent"]
    assert total["per_appointment"]["calls"] == (len(mails) + 7) / 2


async def test_a_try_that_a_partner_did_not_take_is_a_failed_call(platform: Front, clinic: Clinic) -> None:
    async with consumer() as partner:
        partner.status = 503
        await hooked(platform, clinic, partner)
        await clinic.book("2026-11-25T10:00:00+01:00")

        async def counted() -> dict[str, Any] | None:
            found = kind(await told(platform, clinic.id), "webhook")
            return found if found["calls"] else None

        found = await eventually(counted)
    assert (found["failed"], found["messages"]) == (1, 0)
    assert found["bytes_sent"] > 100


async def test_a_month_in_which_nothing_happened_has_no_share(platform: Front, clinic: Clinic) -> None:
    found = await told(platform, clinic.id, month="2027-01")
    assert found["appointments"] == {"took_place": 0, "upcoming": 0, "no_show": 0, "cancelled": 0}
    assert found["total"] == NOTHING | {"per_appointment": None}
    assert [each["per_appointment"] for each in found["kinds"]] == [None] * 8


async def test_without_a_month_it_is_the_practices_present_one(platform: Front, clinic: Clinic) -> None:
    await clinic.until("2026-12-01T00:30:00+01:00")
    assert (await told(platform, clinic.id))["month"] == "2026-11"
    await clinic.until("2026-12-01T01:30:00+01:00")
    assert (await told(platform, clinic.id))["month"] == "2026-12"


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "november", "2026-11-01", "1999-12", ""])
async def test_what_is_no_month_is_refused(platform: Front, clinic: Clinic, month: str) -> None:
    async with reader(platform, clinic.id) as client:
        answer = await client.get(f"{clinic.path}/sobriety", params={"month": month})
    problem(answer, 422, "invalid-request")
    assert answer.json()["errors"][0]["pointer"] == "?month"


@pytest.mark.parametrize(
    ("grants", "code"),
    [({"partner_id": uuid7()}, "not-for-apps"), ({"scopes": ["agenda:read"]}, "scope-missing")],
)
async def test_who_may_not_see_it(platform: Front, clinic: Clinic, grants: dict[str, Any], code: str) -> None:
    async with reader(platform, clinic.id, **grants) as client:
        problem(await client.get(f"{clinic.path}/sobriety"), 403, code)


@pytest.mark.parametrize("away", ["agenda", *CALLING])
async def test_while_a_service_is_away_there_is_no_sum(tmp_path: Path, away: str) -> None:
    """One that lacks a part would look like a frugal month."""
    others = [name for name in ("agenda", *CALLING) if name != away]
    async with front(tmp_path, *others, urls={away: "http://127.0.0.1:9"}) as platform:
        practice = uuid7() if away == "agenda" else await platform.house.practice()
        async with reader(platform, practice) as client:
            answer = await client.get(f"/v1/practices/{practice}/sobriety", params={"month": "2026-11"})
    problem(answer, 503, "service-unavailable")
    assert "per_appointment" not in answer.text
