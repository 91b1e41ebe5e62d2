"""Where a link's calendar is on the globe."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Zone:
    """The link's own zone, for floating times and for writing; an event without an end lasts `default`."""

    name: str
    default: timedelta = timedelta(minutes=30)
