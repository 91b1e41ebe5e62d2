"""Unanswered requests expire and say so (BOOK-7): live practices by a job, test practices by their clock."""

from datetime import datetime, timedelta
from uuid import UUID

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.requests import commands, queries
from vetagenda_booking.requests.rules import status_of
from vetagenda_booking.tables import BookingRequest
from vetagenda_contracts.booking import RequestStatus
from vetagenda_kit.clock import system_now
from vetagenda_kit.jobs import Job, VirtualTime
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.service import Service

BATCH = 100


async def expire_overdue(service: Service) -> None:
    async with service.db.jobs_reading() as session:
        overdue = await queries.overdue_live(session, system_now(), BATCH)
    for row in overdue:
        await _expire(service, row)


async def run_due(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    async with service.db.reading([practice_id]) as session:
        overdue = await queries.overdue_of(session, practice_id, until)
    return [f"booking request {row.id} {await _expire(service, row)}" for row in overdue]


async def next_due(service: Service, practice_id: UUID) -> datetime | None:
    async with service.db.reading([practice_id]) as session:
        return await queries.next_expiry(session, practice_id)


async def _expire(service: Service, row: BookingRequest) -> RequestStatus:
    """Tell the agenda, then settle. A crash in between is healed by the next run."""
    actor = service.job("expire-requests")
    agenda = Agenda(service.peers, row.practice_id, actor)
    try:
        appointment = await agenda.change(row.appointment_id, "expire")
    except PeerProblem as refusal:
        if refusal.code != "status-conflict":
            raise
        facts = await agenda.appointment(row.appointment_id)  # answered meanwhile: follow that
        appointment = facts["items"][0]["appointment"]
    status = status_of(appointment, former="requested")
    async with service.db.writing([row.practice_id]) as session:
        await commands.settle(session, row.appointment_id, status, actor)
    return status


JOBS = (Job("expire-requests", timedelta(seconds=20), expire_overdue),)
VIRTUAL_TIME = VirtualTime(next_due=next_due, run_due=run_due)
