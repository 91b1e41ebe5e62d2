"""Moves the steps of ladders to when they may leave, and ends those that need to no more."""

from collections.abc import Iterable
from datetime import datetime

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ladder.queries import Ladder, ladder_of, rung_of, wait_of
from vetagenda_reminders.ladder.rules import is_answered, rises_at
from vetagenda_reminders.ledger import commands, steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import WAITING, SkipReason, Status
from vetagenda_reminders.tables import Reminder


def settle(
    session: WriteSession,
    rows: Iterable[Reminder],
    confirmed_at: datetime | None,
    now: datetime,
    actor: Actor,
) -> int:
    """All ladders among the rows of subjects, which are locked. How many steps have changed."""
    ladders: dict[Ladder, list[Reminder]] = {}
    for row in rows:
        if row.ladder_step is not None:
            ladders.setdefault(ladder_of(row), []).append(row)
    return sum(_settle(session, ladder, confirmed_at, now, actor) for ladder in ladders.values())


def _settle(
    session: WriteSession,
    ladder: list[Reminder],
    confirmed_at: datetime | None,
    now: datetime,
    actor: Actor,
) -> int:
    ladder.sort(key=lambda row: row.ladder_step or 0)
    changed = 0
    for place, row in enumerate(ladder):
        if row.status not in WAITING:
            continue
        earlier = [rung_of(one) for one in ladder[:place]]
        if is_answered(rung_of(row), earlier, confirmed_at):
            reason = SkipReason.CONFIRMED_BY_OWNER
            commands.finish(session, row, Status.SKIPPED, now, actor, reason=reason)
            changed += 1
        elif row.status is Status.PLANNED and not row.dates_chosen:
            changed += _move(session, row, rises_at(earlier, wait_of(row)), now, actor)
    for row in ladder:
        row.ladder_look = False
    return changed


def _move(session: WriteSession, row: Reminder, rise: datetime | None, now: datetime, actor: Actor) -> bool:
    """A step that would come too late is looked at when it ceases to be of use, and says so."""
    if rise is None or max(rise, row.due_at) <= now:
        return False
    due_at = min(max(rise, now), row.useful_until)
    if due_at == row.due_at:
        return False
    row.due_at = due_at
    row.leased_until = row.leased_until if row.lease else None
    row.version += 1
    steps.note(session, row, Step.MOVED, actor, now)
    tell(session, row, actor)
    return True
