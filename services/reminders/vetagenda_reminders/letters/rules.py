"""Who gets a letter, and on which side of the sheet its address stands. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vetagenda_reminders.ledger.rules import Skip, Wait
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason, Status

TELLING = frozenset({Channel.EMAIL, Channel.SMS})
"""The channels that make a letter about the same thing needless (REM-10)."""

_UNDECIDED = frozenset({Status.PLANNED, Status.SENDING})
_LEFT_WINDOW = frozenset({"DE", "AT"})


class Window(StrEnum):
    """Where a DL envelope's window lies: left by DIN 5008 form B, right in France and as most others do."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Sibling:
    """An e-mail or SMS about the same occurrence as the letter."""

    status: Status
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A sibling is on its way out, or waits to be tried again: look again after a while of real time."""


def beside(siblings: Iterable[Sibling], now: datetime) -> Skip | Wait | Pause | None:
    """None: nobody else tells the owner, so the letter does. One that left is enough; while one may still
    leave the letter waits for it, so that an e-mail which fails at last does not leave the owner untold."""
    known = list(siblings)
    if any(one.status is Status.SENT for one in known):
        return Skip(SkipReason.TOLD_OTHERWISE)
    open_ones = [one for one in known if one.status in _UNDECIDED]
    if not open_ones:
        return None
    later = [one.due_at for one in open_ones if one.due_at > now]
    return Wait(min(later)) if later else Pause()


def window_of(country: str) -> Window:
    """By the practice's country, since its people buy the envelopes."""
    return Window.LEFT if country in _LEFT_WINDOW else Window.RIGHT
