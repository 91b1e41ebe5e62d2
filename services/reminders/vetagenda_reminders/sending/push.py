"""The event that makes a partner's app tell its owner: the event is the sending itself (PART-4)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import PushDue
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.facts import OfferFacts, VisitFacts
from vetagenda_reminders.ledger.events import told
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.tables import Reminder


def may_cancel(start: datetime, now: datetime, closes_before: timedelta) -> bool:
    """An owner may cancel online while more than this is left: exactly that is too late (BOOK-8)."""
    return start - now > closes_before


def tell_push(
    session: WriteSession,
    row: Reminder,
    visit: VisitFacts,
    zone: ZoneInfo,
    actor: Actor,
    *,
    cancellable: bool,
) -> None:
    window = visit.arrival_window
    event = PushDue(
        **told(row, actor),
        day=local_day(visit.start, zone),
        start=None if visit.hides_time else visit.start,
        arrival_from=window.start if window else None,
        arrival_until=window.end if window else None,
        may_cancel=cancellable,
        decide_by=visit.expires_at if isinstance(visit, OfferFacts) and visit.is_open else None,
    )
    outbox.add(session, event)


def tell_product_push(session: WriteSession, row: Reminder, actor: Actor) -> None:
    """Of what is due on a day, without a visit yet."""
    assert row.due_on
    outbox.add(session, PushDue(**told(row, actor), day=row.due_on, may_cancel=False))
