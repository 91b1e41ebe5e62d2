"""REM-15, SYNC-8: what a calendar sync cancelled is told to the practice's people when it still stands."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox
from reminders.test_appointments import sync_run_token

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"


async def cancelled_by_sync(clinic: Clinic) -> dict[str, Any]:
    told = {"on": ["added", "moved", "cancelled"], "recipients": [{"name": "A", "email": clinic.email}]}
    notices = told | {"sources": ["staff", "online", "partner", "call-centre", "google", "caldav", "owner"]}
    nobody: dict[str, list[str]] = {"confirmation": [], "notices": [], "reminders": [], "push_lead_hours": []}
    visit = await clinic.book(WEDNESDAY)
    await clinic.choose(**nobody, staff_notices=notices)
    async with clinic.house.internal("agenda", clinic.id, caller="calendar-sync") as sync:
        sync.headers["Authorization"] = "Bearer " + sync_run_token(clinic)
        path = f"/internal/practices/{clinic.id}/appointments/{visit['id']}/cancel"
        assert (await sync.post(path, json={"by": "practice"})).status_code == 200
    return visit


async def test_the_desk_hears_of_it_after_a_second_look(clinic: Clinic, mailbox: Mailbox) -> None:
    await cancelled_by_sync(clinic)
    await clinic.advance("PT4M")
    assert mailbox.to(clinic.email) == []
    await clinic.advance("PT1M")
    assert [mail["Subject"] for mail in mailbox.to(clinic.email)] == [
        "Rendez-vous annulé : 25/11/2026 à 10h00"
    ]


@pytest.mark.parametrize("start", [WEDNESDAY, THURSDAY])
async def test_what_stands_again_before_that_was_never_cancelled(
    clinic: Clinic, mailbox: Mailbox, start: str
) -> None:
    """Neither cancelled nor added: at another time it has moved."""
    visit = await cancelled_by_sync(clinic)
    await clinic.advance("PT1M")
    undo = {"actor_kind": "sync_run", "actor_id": "run-1"}
    done = await clinic.agenda.post(f"{clinic.path}/changes/undo", json=undo)
    assert done.json()["undone"] == 1
    if start != WEDNESDAY:
        path = f"{clinic.path}/appointments/{visit['id']}/reschedule"
        moved = await clinic.agenda.post(path, json={"start": start}, headers={"If-Match": "*"})
        assert moved.status_code == 200
    await clinic.advance("PT10M")
    assert [mail["Subject"] for mail in mailbox.to(clinic.email)] == (
        []
        if start == WEDNESDAY
        else ["Rendez-vous déplacé : 26/11/2026 à 11h00 au lieu du 25/11/2026 à 10h00"]
    )
