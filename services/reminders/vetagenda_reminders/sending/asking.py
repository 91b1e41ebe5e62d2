"""What the agenda says about the subjects of ledger rows."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from vetagenda_kit.service import Service
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ladder.pushing import subscribed
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, Status
from vetagenda_reminders.notices.addresses import places
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.tables import Reminder

AT_MOST = 500
"""How many ids one question may name."""
LONGEST_LADDER = timedelta(days=60)


async def about(service: Service, practice_id: UUID, rows: Collection[Reminder]) -> Known:
    """A question for each kind of subject: appointments, animals, owners, offers and messages at the desk.
    Some row must be of a kind that is asked about. Raises ServiceUnavailable."""
    appointments = {row.appointment_id for row in rows if row.appointment_id}
    animals = {row.animal_ids[0] for row in rows if row.purpose is Purpose.PRODUCT}
    personal = [row for row in rows if row.purpose is Purpose.PERSONAL and not row.appointment_id]
    animals |= {animal_id for row in personal for animal_id in row.animal_ids}
    owners = {row.owner_id for row in personal if row.owner_id}
    offered = {row.offer_id for row in rows if row.offer_id}
    written = {row.desk_message_id for row in rows if row.desk_message_id}
    answers = [
        await ask(service, practice_id, some)
        for ask, ids in (
            (agenda.about_appointments, appointments),
            (agenda.about_animals, animals),
            (agenda.about_owners, owners),
            (agenda.about_offers, offered),
            (agenda.about_desk_messages, written),
        )
        for some in _questions(ids)
    ]
    known = reduce(Known.with_, answers)
    staff = await _staff(service, known.practice) if _tells_staff(rows) else frozenset()
    browsers = await subscribed(service, practice_id, known, rows)
    visits = await _visits(service, practice_id, rows)
    return replace(known, visits=visits, staff=staff, subscribed=browsers)


def _tells_staff(rows: Collection[Reminder]) -> bool:
    return any(row.purpose is Purpose.NOTICE and row.channel is Channel.EMAIL for row in rows)


async def _staff(service: Service, practice: PracticeFacts) -> frozenset[str]:
    """Where the practice's people get e-mails, which its settings say."""
    async with service.db.jobs_reading() as session:
        settings, _version = await chosen(session, practice.id)
    told = places(settings, practice).items()
    return frozenset(str(address) for (channel, _key), address in told if channel is Channel.EMAIL)


async def _visits(service: Service, practice_id: UUID, rows: Collection[Reminder]) -> dict[UUID, Any]:
    """Whether animals came or are to come, which ends the ladder of a product's reminder."""
    climbing = [row for row in rows if row.purpose is Purpose.PRODUCT and _has_begun(row)]
    found: dict[UUID, Any] = {}
    for some in _questions({row.animal_ids[0] for row in climbing}):
        since = min(row.due_at for row in climbing) - LONGEST_LADDER
        found |= await agenda.visits_of(service, practice_id, some, since)
    return found


def _has_begun(row: Reminder) -> bool:
    return row.ladder_step is not None and (row.ladder_step > 1 or row.status is Status.READY)


def _questions(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    every = sorted(ids)
    yield from (every[start : start + AT_MOST] for start in range(0, len(every), AT_MOST))
