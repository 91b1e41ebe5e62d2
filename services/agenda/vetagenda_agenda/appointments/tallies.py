"""How many appointments a month has, by what became of them."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_agenda.tables import Appointment, Practice
from vetagenda_kit.db import ReadSession
from vetagenda_kit.models import ViewModel

BOOKED = ("confirmed", "arrived", "completed", "no_show")


class TallyView(ViewModel):
    """`took_place` are those that have begun and whose owners are not known to have stayed away; `upcoming`
    have not begun. Requests that nobody has accepted are none yet."""

    took_place: int
    upcoming: int
    no_show: int
    cancelled: int


async def of_month(
    session: ReadSession, practice: Practice, now: datetime, first: date, following: date
) -> TallyView:
    """Those that start from one day until before another, where the practice is."""
    begin, end = _midnight(first, practice), _midnight(following, practice)
    status, start = col(Appointment.status), col(Appointment.start)
    booked = status.in_(BOOKED) & (status != "no_show")
    counts = (
        func.count().filter(booked & (start <= now)).label("took_place"),
        func.count().filter(booked & (start > now)).label("upcoming"),
        func.count().filter(status == "no_show").label("no_show"),
        func.count().filter(status == "cancelled").label("cancelled"),
    )
    query = select(*counts).where(_of(practice.id), start >= begin, start < end)
    return TallyView.model_validate((await session.execute(query)).one())
