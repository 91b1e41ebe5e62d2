"""How many SMS a text is, as far as a limit needs to know it. Pure.

The sms service counts what is paid; this is the standard's count (TS 23.038, TS 23.040), and a test holds
both together. It is asked where that service cannot be: in the transaction that stores a text or judges it.
"""

import re
import unicodedata

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.templates.defaults import SENTENCES
from vetagenda_reminders.templates.rules import render

MOST_SEGMENTS = 10
WARNED_FROM = 4
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = "\f^{}\\[~]|€"
_GSM7 = re.compile(f"[{re.escape(_BASIC + _TWICE)}]*")
_EXTENDED = re.compile(f"[{re.escape(_TWICE)}]")
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


def segments(text: str) -> int:
    """Of 160 characters alone and 153 in several, or 70 and 67 with a character outside GSM-7."""
    text = unicodedata.normalize("NFC", text)
    if _GSM7.fullmatch(text):
        return _parts(_EXTENDED.sub("\x1b\\g<0>", text), 160, 153)
    units = "".join(sign if sign < "\U00010000" else "\ud83d\ude00" for sign in text)
    return _parts(units, 70, 67)


def _parts(units: str, alone: int, part: int) -> int:
    """No part ends between an escape, or the first half of a pair, and what belongs to it."""
    if len(units) <= alone:
        return 1
    count = at = 0
    while at < len(units):
        at = min(at + part, len(units))
        at -= units[at - 1] in "\x1b\ud83d"
        count += 1
    return count


def is_too_long(text: str) -> bool:
    return segments(text) > MOST_SEGMENTS


def check_sms(text: str, pointer: str) -> None:
    """Raises InvalidRequest for a text that is too long with the usual values of its fields."""
    count = segments(render(text, TYPICAL))
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
