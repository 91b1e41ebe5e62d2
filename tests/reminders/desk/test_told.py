"""Who is told of one change, chosen where it was made: exactly those, and of no later one (DESK-5)."""

from typing import Any
from uuid import uuid4

import pytest
from reminders.clinic import Clinic
from reminders.desk.choosing import act, book
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox
from sqlalchemy import text

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T15:00:00+01:00"
FRIDAY = "2026-11-27T15:00:00+01:00"
NOBODY: dict[str, Any] = {"owner": [], "practice": []}
ON_DUTY = {"name": "Garde", "channels": ["sms"], "phone": "+33611223344"}


@pytest.fixture
def desk() -> str:
    return f"accueil-{uuid4().hex}@parc.example"


async def choose(clinic: Clinic, **more: Any) -> None:
    """A confirmation and notices by SMS, and no reminders."""
    await clinic.choose(**({"reminders": [], "push_lead_hours": []} | more))


async def said(clinic: Clinic, *purposes: str) -> dict[str, str]:
    return {
        f"{row['rule']}/{row['channel']}@{row['sequence']}": row["skip_reason"] or row["status"]
        for row in await clinic.ledger()
        if row["purpose"] in purposes or not purposes
    }


async def test_the_confirmation_has_the_channels_that_were_chosen_with_the_booking(clinic: Clinic) -> None:
    await choose(clinic)
    await book(clinic, WEDNESDAY, told={"owner": ["email"]})
    assert await said(clinic) == {"confirmation/email@0": "sent"}


async def test_nobody_is_nobody(clinic: Clinic) -> None:
    await choose(clinic)
    await book(clinic, WEDNESDAY, told=NOBODY)
    assert await said(clinic) == {}
    await clinic.advance("PT30M")
    assert await clinic.texts() == []


async def test_null_is_as_configured(clinic: Clinic) -> None:
    await choose(clinic)
    await book(clinic, WEDNESDAY, told={})
    assert await said(clinic) == {"confirmation/sms@0": "sent"}


async def test_a_later_change_is_told_as_configured_again(clinic: Clinic) -> None:
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY, told=NOBODY)
    await act(clinic, visit, "reschedule", start=THURSDAY)
    assert await said(clinic) == {"rescheduled/sms@1": "sent"}


async def test_also_where_both_were_made_before_anything_was_planned(clinic: Clinic) -> None:
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY, told=NOBODY, at_once=False)
    await act(clinic, visit, "reschedule", start=THURSDAY)
    assert await said(clinic) == {"confirmation/sms@1": "sent"}


async def test_what_is_corrected_meanwhile_is_no_other_change(clinic: Clinic) -> None:
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY, told=NOBODY, at_once=False)
    await clinic.change(f"appointments/{visit['id']}", description="À jeun")
    await clinic.advance("PT0S")
    assert await said(clinic) == {}


async def test_each_change_has_its_own(clinic: Clinic, mailbox: Mailbox) -> None:
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY)
    await act(clinic, visit, "reschedule", start=THURSDAY, told={"owner": ["sms", "email"]})
    await act(clinic, visit, "reschedule", start=FRIDAY, told={"owner": []})
    await act(clinic, visit, "cancel", told={"owner": ["email"]})
    assert await said(clinic) == {
        "confirmation/sms@0": "sent",
        "rescheduled/sms@1": "sent",
        "rescheduled/email@1": "sent",
        "cancelled/email@3": "sent",
    }
    assert len(mailbox.to(clinic.email)) == 2


async def test_what_a_person_chooses_afterwards_wins(clinic: Clinic) -> None:
    await choose(clinic, confirmation_after_minutes=10)
    visit = await book(clinic, WEDNESDAY, told={"owner": ["email"]})
    wanted = [
        {"rule": "confirmation", "channel": "email", "enabled": False},
        {"rule": "confirmation", "channel": "sms", "enabled": True},
    ]
    path = f"{clinic.path}/appointments/{visit['id']}/messages"
    assert (await clinic.reminders.put(path, json={"messages": wanted})).status_code == 200
    await clinic.advance("PT15M")
    assert await said(clinic) == {"confirmation/email@0": "withdrawn", "confirmation/sms@0": "sent"}


async def test_also_where_nothing_was_planned_yet(clinic: Clinic) -> None:
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY, told={"owner": ["email"]}, at_once=False)
    wanted = [
        {"rule": "confirmation", "channel": "email", "enabled": False},
        {"rule": "confirmation", "channel": "sms", "enabled": True},
    ]
    path = f"{clinic.path}/appointments/{visit['id']}/messages"
    assert (await clinic.reminders.put(path, json={"messages": wanted})).status_code == 200
    await clinic.advance("PT0S")
    assert await said(clinic) == {"confirmation/sms@0": "sent"}


async def test_the_agenda_may_be_ahead_of_what_was_heard(clinic: Clinic) -> None:
    """The booking's event has come, the move's is on its way."""
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY, told=NOBODY)
    await act(clinic, visit, "reschedule", start=THURSDAY, told=NOBODY)
    other = await book(clinic, "2026-11-30T15:00:00+01:00", told=NOBODY)
    stale = text(
        """UPDATE appointment_plan SET state = NULL, dirty = true, retry_at = 'epoch',"""
        """ told = '{"owner": [], "practice": [], "sequence": 0}' WHERE appointment_id = :visit"""
    )
    async with service_of(clinic).db.jobs_writing() as session:
        await session.execute(stale, {"visit": visit["id"]})
        await session.execute(stale, {"visit": other["id"]})
    await clinic.advance("PT0S")
    assert await said(clinic) == {"confirmation/sms@1": "sent"}, "of the other nothing is known but that"


async def test_new_settings_bring_nothing_back(clinic: Clinic) -> None:
    await choose(clinic)
    await book(clinic, WEDNESDAY, told=NOBODY)
    await choose(clinic, confirmation=["sms", "email"])
    await clinic.advance("PT0S")
    assert await said(clinic) == {}


async def test_the_practices_people_are_told_although_nothing_is_configured(
    clinic: Clinic, mailbox: Mailbox, desk: str
) -> None:
    await choose(
        clinic, confirmation=[], staff_notices={"recipients": [{"name": "A", "email": desk}, ON_DUTY]}
    )
    await book(clinic, WEDNESDAY, told={"practice": ["email"]})
    assert await said(clinic) == {"notice_added/email@0": "sent"}
    assert [mail["Subject"] for mail in mailbox.to(desk)] == ["Rendez-vous ajouté : 25/11/2026 à 10h00"]


async def test_without_recipients_it_is_the_practices_own_address(
    clinic: Clinic, mailbox: Mailbox, desk: str
) -> None:
    await clinic.change_practice(email=desk)
    await choose(clinic, confirmation=[])
    visit = await book(clinic, WEDNESDAY)
    assert mailbox.to(desk) == []
    await act(clinic, visit, "cancel", told={"practice": ["email", "sms"]})
    assert [mail["Subject"] for mail in mailbox.to(desk)] == ["Rendez-vous annulé : 25/11/2026 à 10h00"]


async def test_the_practices_people_are_not_told_this_once(clinic: Clinic, desk: str) -> None:
    notices = {"on": ["added", "moved"], "recipients": [{"name": "A", "email": desk}]}
    await choose(clinic, confirmation=[], notices=[], staff_notices=notices)
    visit = await book(clinic, WEDNESDAY, told={"practice": []})
    assert await said(clinic, "notice") == {}
    await act(clinic, visit, "reschedule", start=THURSDAY)
    assert await said(clinic, "notice") == {"notice_moved/email@1": "sent"}


async def test_another_owner_is_told_as_configured(clinic: Clinic) -> None:
    await choose(clinic)
    visit = await book(clinic, WEDNESDAY, told=NOBODY)
    other = await clinic.make("owners", family_name="Suivant", phone="06 98 76 54 32", consents={"sms": True})
    await clinic.change(f"appointments/{visit['id']}", owner_id=other["id"], animal_ids=[])
    await clinic.advance("PT0S")
    assert await said(clinic) == {"confirmation/sms@0": "sent"}


async def test_what_was_said_of_a_request_is_not_said_of_its_answer(clinic: Clinic) -> None:
    """Also where it is accepted before anything was planned."""
    await choose(clinic, request_received=["sms"])
    order = {"calendar_ids": [clinic.vet], "start": WEDNESDAY, "appointment_type_id": clinic.vaccination}
    asked = order | {"owner_id": clinic.owner, "status": "requested", "told": NOBODY}
    path = f"/internal/practices/{clinic.id}/appointments/{uuid4()}"
    async with clinic.house.internal("agenda", clinic.id) as booking:
        assert (await booking.put(path, json=asked)).status_code == 201
        answer = await booking.post(f"{path}/accept", json={}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    await clinic.advance("PT0S")
    assert await said(clinic) == {"confirmation/sms@0": "sent"}
