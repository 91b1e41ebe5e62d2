"""Loads a practice's own words for a batch of rows, and writes each message from fresh facts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.logs import logger
from vetagenda_reminders.appointments.choices import NONE, Choices
from vetagenda_reminders.appointments.overview import choices_of
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.rules import Facts
from vetagenda_reminders.ledger.vocabulary import LINKED, OF_OFFERS, Channel, Purpose, Status
from vetagenda_reminders.letters.queries import siblings
from vetagenda_reminders.letters.rules import Sibling
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.personal.wording import personal_facts, personal_text
from vetagenda_reminders.preferences.queries import cancellation_closes_before, chosen
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import Administration, Product, Reminder, ReminderRule
from vetagenda_reminders.templates.messages import (
    Message,
    Texts,
    appointment_message,
    offer_message,
    product_message,
)
from vetagenda_reminders.templates.precedence import Templates, template_of, words
from vetagenda_reminders.templates.queries import catalogue, texts_for

log = logger("wording")


@dataclass(frozen=True)
class Dose:
    """What was given, and the template that its rule names, or that its category has."""

    product: str
    texts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wording:
    settings: ReminderSettings
    cancellation_closes_before: timedelta
    doses: Mapping[UUID, Dose] = field(default_factory=dict)
    templates: Templates = field(default_factory=dict)
    links: Mapping[UUID, str] = field(default_factory=dict)
    choices: Mapping[UUID, Choices] = field(default_factory=dict)
    beside: Mapping[UUID, list[Sibling]] = field(default_factory=dict)
    """By letter that is planned: what else tells the owner the same, where that makes it needless."""


async def load(
    session: ReadSession | WriteSession,
    known: Known,
    rows: Collection[Reminder],
    links: Mapping[UUID, str],
) -> Wording:
    """Texts are read at the moment of sending: a corrected one holds for all that has not left (R14)."""
    practice_id = known.practice.id
    settings, _version = await chosen(session, practice_id)
    closes_before = await cancellation_closes_before(session, practice_id)
    administrations = {row.administration_id for row in rows if row.administration_id}
    doses = await _doses(session, practice_id, administrations) if administrations else {}
    templates = await texts_for(session, practice_id, known.appointments.values())
    choices = await choices_of(session, known.appointments) if known.appointments else {}
    letters = [row for row in rows if row.channel is Channel.LETTER and row.status is Status.PLANNED]
    beside = await siblings(session, letters) if settings.letter_only_if_alone else {}
    return Wording(settings, closes_before, doses, templates, links, choices, beside)


async def _doses(
    session: ReadSession | WriteSession, practice_id: UUID, administrations: Iterable[UUID]
) -> dict[UUID, Dose]:
    query = (
        select(
            col(Administration.id), col(Product.name), col(ReminderRule.template_id), col(Product.category)
        )
        .join(Product, col(Product.id) == col(Administration.product_id))
        .outerjoin(ReminderRule, col(ReminderRule.id) == col(Administration.rule_id))
        .where(col(Administration.id).in_(list(administrations)))
    )
    rows = (await session.execute(query)).all()
    kept = await catalogue(session, practice_id, {row[2] for row in rows if row[2]})
    return {row[0]: Dose(row[1], kept.texts_of(row[2], row[3])) for row in rows}


def facts_of(row: Reminder, known: Known) -> Facts:
    zone = known.practice.zone
    if row.purpose is Purpose.PRODUCT:
        animal_id = row.animal_ids[0]
        return Facts(zone, animal=known.animals.get(animal_id), owner=known.owner_of(animal_id))
    if row.purpose is Purpose.PERSONAL:
        return personal_facts(row, known)
    if row.purpose in OF_OFFERS:
        offer = known.offers.get(row.subject_id)
        return Facts(zone, owner=offer.owner if offer else None, offer=offer)
    appointment = known.appointments.get(row.subject_id)
    return Facts(zone, appointment, owner=appointment.owner if appointment else None)


def message(row: Reminder, facts: Facts, known: Known, wording: Wording) -> Message | None:
    """The text of a row that may leave; None as long as it lacks the link that it names."""
    if row.purpose is Purpose.PERSONAL:
        return personal_text(row, facts, known.practice)
    if facts.appointment is not None:
        return _appointment_message(row, facts.appointment, known, wording)
    if facts.offer is not None:
        return offer_message(row.purpose, row.channel, facts.offer, known.practice)
    assert facts.animal
    assert facts.owner
    assert row.due_on
    dose = wording.doses.get(row.subject_id, Dose(""))
    own = dose.texts.get(row.channel.value) or {}
    texts = Texts(own.get("body"), own.get("subject"))
    return product_message(
        row.channel, dose.product, row.due_on, facts.animal, facts.owner, known.practice, texts
    )


def _appointment_message(
    row: Reminder, appointment: AppointmentFacts, known: Known, wording: Wording
) -> Message | None:
    _say_what_is_missing(row, appointment, wording.templates)
    texts = _words(row, appointment, wording)
    link = wording.links.get(appointment.id)
    if link is None and texts.name_link and row.purpose in LINKED:
        return None
    return appointment_message(row.purpose, row.channel, appointment, known.practice, texts, link)


def _words(row: Reminder, appointment: AppointmentFacts, wording: Wording) -> Texts:
    """A person's words for this row alone go before all others."""
    if row.own_body:
        return Texts(row.own_body, row.own_subject)
    return words(
        row.purpose,
        row.channel,
        appointment,
        wording.templates,
        wording.settings,
        rule=row.rule,
        carries=tuple(row.carries),
        personal=wording.choices.get(appointment.id, NONE).personal,
    )


def _say_what_is_missing(row: Reminder, appointment: AppointmentFacts, templates: Templates) -> None:
    """A type may name a template that was deleted or never was: why the default text leaves."""
    for purpose in (row.purpose, *([Purpose.REMINDER] if row.carries else [])):
        named = template_of(appointment.appointment_type, purpose)
        if named and named not in templates:
            log.warning("no_such_template_default_text", reminder_id=str(row.id), template_id=str(named))
