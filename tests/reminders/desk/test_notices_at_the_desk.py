"""Notices of appointments among the practice's own messages at the desk (REM-15, DESK-5)."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.desk.choosing import act, book
from reminders.desk.writing import at_the_desk
from reminders.ledger.worker import lapse, resolve, service_of
from reminders.mailbox import Mailbox
from sqlalchemy import text

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T15:00:00+01:00"
EVERY = ["added", "moved", "cancelled"]
ADDED = "Rendez-vous ajouté : 25/11/2026 à 10h00"


@pytest.fixture
def desk() -> str:
    return f"accueil-{uuid4().hex}@parc.example"


async def tell(clinic: Clinic, **notices: Any) -> None:
    quiet: dict[str, Any] = {key: [] for key in ("confirmation", "notices", "reminders", "push_lead_hours")}
    await clinic.choose(**quiet, staff_notices={"on": EVERY, "message": True} | notices)


async def notices(clinic: Clinic) -> dict[str, str]:
    rows = await clinic.ledger(purpose="notice")
    return {f"{row['rule']}/{row['channel']}": row["skip_reason"] or row["status"] for row in rows}


async def test_each_change_is_a_message_at_once_at_any_hour(clinic: Clinic) -> None:
    await tell(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    visit = await clinic.book(WEDNESDAY)
    await clinic.act(visit, "reschedule", start=THURSDAY)
    await clinic.act(visit, "cancel")
    found = await at_the_desk(clinic)
    assert [each["subject"] for each in found] == [
        ADDED,
        "Rendez-vous déplacé : 26/11/2026 à 15h00 au lieu du 25/11/2026 à 10h00",
        "Rendez-vous annulé : 26/11/2026 à 15h00",
    ]
    first = found[0]
    assert (first["kind"], first["appointment_id"], first["owner_id"]) == ("note", visit["id"], clinic.owner)
    for part in ("VACCINATION", "Dr Lefèvre", "Milou", "Élodie Plutôt"):
        assert part in first["text"]
    assert {row["id"] for row in await clinic.ledger(channel="message")} == {each["id"] for each in found}


async def test_nothing_is_there_unless_it_is_chosen(clinic: Clinic) -> None:
    await tell(clinic, message=False)
    await clinic.book(WEDNESDAY)
    assert await at_the_desk(clinic) == []


async def test_it_stands_instead_of_the_practices_own_address(
    clinic: Clinic, mailbox: Mailbox, desk: str
) -> None:
    """And beside whoever is named."""
    await clinic.change_practice(email=desk)
    await tell(clinic)
    await clinic.book(WEDNESDAY)
    assert mailbox.to(desk) == []
    await tell(clinic, recipients=[{"name": "Accueil", "email": desk}])
    await clinic.book(THURSDAY)
    assert await notices(clinic) == {"notice_added/message": "sent", "notice_added/email": "sent"}
    assert len(mailbox.to(desk)) == 1


async def test_for_one_change_it_can_be_chosen_or_left_out(clinic: Clinic) -> None:
    await tell(clinic, message=False)
    visit = await book(clinic, WEDNESDAY, told={"practice": ["message"]})
    assert [each["subject"] for each in await at_the_desk(clinic)] == [ADDED]
    await tell(clinic)
    await act(clinic, visit, "cancel", told={"practice": []})
    assert len(await at_the_desk(clinic)) == 1


async def test_the_sandbox_and_a_missing_mail_server_do_not_matter(
    clinic: Clinic, as_operators_have_it: None
) -> None:
    await tell(clinic)
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger()
    assert (row["status"], row["delivery"]) == ("sent", None)
    assert len(await at_the_desk(clinic)) == 1
    assert await clinic.house.outward("reminders", clinic.id, "2026-11") == {}, "it has left for nowhere"


class NoDesk(httpx.AsyncBaseTransport):
    """An agenda that answers, but takes no messages; or takes them, and the answer is lost."""

    def __init__(self, real: httpx.AsyncBaseTransport, *, takes: bool) -> None:
        self._real = real
        self._takes = takes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_message = request.method == "PUT" and "/desk/messages/" in request.url.path
        if not is_message or self._takes:
            response = await self._real.handle_async_request(request)
        if is_message:
            raise httpx.ConnectError("away") if not self._takes else httpx.ReadError("lost")
        return response


@pytest.mark.parametrize("takes", [False, True])
async def test_while_the_agenda_does_not_take_it_it_waits_and_comes_once(clinic: Clinic, takes: bool) -> None:
    await tell(clinic)
    await clinic.until("2026-11-17T09:00:00+01:00")
    end = WEDNESDAY.replace("T10", "T11")
    visit = await clinic.make("appointments", calendar_ids=[clinic.vet], start=WEDNESDAY, end=end)
    client = service_of(clinic).peers._client("agenda")
    real = client._transport
    client._transport = NoDesk(real, takes=takes)
    try:
        await clinic.advance("PT0S")
    finally:
        client._transport = real
    assert await notices(clinic) == {"notice_added/message": "planned"}
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert await notices(clinic) == {"notice_added/message": "sent"}
    assert [each["appointment_id"] for each in await at_the_desk(clinic)] == [visit["id"]]


async def test_a_crash_before_its_outcome_was_noted_repeats_it(clinic: Clinic) -> None:
    await tell(clinic)
    await clinic.book(WEDNESDAY)
    begun = text(
        "UPDATE reminder SET status = 'sending', leased_until = 'epoch' WHERE practice_id = :practice"
    )
    async with service_of(clinic).db.jobs_writing() as session:
        await session.execute(begun, {"practice": clinic.id})
    await resolve(clinic)
    assert await notices(clinic) == {"notice_added/message": "planned"}
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert await notices(clinic) == {"notice_added/message": "sent"}
    assert len(await at_the_desk(clinic)) == 1
