"""Merge fields: a closed list, without logic. A text can name what it needs, say what stands in for it, and
nothing else. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping

from vetagenda_kit.problems import InvalidRequest

_ANY = {
    "practice": "the practice's name",
    "practice_phone": "its telephone number",
    "practice_address": "its address",
    "owner": "the owner's name",
    "owner_given_name": "the owner's given name",
    "owner_family_name": "the owner's family name",
    "animal": "the animal's name, or several joined",
    "species": "dog, cat..., in the owner's language, or several joined; `animal` for one that is not known",
    "date": "the day of the appointment, or on which the product is due",
    "weekday": "that day's name, in the owner's language",
}
APPOINTMENT = {
    **_ANY,
    "when": "day and hour, or day and arrival window when the type hides the hour",
    "time": "the hour, or the arrival window when the type hides the hour",
    "practitioner": "the calendars' names, rooms and devices left out",
    "type": "the appointment type's name",
    "previous_when": "in the message that tells of a move: day and hour before it, or the day alone",
    "link": "the address where the owner sees, confirms, moves or cancels the appointment",
}
"""What a text about an appointment can name."""
PERSONAL_OF_APPOINTMENT = {
    name: told for name, told in APPOINTMENT.items() if name not in ("link", "previous_when")
}
PERSONAL = {name: told for name, told in _ANY.items() if name not in ("date", "weekday")}
"""What a person's own reminder can name, with an appointment and without."""
PRODUCT = {**_ANY, "product": "the product's name", "due_date": "the day on which the product is due"}
FIELDS = {**APPOINTMENT, **PRODUCT}
"""A template may become either's text."""
LONGEST_FALLBACK = 80
_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


def described(fields: Collection[str]) -> str:
    return ", ".join(f"`{{{name}}}`" for name in fields)


def named(text: str) -> Iterator[str]:
    """The fields of a text, each once."""
    yield from dict.fromkeys(field.group(1) for field in _PLACEHOLDER.finditer(text))


def check_fields(text: str, pointer: str, known: Collection[str] = FIELDS) -> None:
    """Raises InvalidRequest, which lists the `known` fields, for one that does not exist or a stray brace,
    and for a fallback that says nothing or too much."""
    unknown = [name for name in named(text) if name not in known]
    if unknown:
        told = f"unknown merge field {{{unknown[0][:30]}}}; there are: {', '.join(known)}"
        raise InvalidRequest.at(pointer, told)
    if set(_PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise InvalidRequest.at(pointer, "a brace opens or closes a merge field and nothing else")
    for field in _PLACEHOLDER.finditer(text):
        _check_fallback(field.group(2), pointer)


def _check_fallback(fallback: str | None, pointer: str) -> None:
    if fallback is None:
        return
    if not fallback.strip() or "|" in fallback or len(fallback) > LONGEST_FALLBACK:
        told = f"after `|` stands one plain text of at most {LONGEST_FALLBACK} characters"
        raise InvalidRequest.at(pointer, told)


def render(text: str, values: Mapping[str, str]) -> str:
    """Each field by its value, once: braces inside a value stay what they are. A field without a value
    becomes its fallback, or nothing, and the spaces around it close up."""
    filled = _PLACEHOLDER.sub(lambda field: _filled(field, values), text)
    return re.sub(r" {2,}", " ", filled).strip()


def _filled(field: re.Match[str], values: Mapping[str, str]) -> str:
    value = values.get(field.group(1), "")
    return value if value.strip() else field.group(2) or ""
