"""What would bring a text into GSM-7, for a person to choose: nothing here is applied."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from vetagenda_sms_text.alphabet import Encoding
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile
from vetagenda_sms_text.rewriting import SIGNS as TYPOGRAPHY
from vetagenda_sms_text.rewriting import TYPOGRAPHIC, UNSEEN, plain_typography
from vetagenda_sms_text.segments import normalise, segment
from vetagenda_sms_text.symbols import ADDRESS, SIGNS, symbols
from vetagenda_sms_text.words import changes_meaning, without_accents

_LETTERS = rf"[^\W\d_{SIGNS}]+"
_WORDS_AND_ADDRESSES = re.compile(rf"(?P<address>{ADDRESS})|{_LETTERS}(?:[{UNSEEN}]+{_LETTERS})*")
_PIECES = re.compile(rf"[^\W\d_{SIGNS}{TYPOGRAPHY}]+")
_UNSEEN = re.compile(f"[{UNSEEN}]+")


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
    accents, others = _accents(text)
    steps = (
        (Kind.TYPOGRAPHY, False, list(_signs(text))),
        (Kind.SYMBOL, False, [Change(*symbol) for symbol in symbols(text)]),
        (Kind.ACCENT, False, accents),
        (Kind.ACCENT, True, others),
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


def _accents(text: str) -> tuple[list[Change], list[Change]]:
    """Those of words that stay what they are, and those of words that become others. A word is judged as it
    is read: what goes with the signs (a soft hyphen that nobody sees, a ligature) parts it here alone."""
    harmless: list[Change] = []
    others: list[Change] = []
    for found in _WORDS_AND_ADDRESSES.finditer(text):
        if not found["address"]:
            word = plain_typography(_UNSEEN.sub("", found.group()))
            (others if changes_meaning(word) else harmless).extend(_plain_pieces(text, *found.span()))
    return harmless, others


def _plain_pieces(text: str, start: int, end: int) -> Iterable[Change]:
    for piece in _PIECES.finditer(text, start, end):
        if (plain := without_accents(piece.group())) != piece.group():
            yield Change(piece.start(), piece.group(), plain)


def _changed(text: str, changes: Iterable[Change]) -> str:
    made, end = [], 0
    for change in sorted(changes, key=lambda one: one.index):
        made += [text[end : change.index], change.replacement]
        end = change.index + len(change.original)
    return "".join([*made, text[end:]])
