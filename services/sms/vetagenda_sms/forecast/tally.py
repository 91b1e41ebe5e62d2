"""What a wording makes of many recipients, counted as they come. Pure."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from vetagenda_sms.forecast.wording import Count, Wording
from vetagenda_sms_text import (
    CarrierProfile,
    Encoding,
    offending_characters,
    plain_typography,
    without_accents,
)

MOST_BREAKERS = 50


class Recipient(NamedTuple):
    """An owner and the living animal that it is about, None if several. `values` are by merge field."""

    owner_id: str
    animal_id: str | None
    values: Mapping[str, str]


class Cause(NamedTuple):
    """`characters` are those that make the text UCS-2; none when the value is just longer than most."""

    field: str
    characters: tuple[str, ...]


class Breaker(NamedTuple):
    """A record for which the message costs more than it usually does, or is UCS-2 because of it."""

    owner_id: str
    animal_id: str | None
    counted: Count
    causes: tuple[Cause, ...]


class _Seen(NamedTuple):
    """In the order of what costs most."""

    segments: int
    forced: bool
    units: int
    recipient: Recipient
    values: Sequence[str]
    counted: Count


class Tally:
    """`segments` is {count of segments: recipients}; `with_plain_signs` and `with_plain_names` are all
    segments with typography rewritten, and with the accents of names dropped as well. Either is done for a
    recipient only where it makes the text GSM-7 and costs no more."""

    def __init__(self, text: str, shared: Mapping[str, str], profile: CarrierProfile) -> None:
        plain = {name: plain_typography(value) for name, value in shared.items()}
        self.wording = Wording(text, shared, profile)
        self._signs = Wording(plain_typography(text), plain, profile, plain_typography)
        self._names = Wording(plain_typography(text), plain, profile, _plain_name)
        self.segments: Counter[int] = Counter()
        self.with_plain_signs = self.with_plain_names = 0
        self._unforced: Counter[int] = Counter()
        self._forced_worst: list[_Seen] = []
        self._unforced_worst: list[_Seen] = []
        self._lengths: list[Counter[int]] = [Counter() for _field in self.wording.fields]

    def add(self, recipients: Iterable[Recipient]) -> None:
        seen = [self._counted(each) for each in recipients]
        self.segments.update(each.segments for each in seen)
        self._unforced.update(each.segments for each in seen if not each.forced)
        for field, lengths in enumerate(self._lengths):
            lengths.update(len(each.values[field]) for each in seen)
        self._forced_worst = _worst(self._forced_worst, (each for each in seen if each.forced))
        self._unforced_worst = _worst(self._unforced_worst, (each for each in seen if not each.forced))

    def _counted(self, recipient: Recipient) -> _Seen:
        values = [recipient.values[field] for field in self.wording.fields]
        counted = self.wording.count(values)
        in_gsm7 = counted.encoding is Encoding.GSM7
        self.with_plain_signs += counted.segments if in_gsm7 else _fewer(self._signs, values, counted)
        self.with_plain_names += counted.segments if in_gsm7 else _fewer(self._names, values, counted)
        forced = not in_gsm7 and self.wording.is_gsm7
        return _Seen(counted.segments, forced, counted.units, recipient, values, counted)

    @property
    def recipients(self) -> int:
        return self.segments.total()

    @property
    def total(self) -> int:
        return sum(count * recipients for count, recipients in self.segments.items())

    @property
    def typical(self) -> int:
        """The median."""
        return _median(self.segments)

    @property
    def breaking(self) -> int:
        """How many records cost more than is typical, or make their text UCS-2."""
        typical = self.typical
        longer = sum(number for count, number in self._unforced.items() if count > typical)
        return self.recipients - self._unforced.total() + longer

    def breakers(self) -> list[Breaker]:
        """At most MOST_BREAKERS, the worst first."""
        typical, usual = self.typical, [_median(lengths) for lengths in self._lengths]
        longer = (each for each in self._unforced_worst if each.segments > typical)
        return [self._breaker(one, usual) for one in _worst(self._forced_worst, longer)]

    def _breaker(self, seen: _Seen, usual: Sequence[int]) -> Breaker:
        causes = self._causes(seen, usual)
        return Breaker(seen.recipient.owner_id, seen.recipient.animal_id, seen.counted, causes)

    def _causes(self, seen: _Seen, usual: Sequence[int]) -> tuple[Cause, ...]:
        fields = list(dict.fromkeys(zip(self.wording.fields, seen.values, usual, strict=True)))
        if seen.forced:
            found = ((field, _offending(value, self.wording.profile)) for field, value, _usual in fields)
            return tuple(Cause(field, characters) for field, characters in found if characters)
        return tuple(Cause(field, ()) for field, value, length in fields if len(value) > length)


def _fewer(plain: Wording, values: Sequence[str], otherwise: Count) -> int:
    """The segments with the plain wording, if it is GSM-7 then and costs no more."""
    if not plain.is_gsm7:
        return otherwise.segments
    made = plain.count(values)
    return min(made.segments, otherwise.segments) if made.encoding is Encoding.GSM7 else otherwise.segments


def _worst(kept: Iterable[_Seen], more: Iterable[_Seen]) -> list[_Seen]:
    return heapq.nlargest(MOST_BREAKERS, chain(kept, more), key=_cost)


def _cost(seen: _Seen) -> tuple[int, bool, int]:
    return seen[:3]


def _median(values: Counter[int]) -> int:
    """The lower one of an even number; 0 of none."""
    half, passed = (values.total() + 1) // 2, 0
    for value in sorted(values):
        passed += values[value]
        if passed >= half:
            return value
    return 0


def _offending(value: str, profile: CarrierProfile) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.char for found in offending_characters(value, profile)))


def _plain_name(name: str) -> str:
    return without_accents(plain_typography(name))
