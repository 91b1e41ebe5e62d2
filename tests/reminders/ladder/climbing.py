"""A practice that tells its owners by one channel after the other, and what a test sees of it."""

import re
from typing import Any

import httpx
from reminders.clinic import Clinic
from reminders.letters.posting import ALL
from reminders.recalls.given import give

WEDNESDAY = "2026-11-25T10:00:00+01:00"
FIRST = "2026-11-22T09:00:00+01:00"
"""Three days before that Wednesday, at the send hour."""
UNREACHABLE = "+33600000001"
LADDER = {
    "state": "on",
    "delivery": "ladder",
    "channels": ["sms", "email", "phone"],
    "lead": {"count": 3, "unit": "days"},
    "booked_inside": "soon",
}
_LINK = re.compile(r"https://rdv\.example\.org(/v1/links/[A-Za-z0-9_-]{72})(?![\w-])")


async def laddered(clinic: Clinic, **more: Any) -> None:
    """Reminders climb; nothing else is sent."""
    await clinic.change(f"owners/{clinic.owner}", consents=ALL)
    await clinic.choose(reminders=[LADDER | more], push_lead_hours=[], confirmation=[], notices=[])


async def steps(clinic: Clinic, **filters: Any) -> dict[str, str]:
    """By channel: the status, or why it was not sent."""
    rows = await clinic.ledger(**({"purpose": "reminder"} | filters))
    return {row["channel"]: row["skip_reason"] or row["status"] for row in rows}


async def due(clinic: Clinic, channel: str) -> str:
    """When the step is due, in UTC."""
    (row,) = await clinic.ledger(channel=channel, status="planned")
    return str(row["due_at"])


async def by_product(clinic: Clinic, *channels: str, **rule: Any) -> dict[str, Any]:
    """A product's ladder, the first step of which is due on Monday 2026-12-07 for 2026-12-17."""
    await clinic.change(
        f"owners/{clinic.owner}",
        consents=ALL,
        address={"street": "3 rue des Lilas", "postal_code": "75014", "city": "Paris"},
    )
    climbing = {"delivery": "ladder", "days_before": 10, "channels": list(channels)}
    return await give(clinic, **(climbing | rule))


async def confirm(clinic: Clinic, text: str) -> None:
    """The owner opens the link in a message and confirms."""
    (link,) = _LINK.findall(text)
    transport = clinic.house.transports["booking"]
    async with httpx.AsyncClient(base_url="http://platform", transport=transport) as owner:
        answer = await owner.post(f"{link}/confirm")
    assert answer.status_code == 200, answer.text
    await clinic.advance("PT0S")


async def answer(clinic: Clinic, text: str, sender: str = "06 12 34 56 67") -> dict[str, Any]:
    """The owner answers the last SMS, and everything that follows at once."""
    body = {"from": sender, "text": text}
    said = await clinic.sms.post(f"{clinic.path}/test/sms/replies", json=body)
    assert said.status_code == 201, said.text
    await clinic.advance("PT0S")
    reply: dict[str, Any] = said.json()
    return reply


async def answered(clinic: Clinic, **filters: Any) -> list[str]:
    """What came of the answers to the rows, as their timelines say."""
    came = []
    for row in await clinic.ledger(**filters):
        page = await clinic.reminders.get(f"{clinic.path}/reminders/{row['id']}/timeline")
        came += [step["reason"] for step in page.json()["items"] if step["what"] == "answered"]
    return sorted(came)


async def confirmed_at(clinic: Clinic, appointment: dict[str, Any]) -> str | None:
    found = await clinic.agenda.get(f"{clinic.path}/appointments/{appointment['id']}")
    instant: str | None = found.json()["confirmed_by_owner_at"]
    return instant
