"""How many SMS a text may be, and how many it is with what its fields usually become. Pure.

The sms service pays by the same count. It is taken here because that service cannot be asked in the
transaction that stores a text or judges it. No text here is unusable: schemas refuse NUL and half a surrogate
pair, and PostgreSQL stores neither.
"""

from vetagenda_contracts.merge_fields import TYPICAL
from vetagenda_contracts.sms import MOST_SEGMENTS
from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.templates.defaults import SENTENCES
from vetagenda_reminders.templates.rules import render
from vetagenda_sms_text import segment

WARNED_FROM = 4


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
