"""A practice that has reminded of a product, and what a test asks of it afterwards."""

from typing import Any

import httpx
from reminders.clinic import Clinic

CONSENTS = {"sms": True, "email": True, "letter": True, "phone": True}
MONTHLY = {"name": "1 mois", "offset": {"count": 1, "unit": "month"}, "days_before": 3, "channels": ["sms"]}


async def give(clinic: Clinic, **rule: Any) -> dict[str, Any]:
    """Something that brings a reminder on Monday 2026-12-14 for 2026-12-17, given to the dog today."""
    made = await clinic.make("reminder-rules", **(MONTHLY | rule))
    product = await clinic.make("products", name="RAGE", rule_ids=[made["id"]])
    return await clinic.make("administrations", product_id=product["id"], animal_id=clinic.animal)


async def reminded(clinic: Clinic, **rule: Any) -> list[dict[str, Any]]:
    """The clock stands an hour after the reminder left."""
    await give(clinic, **rule)
    await clinic.until("2026-12-14T10:00:00+01:00")
    return await clinic.ledger(purpose="product")


async def missed(clinic: Clinic, **filters: Any) -> list[dict[str, Any]]:
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/without-visit", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def resend(clinic: Clinic, reminder_id: str) -> httpx.Response:
    return await clinic.reminders.post(f"{clinic.path}/reminders/{reminder_id}/resend")
