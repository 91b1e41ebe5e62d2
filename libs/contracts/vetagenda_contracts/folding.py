"""When two words that people typed are the same one. Pure."""

import re
import unicodedata

_JOINTS = re.compile(r"[\s_\-\u2010\u2011'\u2019]+")


def folded(text: str) -> str:
    """Without regard to case, accents, and what stands between the words: `Nom_Animal` is `nom animal`."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _JOINTS.sub(" ", bare).strip()
