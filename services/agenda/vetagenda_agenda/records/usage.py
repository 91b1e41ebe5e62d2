"""What still needs a record: appointments to come, and people who wait for one."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Appointment, Record
from vetagenda_agenda.waitlist.tables import Offer, WaitlistEntry
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Problem

MOST = 5


class InUse(Problem):
    """Members: `appointment_ids` and `waitlist_entry_ids`, the next five of each at most."""

    status, code, title = 409, "in-use", "Something that is still to come needs this"


async def check_unused(session: WriteSession, row: Record, column: str, *, then: str) -> None:
    """Raises InUse. `column` is where appointments and waiting entries alike name such a record, `then` what
    can be done when nothing needs it any more.

    What is over does not count: it keeps the id.
    """
    practice = await practices.practice(session, row.practice_id)
    now = practice.virtual_now or system_now()
    appointments = (
        select(col(Appointment.id))
        .where(
            col(Appointment.practice_id) == row.practice_id,
            col(Appointment.status).in_(LIVING),
            col(Appointment.end) > now,
            _names(Appointment, column, row.id),
        )
        .order_by(col(Appointment.start))
    )
    offered = select(col(Offer.entry_id)).where(
        col(Offer.status) == "open", col(Offer.calendar_ids).contains([row.id])
    )
    entries = (
        select(col(WaitlistEntry.id))
        .where(
            col(WaitlistEntry.practice_id) == row.practice_id,
            col(WaitlistEntry.status) == "waiting",
            col(WaitlistEntry.deleted_at).is_(None),
            col(WaitlistEntry.available_to) > now,
            or_(_names(WaitlistEntry, column, row.id), col(WaitlistEntry.id).in_(offered)),
        )
        .order_by(col(WaitlistEntry.id))
    )
    booked = (await session.scalars(appointments.limit(MOST))).all()
    waiting = (await session.scalars(entries.limit(MOST))).all()
    if booked or waiting:
        raise InUse(
            f"{_needed(bool(booked), bool(waiting))}, then {then}",
            appointment_ids=[str(each) for each in booked],
            waitlist_entry_ids=[str(each) for each in waiting],
        )


def _names(table: Any, column: str, record_id: UUID) -> ColumnElement[bool]:
    named = col(getattr(table, column))
    return named.contains([record_id]) if column.endswith("_ids") else named == record_id


def _needed(booked: bool, waiting: bool) -> str:
    todo = ["cancel or move the appointments that are still to come"] if booked else []
    return " and ".join([*todo, *(["take the entries off the waiting list"] if waiting else [])])
