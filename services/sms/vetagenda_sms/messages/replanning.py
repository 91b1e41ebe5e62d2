"""A practice keeps other hours: what waits by the former ones is planned anew."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, null, or_, select, update
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_sms.choices.queries import holidays
from vetagenda_sms.messages import rules
from vetagenda_sms.messages.rules import MessageClass, Status
from vetagenda_sms.tables import Message


@dataclass(frozen=True)
class Hours:
    """`holidays` is the country, and the subdivision, whose public holidays the practice keeps; `now` is its
    own instant, which stands still where it is `virtual`."""

    zone: ZoneInfo
    holidays: str | None
    now: datetime
    virtual: bool

    def leaves(self) -> dict[MessageClass, datetime]:
        """When a message of each class may leave, from now on."""
        kept = holidays(self.holidays)
        return {kind: rules.leaves_at(self.now, kind, self.zone, kept) for kind in MessageClass}


async def plan_again(session: WriteSession, practice_id: UUID, hours: Hours) -> None:
    """One statement for all that is planned. What waits for the month's pool has its turn again: it is held
    by the new hours then. What may leave now as before keeps its turn, also a second attempt."""
    kind, leaves = col(Message.message_class), hours.leaves()
    leaves_at = case(leaves, value=kind)
    out_of_hours = kind.in_([each for each, instant in leaves.items() if instant > hours.now])
    moves = or_(col(Message.send_on) > hours.now, col(Message.waits_for_pool), out_of_hours)
    again = (
        update(Message)
        .where(col(Message.id).in_(_planned(practice_id)))
        .values(
            version=col(Message.version) + 1,
            time_zone=hours.zone.key,
            holidays=hours.holidays,
            waits_for_pool=False,
            send_on=case((moves, func.least(leaves_at, col(Message.expires_at))), else_=col(Message.send_on)),
            queued_for=case(
                (moves, _queued_for(hours, leaves_at, out_of_hours)), else_=col(Message.queued_for)
            ),
        )
    )
    await session.execute(again.execution_options(synchronize_session=False))


def _planned(practice_id: UUID) -> Select[UUID]:
    """Locked in the order in which everybody locks them."""
    planned = col(Message.practice_id) == practice_id, col(Message.status) == Status.PLANNED
    return select(col(Message.id)).where(*planned).order_by(col(Message.id)).with_for_update()


def _queued_for(
    hours: Hours, leaves_at: ColumnElement[datetime], out_of_hours: ColumnElement[bool]
) -> ColumnElement[datetime | None]:
    """In real time; null while the message waits for a virtual clock."""
    if not hours.virtual:
        return func.least(leaves_at, col(Message.expires_at))
    return case((out_of_hours, null()), else_=system_now())
