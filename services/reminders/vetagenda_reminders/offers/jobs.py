"""Plans the messages about offers that have changed: ask the agenda, then one transaction each."""

from uuid import UUID

from vetagenda_kit.db import ReadSession
from vetagenda_kit.service import Service
from vetagenda_reminders import behind
from vetagenda_reminders.facts import OfferFacts
from vetagenda_reminders.ledger import queries as ledger
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.offers import commands
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.sending import withdrawing
from vetagenda_reminders.tables import OfferPlan, Reminder


async def plan_changed(service: Service) -> set[UUID]:
    """All that are behind. Their practices."""
    return await behind.plan_all(service, OfferPlan, _plan_some)


async def plan_practice(service: Service, practice_id: UUID) -> None:
    await behind.plan_practice(service, OfferPlan, practice_id, _plan_some)


async def is_behind(session: ReadSession, practice_id: UUID) -> bool:
    return await behind.is_behind(session, OfferPlan, practice_id)


async def _plan_some(service: Service, practice_id: UUID, ids: list[UUID]) -> None:
    known = await agenda.about_offers(service, practice_id, ids)
    for offer_id in sorted(ids):
        async with service.db.jobs_writing() as session:
            offer = known.offers.get(offer_id)
            await commands.bring_in_line(session, offer_id, known.practice, offer, service.job("plan"))
    settled = [each for each in ids if each not in known.offers or not known.offers[each].is_open]
    async with service.db.jobs_reading() as session:
        ordered = await ledger.still_with_sms(session, settled)
    for row in ordered:
        if not _is_true(row, known.offers.get(row.subject_id)):
            await withdrawing.call_back(service, row, known.practice.now)
    # Only now: an SMS that could be called back was never heard.
    for offer in (known.offers[each] for each in settled if each in known.offers):
        if offer.is_taken_back:
            async with service.db.jobs_writing() as session:
                await commands.tell_taken_back(session, known.practice, offer, service.job("plan"))


def _is_true(row: Reminder, offer: OfferFacts | None) -> bool:
    """Of a settled offer: only that it was taken back can still be said."""
    return row.purpose is Purpose.OFFER_WITHDRAWN and offer is not None and offer.is_taken_back
