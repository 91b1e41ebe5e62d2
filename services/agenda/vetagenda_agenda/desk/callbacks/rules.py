"""What may become of a call-back. Pure."""

from typing import Any

from vetagenda_kit.problems import Conflict


class CallBackClosed(Conflict):
    """It is done or withdrawn. Member: `call_back_status`."""

    code, title = "call-back-closed", "Nobody waits for this call any more"


class OutsideCallBackHours(Conflict):
    """The practice agrees to calls within its ranges alone. Members: `rule` (`hours`, `past` or
    `no-calendar`) and `times`, the next free ones."""

    code, title = "outside-call-back-hours", "No call is agreed for this time"


class NothingAgreed(Conflict):
    """No time was agreed that could be extended."""

    code, title = "nothing-agreed", "No time was agreed for this call"


def check_open(row: Any) -> None:
    """Raises CallBackClosed."""
    if row.closed_at is not None:
        raise CallBackClosed(f"it is {row.outcome}", call_back_status=row.outcome)
