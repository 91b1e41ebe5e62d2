"""What kind of animal, in the owner's language. The agenda keeps a species as somebody typed it. Pure."""

from collections.abc import Iterable

from vetagenda_contracts.folding import folded

NEUTRAL = {"fr": "animal", "de": "Tier", "en": "animal"}
"""For a species that nobody wrote down, or that is not among the known ones."""
_KNOWN = (
    {"fr": "chien", "de": "Hund", "en": "dog"},
    {"fr": "chat", "de": "Katze", "en": "cat"},
    {"fr": "lapin", "de": "Kaninchen", "en": "rabbit"},
    {"fr": "furet", "de": "Frettchen", "en": "ferret"},
    {"fr": "cochon d'Inde", "de": "Meerschweinchen", "en": "guinea pig"},
    {"fr": "hamster", "de": "Hamster", "en": "hamster"},
    {"fr": "rat", "de": "Ratte", "en": "rat"},
    {"fr": "souris", "de": "Maus", "en": "mouse"},
    {"fr": "rongeur", "de": "Nagetier", "en": "rodent"},
    {"fr": "oiseau", "de": "Vogel", "en": "bird"},
    {"fr": "perroquet", "de": "Papagei", "en": "parrot"},
    {"fr": "poule", "de": "Huhn", "en": "hen"},
    {"fr": "tortue", "de": "Schildkröte", "en": "tortoise"},
    {"fr": "serpent", "de": "Schlange", "en": "snake"},
    {"fr": "reptile", "de": "Reptil", "en": "reptile"},
    {"fr": "poisson", "de": "Fisch", "en": "fish"},
    {"fr": "cheval", "de": "Pferd", "en": "horse"},
    {"fr": "poney", "de": "Pony", "en": "pony"},
    {"fr": "vache", "de": "Kuh", "en": "cow"},
    {"fr": "mouton", "de": "Schaf", "en": "sheep"},
    {"fr": "porc", "de": "Schwein", "en": "pig"},
)
_ALSO = {"chienne": "dog", "chatte": "cat", "canine": "dog", "feline": "cat", "hündin": "dog", "kater": "cat"}
"""Other words for the same."""
_BY_WORD = {folded(word): kind for kind in _KNOWN for word in kind.values()} | {
    folded(word): next(kind for kind in _KNOWN if kind["en"] == same) for word, same in _ALSO.items()
}


def species_text(species: Iterable[str | None], language: str) -> str:
    """One word, or several joined, each once; nothing when there is no animal."""
    words = (_BY_WORD.get(folded(one or ""), NEUTRAL)[language] for one in species)
    return ", ".join(dict.fromkeys(words))
