"""The whole published language: whoever imports this knows every event type (`EVENT_TYPES`)."""

from vetagenda_contracts import agenda, booking, calendar_sync, desk, gateway, partners, reminders, sms
from vetagenda_contracts.events import EVENT_TYPES

__all__ = [
    "EVENT_TYPES",
    "agenda",
    "booking",
    "calendar_sync",
    "desk",
    "gateway",
    "partners",
    "reminders",
    "sms",
]
