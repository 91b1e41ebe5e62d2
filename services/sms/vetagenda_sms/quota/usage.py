"""What a practice has used of its month."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import Date, cast, func, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_sms.messages.rules import SUBMITTED, MessageClass, month_of
from vetagenda_sms.practices import Practice
from vetagenda_sms.quota import rules
from vetagenda_sms.quota.allowance import allowance_of
from vetagenda_sms.quota.schemas import UsageView
from vetagenda_sms.tables import Message


async def of_month(session: ReadSession, practice: Practice) -> UsageView:
    """The present one, by the practice's clock."""
    start, end = month = month_of(practice.now, practice.zone)
    limit, used = await allowance_of(session, practice)
    messages, by_class, by_day = await _submitted(session, practice, start, end)
    return UsageView(
        month_start=start,
        month_end=end,
        time_zone=practice.zone.key,
        segments=sum(by_class.values()),
        messages=messages,
        limit=limit,
        used=used,
        overage=max(0, used - limit) if limit is not None else 0,
        reserved=rules.kept_from_advertising(limit or 0),
        by_class=dict.fromkeys(MessageClass, 0) | by_class,
        by_day=by_day,
        ends_on=rules.ends_on(limit, by_day, month, practice.now, practice.zone),
    )


async def _submitted(
    session: ReadSession, practice: Practice, start: datetime, end: datetime
) -> tuple[int, Counter[MessageClass], dict[date, int]]:
    """Messages, and segments by class and by local day."""
    day = cast(func.timezone(practice.zone.key, col(Message.submitted_at)), Date)
    query = (
        select(col(Message.message_class), day, func.count(), func.sum(col(Message.segments)))
        .where(
            col(Message.submitted_at) >= start,
            col(Message.submitted_at) < end,
            col(Message.status).in_(SUBMITTED),
        )
        .group_by(col(Message.message_class), day)
    )
    messages, by_class, by_day = 0, Counter[MessageClass](), Counter[date]()
    for kind, on, count, segments in await session.execute(query):
        messages += count
        by_class[kind] += segments
        by_day[on] += segments
    return messages, by_class, dict(sorted(by_day.items()))
