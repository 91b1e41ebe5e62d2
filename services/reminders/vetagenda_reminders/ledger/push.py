"""The event that makes a partner's app tell its owner: the event is the sending itself (PART-4)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import PushDue
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.events import told
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.tables import Reminder

CANCEL_LIMIT = timedelta(hours=24)
"""An owner may cancel online while more than this is left (BOOK-8)."""


def may_cancel(start: datetime, now: datetime) -> bool:
    return start - now > CANCEL_LIMIT


def tell_push(
    session: WriteSession,
    row: Reminder,
    appointment: AppointmentFacts,
    zone: ZoneInfo,
    now: datetime,
    actor: Actor,
) -> None:
    window = appointment.arrival_window
    event = PushDue(
        **told(row, actor),
        day=local_day(appointment.start, zone),
        start=None if appointment.hides_time else appointment.start,
        arrival_from=window.start if window else None,
        arrival_until=window.end if window else None,
        may_cancel=may_cancel(appointment.start, now),
    )
    outbox.add(session, event)
