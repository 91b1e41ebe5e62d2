"""The forms of other systems, `(nom-animal)` and `[contact]`, as our own fields (REM-9). Pure.

The same word is known however it is written: `(NOM-ANIMAL)`, `(nom animal)`, `(Prénom-Client)`. What only
looks like a form stays ordinary text, and is told, so that no owner reads "(nom-race)" unseen.
"""

import re
from collections.abc import Iterator

from vetagenda_contracts.folding import folded

WRITTEN = {
    "nom animal": "animal",
    "nom de l animal": "animal",
    "espece animal": "species",
    "espece": "species",
    "nom client": "owner",
    "nom du client": "owner",
    "nom proprietaire": "owner",
    "nom du proprietaire": "owner",
    "nom prenom client": "owner",
    "prenom nom client": "owner",
    "prenom client": "owner_given_name",
    "prenom du client": "owner_given_name",
    "prenom proprietaire": "owner_given_name",
    "prenom du proprietaire": "owner_given_name",
    "date": "date",
    "date rdv": "date",
    "date du rdv": "date",
    "date rendez vous": "date",
    "date du rendez vous": "date",
    "heure": "time",
    "heure rdv": "time",
    "heure du rdv": "time",
    "heure rendez vous": "time",
    "heure du rendez vous": "time",
    "date heure": "when",
    "date heure rdv": "when",
    "date et heure": "when",
    "jour semaine": "weekday",
    "jour rdv": "weekday",
    "nom veterinaire": "practitioner",
    "nom du veterinaire": "practitioner",
    "nom praticien": "practitioner",
    "nom clinique": "practice",
    "nom de la clinique": "practice",
    "nom cabinet": "practice",
    "telephone clinique": "practice_phone",
    "tel clinique": "practice_phone",
    "telephone cabinet": "practice_phone",
    "tel cabinet": "practice_phone",
    "adresse clinique": "practice_address",
    "adresse cabinet": "practice_address",
    "type rdv": "type",
    "motif rdv": "type",
    "nom produit": "product",
    "nom acte": "product",
    "nom vaccin": "product",
    "date echeance": "due_date",
    "date rappel": "due_date",
    "date prochain rappel": "due_date",
}
"""In parentheses or brackets."""
IN_BRACKETS = {
    "contact": "owner",
    "sujet": "type",
    "animal": "animal",
    "client": "owner",
    "proprietaire": "owner",
    "veterinaire": "practitioner",
    "praticien": "practitioner",
    "clinique": "practice",
    "cabinet": "practice",
    "motif": "type",
    "jour": "weekday",
    "produit": "product",
    "acte": "product",
    "vaccin": "product",
    "echeance": "due_date",
}
"""Words that in parentheses could be ordinary ones."""
_FAMILY_NAMES = frozenset({"nom client", "nom du client", "nom proprietaire", "nom du proprietaire"})
_FORM = re.compile(r"\(([^()\[\]{}\n]{1,40})\)|\[([^()\[\]{}\n]{1,40})\]")
_FIRST_WORD = re.compile(
    r"(nom|prenom|date|heure|jour|adresse|tel|telephone|email|espece|race|sexe|age|poids|civilite|numero)\b"
)
_JOINED = re.compile(r"[^\W\d]+([-_][^\W\d]+)+")


def imported(text: str) -> str:
    """`(nom-client)` is the whole name, or the family name where the given name is written beside it."""
    given = any(_field(form) == "owner_given_name" for form in _FORM.finditer(text))
    return _FORM.sub(lambda form: _ours(form, given=given), text)


def unknown_forms(text: str) -> Iterator[str]:
    """What stands in the text as it is, and looks as if something else should: each once."""
    found = (form.group() for form in _FORM.finditer(text) if not _field(form) and _looks_like_one(form))
    yield from dict.fromkeys(found)


def _ours(form: re.Match[str], *, given: bool) -> str:
    field = _field(form)
    if field == "owner" and given and folded(form.group(1) or form.group(2)) in _FAMILY_NAMES:
        field = "owner_family_name"
    return f"{{{field}}}" if field else form.group()


def _field(form: re.Match[str]) -> str | None:
    in_brackets = form.group(2) is not None
    word = folded(form.group(1) or form.group(2))
    return WRITTEN.get(word) or (IN_BRACKETS.get(word) if in_brackets else None)


def _looks_like_one(form: re.Match[str]) -> bool:
    """All in brackets; in parentheses what is written together or begins as forms do, as prose also uses
    them."""
    if form.group(2) is not None:
        return True
    word = folded(form.group(1))
    written_together = _JOINED.fullmatch(form.group(1)) is not None
    return written_together or (word.count(" ") < 4 and _FIRST_WORD.match(word) is not None)
