"""The request and the view of a hold."""

from datetime import datetime
from typing import Literal

from vetagenda_kit.models import RequestModel, ViewModel


class MessageHoldOrder(RequestModel):
    """`waiting` says, at the end of a hold, what becomes of the messages that have fallen due: they leave
    (`send`), or are skipped as `perhaps_sent` (`skip`)."""

    active: bool
    waiting: Literal["send", "skip"] = "send"


class MessageHoldView(ViewModel):
    """`waiting` messages are due and would leave at once; `skipped` were given up by this order."""

    active: bool
    since: datetime | None
    waiting: int
    skipped: int = 0
