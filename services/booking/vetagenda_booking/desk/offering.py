"""Which of the starts that book are offered on the telephone, and in which words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from vetagenda_booking.desk.speaking import spoken, spoken_window, three
from vetagenda_booking.slots.question import Offer


@dataclass(frozen=True)
class Telling:
    """How a type's starts are told: of one that hides its hour (REM-5) the day, with the arrival window if
    it has one. `now` is on the practice's clock."""

    zone: ZoneInfo
    now: datetime
    locale: str
    hides_time: bool = False
    window: tuple[time, time] | None = None

    def words(self, start: datetime) -> str:
        shown = start.astimezone(self.zone)
        if self.hides_time:
            return spoken_window(shown.date(), self.window, self.now, self.locale)
        return spoken(shown, self.now, self.locale)


def telling_of(kind: Mapping[str, Any], zone: ZoneInfo, now: datetime, locale: str) -> Telling:
    """`kind` is the appointment type as the agenda tells it."""
    window = kind["arrival_window"]
    between = (time.fromisoformat(window["from"]), time.fromisoformat(window["to"])) if window else None
    return Telling(zone, now.astimezone(zone), locale, kind["hide_time"], between)


def said(offers: Iterable[Offer], telling: Telling) -> list[tuple[Offer, str]]:
    """At most three of the offers (in order), each with its words. No two have the same words: where only
    the day is told, one of each day."""
    distinct: dict[str, Offer] = {}
    for offer in offers:
        distinct.setdefault(telling.words(offer.start), offer)
    shown = {offer.start.astimezone(telling.zone): (offer, words) for words, offer in distinct.items()}
    return [shown[start] for start in three(list(shown))]
