"""What an owner's answer means: one word of confirmation, the wish to hear no more or again, or something
for a person to read. Pure."""

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    YES = "yes"
    STOP = "stop"
    START = "start"
    OTHER = "other"


STOP = frozenset({"stop", "arret", "desabonner", "stopp", "abmelden", "stoppen", "unsubscribe"})
"""Folded. It counts as the whole answer or as its first word: nobody who begins so wants to hear more."""

STOP_ALONE = frozenset(
    {
        "stopall",
        "quit",
        "arreter",
        "arretez",
        "arretertout",
        "arreterlessms",
        "arretezlessms",
        "plusdesms",
        "desabonnement",
        "desabonnezmoi",
        "jemedesabonne",
        "medesabonner",
        "desinscription",
        "desinscrire",
        "medesinscrire",
        "bittestoppen",
        "keinesms",
        "keinesmsmehr",
    }
)
"""Folded, without spaces. It counts as the whole answer only. CANCEL and END are not among them: they may be
about the visit, and a person reads them."""

START = frozenset({"start", "unstop", "reprendre"})
"""Folded. It counts as the whole answer only: who writes "reprendre rendez-vous" wants something else."""

YES = frozenset(
    {
        "oui",
        "ok",
        "daccord",
        "dac",
        "entendu",
        "jeconfirme",
        "confirme",
        "ja",
        "jawohl",
        "einverstanden",
        "bestatigt",
        "bestaetigt",
        "ichbestatige",
        "ichbestaetige",
        "yes",
        "yep",
        "okay",
        "confirm",
        "confirmed",
        "iconfirm",
    }
)
"""Folded, without spaces, in French, German and English. It counts as the whole answer only: "oui mais plus
tard" says something else."""


def meaning_of(text: str) -> Meaning:
    folded = _folded(text)
    words = re.findall(r"[^\W_]+", folded)
    whole = "".join(words)
    if words and (words[0] in STOP or whole in STOP | STOP_ALONE):
        return Meaning.STOP
    if whole in START:
        return Meaning.START
    return Meaning.YES if whole in YES else Meaning.OTHER


def _folded(text: str) -> str:
    """Without accents and case, full-width letters as plain ones."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
