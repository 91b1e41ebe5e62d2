"""What is written to a practice at its desk, and what tells of it."""

from typing import Any
from uuid import uuid4

from reminders.clinic import Clinic

MOBILE = "+33611223344"
CHLOE = {"name": "Chloé Martin", "phone": "+33655443322"}


async def chosen(clinic: Clinic, *notify: str, **more: Any) -> str:
    """How the practice is told of its messages. The e-mail address."""
    email = f"accueil-{uuid4().hex}@parc.example"
    told = {"notify": list(notify), "email": email, "mobile": MOBILE, "fax": "+33145678901"} | more
    path = f"{clinic.path}/desk/settings"
    answer = await clinic.agenda.put(path, json={"messages": told}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return email


async def write(clinic: Clinic, **body: Any) -> dict[str, Any]:
    """A message, and what tells of it at once."""
    wanted = {"subject": "Ordonnance", "text": "Demande un mois de gouttes.", "contact": CHLOE} | body
    answer = await clinic.agenda.post(f"{clinic.path}/desk/messages", json=wanted)
    assert answer.status_code == 201, answer.text
    await clinic.advance("PT0S")
    made: dict[str, Any] = answer.json()
    return made


async def delete(clinic: Clinic, message: dict[str, Any]) -> None:
    path = f"{clinic.path}/desk/messages/{message['id']}"
    answer = await clinic.agenda.delete(path, headers={"If-Match": "*"})
    assert answer.status_code == 204, answer.text
    await clinic.advance("PT0S")


async def rows(clinic: Clinic, message: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in await clinic.ledger() if row["desk_message_id"] == message["id"]]


async def told(clinic: Clinic, message: dict[str, Any]) -> dict[str, str]:
    return {row["channel"]: row["skip_reason"] or row["status"] for row in await rows(clinic, message)}


async def at_the_desk(clinic: Clinic) -> list[dict[str, Any]]:
    """The oldest first."""
    answer = await clinic.agenda.get(f"{clinic.path}/desk/messages")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items[::-1]
