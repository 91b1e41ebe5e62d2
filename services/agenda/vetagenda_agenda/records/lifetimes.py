"""When an animal was born and died: what can be so today."""

from collections.abc import Mapping
from datetime import date

from vetagenda_kit.problems import InvalidRequest

_NOT_YET = "this day is yet to come: where the practice is, it is {today}"


def check_past(days: Mapping[str, date | None], today: date) -> None:
    """Raises InvalidRequest at the field of the first day after `today`, which is the practice's own.

    A visit is silenced as soon as its animal has died: a slip of the keyboard must not do that.
    """
    for field, day in days.items():
        if day is not None and day > today:
            raise InvalidRequest.at(f"/{field}", _NOT_YET.format(today=today))
