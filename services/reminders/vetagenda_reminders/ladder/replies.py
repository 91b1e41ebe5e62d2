"""Reads the one word by which an owner confirms. Pure."""

import re
import unicodedata

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
"""Folded, without spaces. Whatever is not in it is for a person to read."""


def is_confirmation(text: str) -> bool:
    """Whether all of the answer is a word of confirmation in French, German or English. Anything longer is
    none: "oui mais plus tard" says something else."""
    return _folded(text) in YES


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[\W_]", "", "".join(one for one in decomposed if not unicodedata.combining(one)))
