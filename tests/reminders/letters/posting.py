"""A practice that writes letters: what is given, what is due, what is printed."""

from typing import Any

import httpx
from reminders.clinic import Clinic

ADDRESS = {"street": "3 rue des Lilas", "postal_code": "75014", "city": "Paris"}
ALL = {"sms": True, "email": True, "letter": True, "phone": True}
DUE = "2026-12-17T09:00:00+01:00"


async def reachable(clinic: Clinic, **owner: Any) -> None:
    """The owner has an address, a telephone, an e-mail address, and agrees to all channels."""
    await clinic.change(f"owners/{clinic.owner}", **({"address": ADDRESS, "consents": ALL} | owner))


async def vaccinate(clinic: Clinic, *channels: str, **more: Any) -> None:
    """A reminder by these channels, due on 17 December, ready a week earlier where `days_before` is 7."""
    month = {"count": 1, "unit": "month"}
    rule = await clinic.make("reminder-rules", name="1 mois", offset=month, channels=list(channels), **more)
    product = await clinic.make("products", name="RAGE", rule_ids=[rule["id"]])
    await clinic.make("administrations", product_id=product["id"], animal_id=clinic.animal)


async def letter_ready(clinic: Clinic, count: int = 1) -> list[str]:
    """So many letters are ready; their ids."""
    await reachable(clinic)
    for _ in range(count):
        await vaccinate(clinic, "letter")
    await clinic.until(DUE)
    return [row["id"] for row in await listed(clinic)]


async def listed(clinic: Clinic, **params: Any) -> list[dict[str, Any]]:
    answer = await clinic.reminders.get(f"{clinic.path}/letters", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def make(clinic: Clinic, ids: list[str], paper: str = "a4", **headers: str) -> httpx.Response:
    body = {"reminder_ids": ids, "format": paper}
    return await clinic.reminders.post(f"{clinic.path}/letters", json=body, headers=headers)


async def mark(clinic: Clinic, ids: list[str], **headers: str) -> httpx.Response:
    path = f"{clinic.path}/letters/printed"
    return await clinic.reminders.post(path, json={"reminder_ids": ids}, headers=headers)


async def outcomes(clinic: Clinic) -> dict[str, str]:
    """By channel: the status, or why it was skipped."""
    return {row["channel"]: row["skip_reason"] or row["status"] for row in await clinic.ledger()}
