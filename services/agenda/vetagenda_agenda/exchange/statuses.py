"""What a file says of a visit's status, in the words of other programs. Pure.

An import makes confirmed visits and can cancel them: an arrival, an outcome or a request needs a person, or a
time, that a file does not have. Whatever else a line says is told in a note, and never taken for a yes.
"""

import re
from unicodedata import combining, normalize

from vetagenda_agenda.exchange.rules import Unreadable

WORDS: dict[str, tuple[str, ...]] = {
    "confirmed": (
        *("confirmed", "booked", "scheduled"),
        *("confirmé", "confirmée", "prévu", "prévue", "planifié", "planifiée"),
        *("bestätigt", "bestaetigt", "gebucht", "geplant"),
    ),
    "cancelled": (
        *("cancelled", "canceled"),
        *("annulé", "annulée", "décommandé", "décommandée"),
        *("abgesagt", "storniert", "annulliert"),
    ),
    "requested": (
        *("requested", "tentative", "pending"),
        *("demandé", "demandée", "en attente", "à confirmer"),
        *("angefragt", "ausstehend", "unbestätigt", "unbestaetigt"),
    ),
    "arrived": (
        *("arrived", "checked in"),
        *("arrivé", "arrivée", "en salle d'attente"),
        *("eingetroffen", "angekommen", "im wartezimmer"),
    ),
    "completed": (
        *("completed", "done", "fulfilled"),
        *("honoré", "honorée", "terminé", "terminée", "effectué", "effectuée"),
        *("erledigt", "abgeschlossen", "beendet", "wahrgenommen"),
    ),
    "no_show": (
        *("no show", "noshow", "missed"),
        *("absent", "absente", "non venu", "non venue", "pas venu", "pas venue", "non honoré", "non honorée"),
        *("nicht erschienen", "nicht gekommen", "versäumt", "versaeumt"),
    ),
}
"""Status -> its words; docs/operations.md shows the same table."""

_SEEN_AS_CONFIRMED = ("arrived", "completed", "no_show")
"""iCalendar has no words for these: our own export writes CONFIRMED."""


def folded(word: str) -> str:
    """Without case and accents; what stands between words is one space."""
    parts = normalize("NFKD", word.replace("\u2019", "'").casefold())
    return re.sub(r"[\s_-]+", " ", "".join(each for each in parts if not combining(each))).strip()


_MEANT = {folded(word): status for status, words in WORDS.items() for word in words}


def status_of(word: str, field: str) -> str | None:
    """None when nothing is said. Raises Unreadable, with what is understood, for any other word."""
    if not word.strip():
        return None
    meant = _MEANT.get(folded(word))
    if meant is None:
        understood = ", ".join(WORDS)
        raise Unreadable(
            field, f"not understood; one of {understood}, or the usual French or German word, is expected"
        )
    return meant


def noted(given: str | None, here: str) -> tuple[str, ...]:
    """What becomes of a status that the visit does not get. `here` is the one that it has then."""
    if given in (None, here) or (given == "confirmed" and here in _SEEN_AS_CONFIRMED):
        return ()
    return (f"status: {given} is not imported; the visit is {here} here",)
