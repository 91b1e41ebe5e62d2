"""How many appointments a month has, by what became of them."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_agenda.tables import Appointment
from vetagenda_kit.db import ReadSession
from vetagenda_kit.models import ViewModel

_STAND = ("confirmed", "arrived", "completed")


class TallyView(ViewModel):
    """`took_place` have begun and stand, `upcoming` stand and have not; requests that nobody has accepted are
    none yet."""

    took_place: int
    upcoming: int
    no_show: int
    cancelled: int


async def of_month(session: ReadSession, practice_id: UUID, month: date, now: datetime) -> TallyView:
    """Those that start in a month of UTC, by its first day."""
    begin = datetime.combine(month, time(), UTC)
    end = (begin + timedelta(days=31)).replace(day=1)
    status, start = col(Appointment.status), col(Appointment.start)
    stands = status.in_(_STAND)
    query = select(
        func.count().filter(stands & (start <= now)).label("took_place"),
        func.count().filter(stands & (start > now)).label("upcoming"),
        func.count().filter(status == "no_show").label("no_show"),
        func.count().filter(status == "cancelled").label("cancelled"),
    ).where(col(Appointment.practice_id) == practice_id, start >= begin, start < end)
    return TallyView.model_validate((await session.execute(query)).one())
