"""Which reminders no visit followed, and what of a row may be sent again. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from vetagenda_kit.problems import Conflict
from vetagenda_reminders.ledger.vocabulary import Purpose, Status
from vetagenda_reminders.recalls.queries import Told
from vetagenda_reminders.recalls.schemas import Recall
from vetagenda_reminders.tables import Reminder

RESEND = "resend:"
_ENDED = frozenset({Status.SENT, Status.FAILED, Status.SKIPPED})
_ON_ITS_WAY = frozenset({Status.PLANNED, Status.READY, Status.SENDING})


class NotResendable(Conflict):
    code = "not-resendable"
    title = "This reminder cannot be sent again"


class Visits(BaseModel):
    """An animal's last visit and its next that is confirmed, as the agenda knows them."""

    last_visit: datetime | None = None
    next_visit: datetime | None = None


def without_visit(told: Iterable[Told], visits: Mapping[UUID, Visits]) -> list[Recall]:
    """Those whose animal lives and neither came since it was first told nor is to come."""
    return [_recall(one) for one in told if _is_missed(one, visits.get(one.first.animal_ids[0]))]


def _is_missed(told: Told, visits: Visits | None) -> bool:
    assert told.first.finished_at
    if visits is None or visits.next_visit is not None:
        return False
    return visits.last_visit is None or visits.last_visit < told.first.finished_at


def _recall(told: Told) -> Recall:
    first, last = told.first, told.rows[-1]
    assert first.administration_id
    assert first.finished_at
    assert last.finished_at
    last_by_channel = {row.channel: row.id for row in told.rows}
    return Recall(
        administration_id=first.administration_id,
        occurrence=first.occurrence,
        product_id=told.product_id,
        owner_id=last.owner_id,
        animal_id=first.animal_ids[0],
        due_on=last.due_on,
        first_sent_at=first.finished_at,
        last_sent_at=last.finished_at,
        times_sent=times_sent(told.rows),
        channels=list(last_by_channel),
        reminder_ids=list(last_by_channel.values()),
    )


def times_sent(rows: Iterable[Reminder]) -> int:
    """The first sending and every later one, each on however many channels."""
    return len({row.rule if row.rule.startswith(RESEND) else "" for row in rows})


def check_resendable(row: Reminder) -> None:
    """Raises NotResendable. What waits leaves by itself, what was taken back or out is not to be said."""
    if row.purpose not in (Purpose.PRODUCT, Purpose.PERSONAL):
        raise NotResendable(f"its purpose is {row.purpose.value}", reminder_id=str(row.id))
    if row.status not in _ENDED:
        raise NotResendable(f"its status is {row.status.value}", reminder_id=str(row.id))
    if row.purpose is Purpose.PERSONAL and not row.own_body:
        raise NotResendable("its words have been forgotten", reminder_id=str(row.id))


def next_number(rows: Sequence[Reminder], occurrence: int) -> int:
    """One more than the highest of this occurrence, on whatever channel."""
    numbers = (
        int(row.rule.removeprefix(RESEND))
        for row in rows
        if row.occurrence == occurrence and row.rule.startswith(RESEND)
    )
    return max(numbers, default=0) + 1


def on_its_way(rows: Iterable[Reminder], original: Reminder) -> Reminder | None:
    """A resending of the same on the same channel that has not left yet: it is not doubled."""
    same = (
        row
        for row in rows
        if row.occurrence == original.occurrence
        and row.channel is original.channel
        and row.rule.startswith(RESEND)
        and row.status in _ON_ITS_WAY
    )
    return next(same, None)
