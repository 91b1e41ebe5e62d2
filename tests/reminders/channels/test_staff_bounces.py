"""REM-15: an address of the practice's people that came back is kept back, and the ledger says so."""

from pathlib import Path
from uuid import UUID

import pytest
from reminders.channels.test_bounces import report
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox
from reminders.notices.test_notices import tell

from vetagenda_reminders.channels.bounces.jobs import read_bounces

DAYS = [f"2026-11-{day}T10:00:00+01:00" for day in (23, 24, 25, 26)]


async def added(clinic: Clinic, start: str) -> str:
    """What became of the notice of an addition."""
    visit = await clinic.book(start)
    (row,) = await clinic.ledger(appointment_id=visit["id"], purpose="notice")
    return str(row["skip_reason"] or row["status"])


def put(folder: Path, row: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / row).write_bytes(report(UUID(row)))


async def come_back(clinic: Clinic) -> None:
    (row,) = await clinic.ledger(purpose="notice", status="sent")
    put(service_of(clinic).settings.bounce_maildir / "new", row["id"])
    await read_bounces(service_of(clinic))


@pytest.mark.parametrize("own", [False, True])
async def test_an_address_that_came_back_is_kept_back_until_it_is_written_anew(
    clinic: Clinic, mailbox: Mailbox, own: bool
) -> None:
    """A recipient of the list, or the practice's own address; another owner's new address changes nothing."""
    desk, fresh = (f"{name}-{clinic.email}" for name in ("accueil", "nouveau"))
    await clinic.change_practice(email=desk)
    await tell(clinic, *([] if own else [{"name": "Accueil", "email": desk}]))
    assert await added(clinic, DAYS[0]) == "sent"
    await come_back(clinic)
    assert await added(clinic, DAYS[1]) == "address_bounced"
    await clinic.change(f"owners/{clinic.owner}", email=f"autre-{clinic.email}")
    assert await added(clinic, DAYS[2]) == "address_bounced"
    if own:
        await clinic.change_practice(email=fresh)
        await clinic.change_practice(email=desk)
        await clinic.advance("PT0S")
    else:
        await tell(clinic, {"name": "Accueil", "email": fresh})
        await tell(clinic, {"name": "Accueil", "email": desk})
    assert await added(clinic, DAYS[3]) == "sent"
    assert len(mailbox.to(desk)) == 2
