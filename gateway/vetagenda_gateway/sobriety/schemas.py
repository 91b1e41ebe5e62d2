"""A month's calls and messages on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vetagenda_kit.models import ViewModel

Kind = Literal["google-calendar", "caldav", "sms", "email", "fax", "push", "letter", "webhook"]
Month = Annotated[
    str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$"), Field(examples=["2026-11"])
]


class AppointmentTallyView(ViewModel):
    """The appointments that start in the month. `took_place` have begun and stand, `upcoming` stand and have
    not begun; requests that nobody has accepted are none yet."""

    took_place: int
    upcoming: int
    no_show: int
    cancelled: int


class CallShareView(ViewModel):
    """For each appointment that took place, to two decimals. `bytes` are those sent and received."""

    calls: float
    messages: float
    bytes: float


class CallTotalView(ViewModel):
    """`calls` are exchanges with servers outside, each try one; `failed` those of them that nobody answered,
    or with an error. `messages` left for somebody. Bytes are those of contents: no headers, no TLS.
    `per_appointment` is null while none took place."""

    calls: int
    failed: int
    messages: int
    bytes_sent: int
    bytes_received: int
    per_appointment: CallShareView | None


class KindOfCallView(CallTotalView):
    """`parts` are the segments of SMS and the pages of letters, 0 of all else."""

    kind: Kind
    parts: int


class SobrietyView(ViewModel):
    """`month` runs from midnight to midnight in UTC. `kinds` has all of them, also those without a call."""

    month: Month
    appointments: AppointmentTallyView
    total: CallTotalView
    kinds: list[KindOfCallView]
