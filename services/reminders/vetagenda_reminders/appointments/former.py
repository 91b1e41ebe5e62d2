"""From when an appointment has moved, as somebody knows it: the start that they were told last. Pure."""

from collections.abc import Iterable
from datetime import datetime

from vetagenda_reminders.ledger.vocabulary import Channel, Status
from vetagenda_reminders.tables import Reminder


def former_start(
    rows: Iterable[Reminder], told: tuple[str, Channel, str], seen: datetime | None, start: datetime
) -> datetime | None:
    """`told` is the rule, the channel and the recipient of the message that will tell of the move. While an
    earlier move waits to be told, its time is not known to them. None for what moved back."""
    waiting = [
        row
        for row in rows
        if row.status is Status.PLANNED and (row.rule, row.channel, row.recipient_key) == told
    ]
    former = waiting[-1].moved_from if waiting else seen
    return None if former == start else former
