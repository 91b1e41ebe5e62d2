"""What the agenda says about the subjects of ledger rows."""

from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from uuid import UUID

from vetagenda_kit.service import Service
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder

AT_MOST = 500
"""How many ids one question may name."""


async def about(service: Service, practice_id: UUID, rows: Collection[Reminder]) -> Known:
    """Four questions for a batch of 500: about appointments, animals, owners and offers. Some row must
    be of a kind that is asked about. Raises ServiceUnavailable."""
    appointments = {row.appointment_id for row in rows if row.appointment_id}
    animals = {row.animal_ids[0] for row in rows if row.purpose is Purpose.PRODUCT}
    personal = [row for row in rows if row.purpose is Purpose.PERSONAL and not row.appointment_id]
    animals |= {animal_id for row in personal for animal_id in row.animal_ids}
    owners = {row.owner_id for row in personal if row.owner_id}
    offered = {row.offer_id for row in rows if row.offer_id}
    answers = [
        await ask(service, practice_id, some)
        for ask, ids in (
            (agenda.about_appointments, appointments),
            (agenda.about_animals, animals),
            (agenda.about_owners, owners),
            (agenda.about_offers, offered),
        )
        for some in _questions(ids)
    ]
    return reduce(Known.with_, answers)


def _questions(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    every = sorted(ids)
    yield from (every[start : start + AT_MOST] for start in range(0, len(every), AT_MOST))
