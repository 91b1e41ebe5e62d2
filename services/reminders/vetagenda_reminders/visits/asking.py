"""What the agenda says of a visit and of a line's animal, asked before the transaction begins."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.visits import queries
from vetagenda_reminders.visits.lines import Scene
from vetagenda_reminders.visits.schemas import NewVisit, VisitChange


@dataclass(frozen=True)
class AskedVisit:
    """The practice, and whose visit it is: who was named, the appointment's owner, or the first animal's."""

    practice: PracticeFacts
    owner_id: UUID | None


async def about_new(service: Service, practice_id: UUID, new: NewVisit) -> AskedVisit:
    """Raises NotFound for an animal, an owner or an appointment that is not there."""
    known = await _known(service, practice_id, new)
    return AskedVisit(known.practice, new.owner_id or _owner(new, known))


async def check_change(service: Service, practice_id: UUID, wanted: VisitChange) -> None:
    """Raises NotFound as for a new visit; asks nothing when it names nothing."""
    if wanted.animal_ids or wanted.owner_id or wanted.appointment_id:
        await _known(service, practice_id, wanted)


async def _known(service: Service, practice_id: UUID, named: NewVisit | VisitChange) -> Known:
    answers = []
    animals, owners = named.animal_ids or [], [named.owner_id] if named.owner_id else []
    appointments = [named.appointment_id] if named.appointment_id else []
    if animals or owners:
        answers.append(await agenda.about_animals(service, practice_id, animals, owners))
    if appointments:
        answers.append(await agenda.about_appointments(service, practice_id, appointments))
    known = reduce(Known.with_, answers)
    _all_found(animals, known.animals, "/animal_ids: there is no such animal")
    _all_found(owners, known.owners, "/owner_id: there is no such owner")
    _all_found(appointments, known.appointments, "/appointment_id: there is no such appointment")
    return known


def _all_found(named: Collection[UUID], found: Collection[UUID], detail: str) -> None:
    if not set(named) <= set(found):
        raise NotFound(detail)


def _owner(new: NewVisit, known: Known) -> UUID | None:
    appointment = known.appointments.get(new.appointment_id) if new.appointment_id else None
    return (appointment and appointment.owner_id) or known.animals[new.animal_ids[0]].owner_id


async def about_animal(service: Service, practice_id: UUID, animal_id: UUID, actor: Actor) -> Scene:
    known = await agenda.about_animals(service, practice_id, [animal_id])
    if animal_id not in known.animals:
        raise NotFound("/animal_id: there is no such animal")
    return Scene(known.practice, known.animals[animal_id], actor)


async def about_line(
    service: Service, practice_id: UUID, visit_id: UUID, line_id: UUID, actor: Actor
) -> Scene:
    """The session ends before the agenda is asked: a request never holds a connection while it waits."""
    async with service.db.reading([practice_id]) as session:
        line = await queries.line(session, visit_id, line_id)
    return await about_animal(service, practice_id, line.animal_id, actor)
