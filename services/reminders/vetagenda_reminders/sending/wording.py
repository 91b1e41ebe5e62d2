"""Loads a practice's own words for a batch of rows, and writes each message from fresh facts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.logs import logger
from vetagenda_reminders.appointments.choices import NONE, Choices
from vetagenda_reminders.appointments.overview import choices_of
from vetagenda_reminders.care.queries import Steps, steps_around, steps_for
from vetagenda_reminders.care.wording import words_of
from vetagenda_reminders.desk.wording import desk_facts, desk_message
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ladder.rules import Rung
from vetagenda_reminders.ladder.wording import asking
from vetagenda_reminders.ledger.rules import Facts, follows_the_visit
from vetagenda_reminders.ledger.vocabulary import LINKED, OF_OFFERS, Channel, Purpose, Status
from vetagenda_reminders.letters.queries import siblings
from vetagenda_reminders.letters.rules import Sibling
from vetagenda_reminders.notices.addresses import places
from vetagenda_reminders.notices.wording import notice_message
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
    owners_language,
    product_message,
)
from vetagenda_reminders.templates.precedence import Templates, beyond_the_default, template_of, words
from vetagenda_reminders.templates.queries import catalogue, texts_for
from vetagenda_reminders.templates.visits import Visit, visits_message
from vetagenda_reminders.visits.judging import red_among
from vetagenda_reminders.visits.tables import VisitLine

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
    steps: Steps = field(default_factory=dict)
    red: Collection[UUID] = ()
    """Administrations whose line of a visit is red: nothing is sent for them."""
    beside: Mapping[UUID, list[Sibling]] = field(default_factory=dict)
    """By letter that is planned: what else tells the owner the same, where that makes it needless."""
    rungs: Mapping[UUID, list[Rung]] = field(default_factory=dict)
    """By later step of a ladder: the steps before it."""


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
    red = await red_among(session, practice_id, administrations) if administrations else ()
    steps = await steps_for(session, practice_id, known.appointments.values())
    return Wording(settings, closes_before, doses, templates, links, choices, steps, red, beside)


async def _doses(
    session: ReadSession | WriteSession, practice_id: UUID, administrations: Iterable[UUID]
) -> dict[UUID, Dose]:
    query = (
        select(
            col(Administration.id),
            func.coalesce(col(Product.name), col(Administration.product_name), ""),
            func.coalesce(col(ReminderRule.template_id), col(VisitLine.custom_template_id)),
            func.coalesce(col(Product.category), col(Administration.product_category)),
        )
        .outerjoin(Product, col(Product.id) == col(Administration.product_id))
        .outerjoin(VisitLine, col(VisitLine.administration_id) == col(Administration.id))
        .outerjoin(ReminderRule, col(ReminderRule.id) == col(Administration.rule_id))
        .where(col(Administration.id).in_(list(administrations)))
    )
    rows = (await session.execute(query)).all()
    kept = await catalogue(session, practice_id, {row[2] for row in rows if row[2]})
    return {row[0]: Dose(row[1], kept.texts_of(row[2], row[3])) for row in rows}


def facts_of(
    row: Reminder, known: Known, red: Collection[UUID] = (), settings: ReminderSettings | None = None
) -> Facts:
    """Without `settings` one of the practice's people is told where the row says already."""
    zone = known.practice.zone
    if row.purpose is Purpose.PRODUCT:
        animal_id, line_red = row.animal_ids[0], row.administration_id in red
        animal, owner = known.animals.get(animal_id), known.owner_of(animal_id)
        return Facts(zone, animal=animal, owner=owner, line_red=line_red)
    if row.purpose is Purpose.PERSONAL:
        return personal_facts(row, known)
    if row.purpose in OF_OFFERS:
        offer = known.offers.get(row.subject_id)
        return Facts(zone, owner=offer.owner if offer else None, offer=offer)
    if row.purpose is Purpose.MESSAGE:
        return desk_facts(row, known, settings)
    appointment = known.appointments.get(row.subject_id)
    if row.purpose is Purpose.NOTICE:
        place = row.channel, row.recipient_key
        address = places(settings, known.practice).get(place) if settings else row.recipient
        return Facts(zone, appointment, staff=address)
    return Facts(zone, appointment, owner=appointment.owner if appointment else None)


def message(
    row: Reminder, facts: Facts, known: Known, wording: Wording, told_with: Collection[Reminder] = ()
) -> Message | None:
    """The text of a row that may leave; None as long as it lacks a link that it names. `told_with` are the
    rows of other visits that it tells of too."""
    if told_with:
        return _visits_message([row, *told_with], known, wording)
    if row.purpose is Purpose.PERSONAL:
        return personal_text(row, facts, known.practice)
    if facts.appointment is not None:
        return _appointment_message(row, facts.appointment, known, wording)
    if facts.offer is not None:
        return offer_message(row.purpose, row.channel, facts.offer, known.practice)
    if facts.desk_message is not None:
        return desk_message(row.channel, facts.desk_message, known.practice)
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
    if row.purpose is Purpose.NOTICE:
        return notice_message(row.rule, row.channel, appointment, known.practice, row.moved_from)
    _say_what_is_missing(row, appointment, wording.templates)
    texts = _words(row, appointment, wording)
    if texts and row.ladder_step is not None:
        texts = asking(texts, row.channel, owners_language(appointment.owner, known.practice))
    if texts is None:
        return Message(None, "")
    link = wording.links.get(appointment.id)
    if link is None and texts.name_link and _is_linked(row):
        return None
    return appointment_message(
        row.purpose, row.channel, appointment, known.practice, texts, link, row.moved_from
    )


def _visits_message(rows: list[Reminder], known: Known, wording: Wording) -> Message | None:
    visits = [_visit(row, known.appointments[row.subject_id], known, wording) for row in rows]
    if any(visit.link is None and Texts(additions=visit.words).name_link for visit in visits):
        return None
    return visits_message(rows[0].channel, visits, known.practice)


def _visit(row: Reminder, appointment: AppointmentFacts, known: Known, wording: Wording) -> Visit:
    personal = wording.choices.get(appointment.id, NONE).personal
    own = beyond_the_default(
        row.rule, row.channel, appointment, wording.templates, wording.settings, personal
    )
    if row.ladder_step is not None:
        language = owners_language(appointment.owner, known.practice)
        own = asking(Texts(additions=own), row.channel, language).additions
    return Visit(appointment, own, wording.links.get(appointment.id))


def _is_linked(row: Reminder) -> bool:
    """Whether there is still something to link to: a visit that begins ends its link."""
    if row.purpose is Purpose.CARE:
        return not follows_the_visit(row.useful_until, row.about_start)
    return row.purpose in LINKED


def _words(row: Reminder, appointment: AppointmentFacts, wording: Wording) -> Texts | None:
    """A person's words for this row alone go before all others. None for a care step that is no more."""
    if row.own_body:
        return Texts(row.own_body, row.own_subject)
    if row.purpose is Purpose.CARE:
        return words_of(row.rule, steps_around(appointment, wording.steps))
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
