"""An appointment in the agenda's words, for the tables of cases."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_reminders.facts import AppointmentFacts

PARIS = ZoneInfo("Europe/Paris")
OWNER = UUID("0192f0c4-0000-7000-8000-000000000001")
MILOU = UUID("0192f0c4-0000-7000-8000-000000000002")


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def appointment(start: str = "2026-11-25T10:00", **changes: Any) -> AppointmentFacts:
    begin = paris(start)
    fields: dict[str, Any] = {
        "id": UUID("0192f0c4-0000-7000-8000-000000000003"),
        "version": 1,
        "sequence": 0,
        "state": "confirmed",
        "start": begin,
        "end": begin + timedelta(minutes=20),
        "published": True,
        "owner": {
            "id": OWNER,
            "given_name": "Élodie",
            "family_name": "Plutôt",
            "phone": "+33612345678",
            "email": "elodie@example.org",
            "consents": {"sms": True, "email": True},
        },
        "animals": [{"id": MILOU, "name": "Milou", "owner_id": OWNER}],
    }
    return AppointmentFacts.model_validate(fields | changes)


def surgery(start: str = "2026-11-25T11:30", **changes: Any) -> AppointmentFacts:
    kind = {
        "id": UUID("0192f0c4-0000-7000-8000-000000000004"),
        "name": "CHIRURGIE",
        "hide_time": True,
        "arrival_window": {"from": "08:00", "to": "09:00"},
    }
    return appointment(start, appointment_type=kind, **changes)
