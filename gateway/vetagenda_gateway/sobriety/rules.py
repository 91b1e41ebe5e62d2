"""Sums, and what of them falls on each appointment. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, get_args

from vetagenda_gateway.sobriety.schemas import (
    AppointmentTallyView,
    CallShareView,
    CallTotalView,
    Kind,
    KindOfCallView,
    SobrietyView,
)
from vetagenda_kit.outward_calls_table import NUMBERS, KindView

KINDS: tuple[Kind, ...] = get_args(Kind)


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def summed(month: str, appointments: AppointmentTallyView, counted: Sequence[KindView]) -> SobrietyView:
    visits = appointments.took_place
    return SobrietyView(
        month=month,
        appointments=appointments,
        total=CallTotalView(**_numbers(counted, visits)),
        kinds=[KindOfCallView(kind=kind, **_numbers(_of(kind, counted), visits)) for kind in KINDS],
    )


def _of(kind: Kind, counted: Iterable[KindView]) -> list[KindView]:
    return [each for each in counted if each.kind == kind]


def _numbers(counted: Sequence[KindView], visits: int) -> dict[str, Any]:
    sums = {name: sum(getattr(each, name) for each in counted) for name in NUMBERS}
    return sums | {"per_appointment": _share(sums, visits) if visits else None}


def _share(sums: Mapping[str, int], visits: int) -> CallShareView:
    moved = sums["bytes_sent"] + sums["bytes_received"]
    return CallShareView(
        calls=round(sums["calls"] / visits, 2),
        messages=round(sums["messages"] / visits, 2),
        bytes=round(moved / visits, 2),
    )
