"""What would bring a text into GSM-7, for a person to choose: nothing here is applied."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from vetagenda_sms_text.alphabet import Encoding
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile
from vetagenda_sms_text.rewriting import TYPOGRAPHIC, plain_typography
from vetagenda_sms_text.segments import normalise, segment
from vetagenda_sms_text.symbols import ADDRESS, SIGNS, symbols
from vetagenda_sms_text.words import changes_meaning, without_accents

_WORDS_AND_ADDRESSES = re.compile(rf"(?P<address>{ADDRESS})|[^\W\d_{SIGNS}]+")


class Kind(StrEnum):
    TYPOGRAPHY = "typography"  # quotes, dashes, spaces: the words stay what they are
    SYMBOL = "symbol"  # `°`, `½`, `m²`: written out, never by itself
    ACCENT = "accent"  # letters: never applied by itself


@dataclass(frozen=True, slots=True)
class Change:
    """A sign, or a whole word where an accent goes. `index` counts code points of the normalised text."""

    index: int
    original: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One step. `text`, `encoding` and `segments` are after it and all before it. `changes_meaning` says that
    each of its words becomes another one (`jeûne`, fasting; `jeune`, young)."""

    kind: Kind
    changes: tuple[Change, ...]
    changes_meaning: bool
    text: str
    encoding: Encoding
    segments: int


def suggestions(text: str, profile: CarrierProfile = STANDARD) -> list[Suggestion]:
    """Steps towards GSM-7, the harmless first: signs, symbols, accents, then accents that make another word.

    None for a text that is in GSM-7. Raises UnusableCharacter.
    """
    text = normalise(text)
    if profile.fits_gsm7.fullmatch(text):
        return []
    accents = list(_accents(text))
    steps = (
        (Kind.TYPOGRAPHY, False, list(_signs(text))),
        (Kind.SYMBOL, False, [Change(*symbol) for symbol in symbols(text)]),
        (Kind.ACCENT, False, [one for one in accents if not changes_meaning(one.original)]),
        (Kind.ACCENT, True, [one for one in accents if changes_meaning(one.original)]),
    )
    made: list[Suggestion] = []
    done: list[Change] = []
    for kind, other_words, changes in steps:
        if changes:
            done += changes
            made.append(_step(kind, other_words, changes, _changed(text, done), profile))
    return made


def _step(
    kind: Kind, other_words: bool, changes: list[Change], text: str, profile: CarrierProfile
) -> Suggestion:
    counted = segment(text, profile)
    return Suggestion(kind, tuple(changes), other_words, text, counted.encoding, counted.segments)


def _signs(text: str) -> Iterable[Change]:
    for found in TYPOGRAPHIC.finditer(text):
        yield Change(found.start(), found.group(), plain_typography(found.group()))


def _accents(text: str) -> Iterable[Change]:
    for found in _WORDS_AND_ADDRESSES.finditer(text):
        word = found.group()
        if not found["address"] and (plain := without_accents(word)) != word:
            yield Change(found.start(), word, plain)


def _changed(text: str, changes: Iterable[Change]) -> str:
    made, end = [], 0
    for change in sorted(changes, key=lambda one: one.index):
        made += [text[end : change.index], change.replacement]
        end = change.index + len(change.original)
    return "".join([*made, text[end:]])
