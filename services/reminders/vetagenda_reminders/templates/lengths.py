"""How many SMS a text may be, and how many it is with what its fields usually become. Pure.

The sms service pays by the same count. It is taken here because that service cannot be asked in the
transaction that stores a text or judges it. No text here is unusable: schemas refuse NUL and half a surrogate
pair, and PostgreSQL stores neither.
"""

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.templates.defaults import SENTENCES
from vetagenda_reminders.templates.rules import render
from vetagenda_sms_text import segment

MOST_SEGMENTS = 10
WARNED_FROM = 4
TYPICAL = {
    "practice": "Cabinet vétérinaire du Parc",
    "practice_phone": "01 23 45 67 89",
    "practice_address": "12 rue des Lilas, 75014 Paris",
    "owner": "Marie Lambert",
    "owner_given_name": "Marie",
    "owner_family_name": "Lambert",
    "animal": "Milou",
    "species": "chien",
    "date": "25/11/2026",
    "weekday": "mercredi",
    "when": "25/11/2026 à 10h00",
    "time": "10h00",
    "previous_when": "24/11/2026 à 10h00",
    "practitioner": "Dr Martin",
    "type": "Consultation",
    "product": "Vaccin rage",
    "due_date": "25/11/2026",
    "link": "https://rdv.example.org/v1/links/" + "x" * 72,
}
"""What a merge field usually becomes; the link is as long as a real one."""


def is_too_long(text: str) -> bool:
    return segment(text).segments > MOST_SEGMENTS


def check_sms(text: str, pointer: str) -> None:
    """Raises InvalidRequest for a text that is too long with the usual values of its fields."""
    count = segment(render(text, TYPICAL)).segments
    if count > MOST_SEGMENTS:
        told = f"this makes about {count} SMS of one message; at most {MOST_SEGMENTS} are sent"
        raise InvalidRequest.at(pointer, told)


def check_addition(text: str, pointer: str) -> None:
    """The same, behind the default sentence of a reminder."""
    if text:
        check_sms(f"{SENTENCES['fr'][Purpose.REMINDER]}. {text}", pointer)


def warning_of(count: int) -> str | None:
    """Of a preview."""
    if count > MOST_SEGMENTS:
        return f"This makes {count} SMS of one message. It is not sent: at most {MOST_SEGMENTS} are."
    return f"Each such message is paid as {count} SMS." if count >= WARNED_FROM else None
