"""What a browser is told: the practice's name and the default sentence in one line, as an SMS has it."""

import json
from typing import TypeVar

from vetagenda_contracts.languages import language_of
from vetagenda_reminders.facts import OwnerFacts, VisitFacts
from vetagenda_reminders.ledger.rules import Facts
from vetagenda_reminders.ledger.vocabulary import LINKED, Channel, Purpose
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates import defaults
from vetagenda_reminders.templates.messages import appointment_message, offer_message, product_message

_MOST_BYTES = 3_000
"""Of 4,096 after encryption (RFC 8030)."""
Visit = TypeVar("Visit", bound=VisitFacts)


def is_linked(row: Reminder) -> bool:
    return row.appointment_id is not None and (row.purpose in LINKED or row.purpose is Purpose.PUSH)


def content(
    row: Reminder,
    facts: Facts,
    known: Known,
    locale: str | None,
    link: str | None,
    product: str = "",
) -> bytes | None:
    """JSON for the service worker: title, body, tag (a repeat replaces), lang and url. None for a row that is
    about nothing (any more). A hidden hour is an arrival window here too (REM-5)."""
    body = _body(row, facts, known, locale, product)
    if body is None:
        return None
    spoken = locale or (facts.owner.locale if facts.owner else None) or known.practice.locale
    said = {"title": known.practice.name, "body": body, "tag": str(row.id), "lang": language_of(spoken)}
    if link:
        said["url"] = link
    written = json.dumps(said, ensure_ascii=False).encode()
    return written if len(written) <= _MOST_BYTES else None


def _body(row: Reminder, facts: Facts, known: Known, locale: str | None, product: str) -> str | None:
    """Channel.SMS is the form, not the way: one line of plain characters."""
    if facts.offer is not None:
        offer = _spoken(facts.offer, locale)
        return offer_message(row.purpose, Channel.SMS, offer, known.practice).body
    if facts.animal and facts.owner and row.due_on:
        owner = _in_language(facts.owner, locale)
        return product_message(Channel.SMS, product, row.due_on, facts.animal, owner, known.practice).body
    if facts.appointment is None:
        return None
    purpose = row.purpose if row.purpose in defaults.SENTENCES["fr"] else Purpose.REMINDER
    appointment = _spoken(facts.appointment, locale)
    return appointment_message(purpose, Channel.SMS, appointment, known.practice).body


def _spoken(visit: Visit, locale: str | None) -> Visit:
    """In the language of the browser, where it named one."""
    if locale is None or visit.owner is None:
        return visit
    return visit.model_copy(update={"owner": _in_language(visit.owner, locale)})


def _in_language(owner: OwnerFacts, locale: str | None) -> OwnerFacts:
    return owner.model_copy(update={"locale": locale}) if locale else owner
