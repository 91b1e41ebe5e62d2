"""What a person writes into a linked calendar, for the machines: each value occurs once, so that it can be
looked for at the end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peers.google.calendar import instant
from peers.google.phone import Phone

from vetagenda_calendar_sync.mapping.description import Description, parse, render

FIRST = datetime(2026, 12, 1, 8, tzinfo=UTC)
LENGTH = timedelta(minutes=20)
FIELDS = ("title", "period", "notes")
HEALING_CYCLES = 6


@dataclass
class Edit:
    """What a person last wrote into one field of one thing, on whichever side."""

    value: Any
    side: str


def start_of(number: int) -> datetime:
    return FIRST + timedelta(minutes=30 * number)


def type_in(phone: Phone, number: int, *, with_phone: bool) -> dict[str, Any]:
    title = f"T{number}" + (f" $ 06 12 34 {number // 100:02} {number % 100:02}" if with_phone else "")
    return phone.type(title, start_of(number), LENGTH, description=f"N{number}")


def edit_field(phone: Phone, event: dict[str, Any], name: str, number: int) -> Any:
    """The value that the field has then; of a period its start."""
    value: Any = {"title": f"T{number}", "notes": f"N{number}", "period": start_of(number)}[name]
    if name == "title":
        phone.edit(event["id"], summary=value)
    elif name == "notes":
        block = parse(event.get("description", "")).block
        phone.edit(event["id"], description=render(Description(value, block)))
    else:
        phone.move(event["id"], value - instant(event["start"], "UTC"))
    return value


def edit_inside_the_block(phone: Phone, event: dict[str, Any]) -> None:
    """Which is ours, and is put right again."""
    text = event.get("description", "").replace("confirmé", "perdu")
    phone.edit(event["id"], description=text)
