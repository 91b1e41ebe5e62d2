"""Brings the ledger in line with an offer's present state: told while it is open, withdrawn afterwards."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import OfferPlanned
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.facts import OfferFacts, PracticeFacts
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import queries, steps
from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, Purpose, Status
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.offers.rules import Notice, notices
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.tables import OfferPlan, Reminder

RULES = {Purpose.OFFER: "waitlist_offer", Purpose.OFFER_WITHDRAWN: "waitlist_offer_withdrawn"}


async def bring_in_line(
    session: WriteSession,
    offer_id: UUID,
    practice: PracticeFacts,
    offer: OfferFacts | None,
    actor: Actor,
) -> None:
    """One offer, under its lock. None is one that the agenda does not know any more."""
    plan = await session.get_one(OfferPlan, offer_id, with_for_update=True)
    if offer is not None and offer.version < plan.seen_version:
        return
    now = practice.now or system_now()
    rows = await queries.of_subjects(session, [offer_id])
    plan.dirty, plan.settled = False, offer is None or not offer.is_open
    if not rows and offer is not None and offer.is_open:
        settings, _version = await chosen(session, practice.id)
        _tell(session, Purpose.OFFER, offer, practice, settings.offers, now, actor)
    for row in rows if plan.settled else ():
        if row.status in WAITING:
            ledger.finish(session, row, Status.WITHDRAWN, now, actor)


async def tell_taken_back(
    session: WriteSession, practice: PracticeFacts, offer: OfferFacts, actor: Actor
) -> None:
    """Who has heard of the offer hears of its end, on the same channels; who has not, need not."""
    rows = await queries.of_subjects(session, [offer.id])
    heard = [row.channel for row in rows if row.purpose is Purpose.OFFER and row.status is Status.SENT]
    known = {row.channel for row in rows if row.purpose is Purpose.OFFER_WITHDRAWN}
    now, channels = practice.now or system_now(), [each for each in heard if each not in known]
    _tell(session, Purpose.OFFER_WITHDRAWN, offer, practice, channels, now, actor)


def _tell(
    session: WriteSession,
    purpose: Purpose,
    offer: OfferFacts,
    practice: PracticeFacts,
    channels: Collection[Channel],
    now: datetime,
    actor: Actor,
) -> None:
    told = notices(offer, channels, practice.zone, now)
    rows = [_row(purpose, offer, practice, notice) for notice in told]
    if not rows:
        return
    session.add_all(rows)
    steps.note_made(session, rows, actor, now)
    event = OfferPlanned(
        practice_id=practice.id,
        actor=actor,
        aggregate_id=offer.id,
        version=offer.version,
        planned=[row.id for row in rows],
    )
    outbox.add(session, event)


def _row(purpose: Purpose, offer: OfferFacts, practice: PracticeFacts, notice: Notice) -> Reminder:
    return Reminder(
        id=uuid7(),
        practice_id=practice.id,
        subject_id=offer.id,
        subject_sequence=0,
        rule=RULES[purpose],
        channel=notice.channel,
        recipient_key=f"owner:{offer.owner_id}",
        purpose=purpose,
        owner_id=offer.owner_id,
        animal_ids=[animal.id for animal in offer.animals],
        due_at=notice.due_at,
        useful_until=notice.useful_until,
        send_on=local_day(notice.due_at, practice.zone),
        about_start=offer.start,
        virtual=practice.now is not None,
    )
