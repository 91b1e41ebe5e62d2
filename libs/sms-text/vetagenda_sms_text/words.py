"""Letters outside GSM-7 written with those inside, and the French words that become others by it.

What GSM-7 has (é è à ù ß ä ö ü...) is never touched.
"""

import unicodedata
from functools import lru_cache

from vetagenda_sms_text.alphabet import GSM7_BASIC

_SPELLED = {"œ": "oe", "Œ": "OE", "ẞ": "SS", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "þ": "th"}

_BECOME_OTHERS = (
    "sûr sûre dû mûr mûre crû jeûne jeûner jeûné tâche tâcher tâché pêche pêcher pêché côte côté côlon maïs "
    "haï forêt gêne gêné bâiller mâtin mâle boîte cône hâler rôder hôte fût mât bât pâte pâté âcre châsse "
    "pâle hâle croît accroît fît dît vînt tînt eût dût mût crût nôtre vôtre"
)


def _with_plurals(words: str) -> frozenset[str]:
    singular = words.split()
    return frozenset(singular) | {word + "s" for word in singular if word[-1] not in "sx"}


BECOME_OTHERS = _with_plurals(_BECOME_OTHERS)
"""`jeûne` (fasting) would be read as `jeune` (young). In lower case, with their plurals."""


def changes_meaning(word: str) -> bool:
    """Whether the word is another one without its accents, in any case of letters."""
    return word.casefold() in BECOME_OTHERS


def without_accents(word: str, kept: frozenset[str] = GSM7_BASIC) -> str:
    """The word with each letter that is not `kept` by the nearest that is; what has none stays."""
    if kept.issuperset(word):
        return word
    plain = "".join(letter if letter in kept else _nearest(letter, kept) for letter in word)
    titled = word[:1] in _SPELLED and word[1:2].islower()
    return plain[:1] + plain[1:2].lower() + plain[2:] if titled else plain


@lru_cache(maxsize=1_000)
def _nearest(letter: str, kept: frozenset[str]) -> str:
    if letter in _SPELLED:
        return _SPELLED[letter]
    parts = unicodedata.normalize("NFD", letter)
    base = "".join(part for part in parts if not unicodedata.combining(part))
    return base if base and set(base) <= kept else letter
