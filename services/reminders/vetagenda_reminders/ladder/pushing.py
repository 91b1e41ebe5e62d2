"""Whether somebody takes a push: only then has a step that is one told anything (REM-17)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.service import Service
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.rules import Decision, Facts, Send, Skip
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.web_push.tables import PushSubscription

_BY_PARTNER = "partner"
_NOBODY: frozenset[UUID] = frozenset()


def needs_a_taker(row: Reminder) -> bool:
    """A push that stands in for other channels. The pushes before a visit come beside them, and are told to
    whoever listens."""
    return row.channel is Channel.PUSH and (row.ladder_step is not None or row.purpose is Purpose.PRODUCT)


async def subscribed(
    service: Service, practice_id: UUID, known: Known, rows: Collection[Reminder]
) -> frozenset[UUID]:
    """Those owners of the rows who have a browser that takes pushes; nobody is looked for without need."""
    owners = {_owner_of(row, known) for row in rows if needs_a_taker(row)} - {None}
    if not owners:
        return _NOBODY
    query = select(col(PushSubscription.owner_id)).where(
        col(PushSubscription.practice_id) == practice_id, col(PushSubscription.owner_id).in_(owners)
    )
    async with service.db.jobs_reading() as session:
        return frozenset(await session.scalars(query))


def _owner_of(row: Reminder, known: Known) -> UUID | None:
    """Of a product's push whoever owns the animal by now."""
    if row.purpose is not Purpose.PRODUCT:
        return row.owner_id
    owner = known.owner_of(row.animal_ids[0])
    return owner.id if owner else None


def if_taken(row: Reminder, decision: Decision, facts: Facts, subscribed: Collection[UUID]) -> Decision:
    """A push that may leave, but that nobody would see, makes way. A partner's app takes those of the visits
    that were booked in it."""
    if not isinstance(decision, Send) or not needs_a_taker(row):
        return decision
    browser = facts.owner is not None and facts.owner.id in subscribed
    taken = browser or is_partners(facts.appointment)
    return decision if taken else Skip(SkipReason.NO_DEVICE)


def is_partners(visit: AppointmentFacts | None) -> bool:
    return visit is not None and visit.published and visit.source == _BY_PARTNER
