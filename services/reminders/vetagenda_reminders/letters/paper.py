"""The sheets of a batch of letters as one PDF, drawn by Typst.

What people typed reaches Typst as JSON strings and stays text: no sign of it is ever code.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date

from vetagenda_contracts.languages import language_of
from vetagenda_reminders.facts import OwnerFacts, PracticeFacts
from vetagenda_reminders.letters import press
from vetagenda_reminders.letters.rules import window_of
from vetagenda_reminders.templates.dates import plain

Format = Literal["a4", "cards"]
_PRESS = Path(press.__file__)
_AT_MOST = timedelta(minutes=2)
_TITLES = {"fr": "Lettres de rappel", "de": "Erinnerungsbriefe", "en": "Reminder letters"}
_PHONE = {"fr": "Tél. {}", "de": "Tel. {}", "en": "Tel. {}"}
_DATED = {"fr": "{city}, le {day}", "de": "{city}, {day}", "en": "{day}"}
_UNDATED = {"fr": "Le {day}", "de": "{day}", "en": "{day}"}
_DAYS = {"fr": "d MMMM y", "de": "d. MMMM y", "en": "d MMMM y"}


@dataclass(frozen=True)
class Letter:
    """One owner's letter: `recipient` as lines, `lang` for hyphens and screen readers."""

    id: str
    lang: str
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True)
class Sheets:
    """The PDF, of no bytes when it has no letter. `too_long` are the letters that do not fit their sheet in
    the smallest print and are left out; `undrawn` those in it with a character that no font has, for which an
    empty box stands there."""

    pdf: bytes
    too_long: list[str]
    undrawn: list[str]


def draw(paper: Format, practice: PracticeFacts, today: date, letters: list[Letter]) -> Sheets:
    """A letter a page, or three cards a page, in the order given. For a thread: it takes a moment."""
    printed = subprocess.run(  # noqa: S603 - our own program; what people typed is only its input
        [sys.executable, "-I", str(_PRESS), paper],
        input=json.dumps(data_of(practice, today, letters)).encode(),
        capture_output=True,
        timeout=_AT_MOST.total_seconds(),
        check=False,
    )
    if printed.returncode:  # what it says may quote a letter
        raise RuntimeError(f"the sheets were not drawn: exit status {printed.returncode}")
    told, _line, pdf = printed.stdout.partition(b"\n")
    return Sheets(pdf, **json.loads(told))


def recipient_of(address: str, owner: OwnerFacts | None, practice: PracticeFacts) -> str:
    """Abroad the country stands on the last line, in capitals and in the sender's language (UPU S42)."""
    country = owner.address.country if owner and owner.address else None
    if country is None or country == practice.country:
        return address
    name = Locale(language_of(practice.locale)).territories.get(country, country)
    return f"{address}\n{name.upper()}"


def data_of(practice: PracticeFacts, today: date, letters: list[Letter]) -> Mapping[str, object]:
    language = language_of(practice.locale)
    sender = _sender(practice)
    phone = [_PHONE[language].format(practice.phone)] if practice.phone else []
    return {
        "title": _TITLES[language],
        "window": window_of(practice.country).value,
        "date": dated(practice, today),
        "sender": [*sender, *phone],
        "sender-line": " · ".join(sender),
        "letters": [asdict(letter) for letter in letters],
    }


def _sender(practice: PracticeFacts) -> list[str]:
    postal = practice.postal
    if postal is None:
        return [line for line in (practice.name, practice.address) if line]
    town = " ".join(part for part in (postal.postal_code, postal.city) if part)
    return [line for line in (practice.name, postal.street, town) if line]


def dated(practice: PracticeFacts, today: date) -> str:
    """The day in the practice's language, with its town where that is the custom."""
    language = language_of(practice.locale)
    day = plain(format_date(today, _DAYS[language], locale=language))
    if language == "fr" and today.day == 1:
        day = f"1er{day.removeprefix('1')}"
    city = practice.postal.city if practice.postal else None
    return (_DATED if city else _UNDATED)[language].format(city=city, day=day)
