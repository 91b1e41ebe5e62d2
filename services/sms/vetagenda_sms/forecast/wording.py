"""A text with merge fields, taken apart once, so that ten thousand of it are counted in a moment. Pure.

What stands around the fields and each distinct value are measured once; most counts are then a sum. A text is
put together and cut only where a sum does not tell: when it takes several parts and one of its characters
takes two code units, or when joining the pieces changes them (spaces that close up, accents that compose).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from vetagenda_kit.merge_fields import closed_up, filled, pieces
from vetagenda_sms_text import CarrierProfile, Encoding, SplitUnit, code_units, normalise, segment

_COMPOSES_FROM = "\u0300"
"""No character before it in Unicode composes with what precedes it."""


class Measure(NamedTuple):
    """`septets` is None outside GSM-7. A `paired` piece has a character of two code units; a `tidy` one stays
    what it is between others."""

    text: str
    septets: int | None
    units: int
    paired: bool
    tidy: bool


class Count(NamedTuple):
    segments: int
    encoding: Encoding
    units: int


class Wording:
    """`shared` are the values that are the same for all; the `fields` that are left take one value each for
    every recipient, as `rewritten`."""

    def __init__(
        self,
        text: str,
        shared: Mapping[str, str],
        profile: CarrierProfile,
        rewritten: Callable[[str], str] = str,
    ) -> None:
        self.profile, self._rewritten = profile, rewritten
        self._around, own = _taken_apart(text, shared)
        self.fields = [name for name, _fallback in own]
        self._fallbacks = [fallback for _name, fallback in own]
        self._seen: list[dict[str, Measure]] = [{} for _field in own]
        self._still = self._measured_around()

    @property
    def is_gsm7(self) -> bool:
        """But for the values of its fields."""
        return self._still.septets is not None

    def measure(self, field: int, value: str) -> Measure:
        """What stands in the place of a field."""
        known = self._seen[field].get(value)
        if known is None:
            text = filled(self._rewritten(value), self._fallbacks[field])
            known = self._seen[field][value] = _measure(text, self.profile)
        return known

    def rendered(self, values: Sequence[str]) -> str:
        parts = [*self._around]
        for field in range(len(self.fields), 0, -1):
            parts.insert(field, self.measure(field - 1, values[field - 1]).text)
        return closed_up(parts)

    def count(self, values: Sequence[str]) -> Count:
        """As `segment` counts what is rendered. `values` are in the order of `fields`."""
        still = self._still
        septets, units, paired, tidy = still.septets, still.units, still.paired, still.tidy
        for field, value in enumerate(values):
            piece = self._seen[field].get(value) or self.measure(field, value)
            septets = None if septets is None or piece.septets is None else septets + piece.septets
            units += piece.units
            paired, tidy = paired or piece.paired, tidy and piece.tidy
        if tidy:
            encoding = Encoding.UCS2 if septets is None else Encoding.GSM7
            return self._summed(values, encoding, units if septets is None else septets, paired)
        return self._cut(values)

    def _summed(self, values: Sequence[str], encoding: Encoding, units: int, paired: bool) -> Count:
        limits = self.profile.limits(encoding)
        if units <= limits.alone:
            return Count(1, encoding, units)
        fewest = -(-units // limits.part)
        if self.profile.split_unit is not SplitUnit.CODE_POINT:
            return self._cut(values)
        # A pair that would be cut leaves one unit of its part empty: that must not matter.
        if paired and fewest != -(-units // (limits.part - 1)):
            return self._cut(values)
        return Count(fewest, encoding, units)

    def _cut(self, values: Sequence[str]) -> Count:
        counted = segment(self.rendered(values), self.profile)
        return Count(counted.segments, counted.encoding, counted.units)

    def _measured_around(self) -> Measure:
        """With a letter in each field's place, which is then taken off."""
        count, suffix = len(self.fields), len(self.profile.suffix)
        around = _measure(closed_up(["x".join(self._around)]), self.profile)
        tidy = all(piece[:1] < _COMPOSES_FROM for piece in self._around[1:])
        septets = None if around.septets is None else around.septets - count + suffix
        return Measure("", septets, around.units - count + suffix, around.paired, tidy)


def _taken_apart(text: str, shared: Mapping[str, str]) -> tuple[list[str], list[tuple[str, str]]]:
    """What stands around the fields of each recipient, the shared values filled in; and those fields."""
    (first, *others), fields = pieces(text)
    around, own = [first], []
    for (name, fallback), following in zip(fields, others, strict=True):
        if name in shared:
            around[-1] += filled(shared[name], fallback) + following
        else:
            own.append((name, fallback))
            around.append(following)
    return around, own


def _measure(text: str, profile: CarrierProfile) -> Measure:
    text = text if text.isascii() else normalise(text)
    septets, units = code_units(text, profile)
    paired = units > len(text) or (septets or 0) > len(text)
    tidy = "" < text[:1] < _COMPOSES_FROM and text == text.strip() and "  " not in text
    return Measure(text, septets, units, paired, tidy)
