"""Merge fields: a closed list, without logic. A text can name what it needs and nothing else. Pure."""

import re
from collections.abc import Collection, Mapping

from vetagenda_kit.problems import InvalidRequest

_ANY = {
    "practice": "the practice's name",
    "practice_phone": "its telephone number",
    "practice_address": "its address",
    "owner": "the owner's name",
    "animal": "the animal's name, or several joined",
    "date": "the day of the appointment, or on which the product is due",
}
APPOINTMENT = {
    **_ANY,
    "when": "day and hour, or day and arrival window when the type hides the hour",
    "time": "the hour, or the arrival window when the type hides the hour",
    "practitioner": "the calendars' names, rooms and devices left out",
    "type": "the appointment type's name",
    "link": "the address where the owner sees, confirms, moves or cancels the appointment",
}
"""What a text about an appointment can name."""
PRODUCT = {**_ANY, "product": "the product's name", "due_date": "the day on which the product is due"}
FIELDS = {**APPOINTMENT, **PRODUCT}
"""A template may become either's text."""
LINK = "{link}"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FOREIGN = {
    "(nom-animal)": "{animal}",
    "(nom-client)": "{owner}",
    "(date)": "{date}",
    "(heure)": "{time}",
    "[contact]": "{owner}",
    "[sujet]": "{type}",
}


def imported(text: str) -> str:
    """The forms of other systems, `(nom-animal)` and `[contact]`, as our own fields (REM-9)."""
    for foreign, ours in _FOREIGN.items():
        text = text.replace(foreign, ours)
    return text


def described(fields: Collection[str]) -> str:
    return ", ".join(f"`{{{name}}}`" for name in fields)


def check_fields(text: str, pointer: str, known: Collection[str] = FIELDS) -> None:
    """Raises InvalidRequest, which lists the `known` fields, for one that does not exist or a stray brace."""
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in known]
    if unknown:
        told = f"unknown merge field {{{unknown[0][:30]}}}; there are: {', '.join(known)}"
        raise InvalidRequest.at(pointer, told)
    if set(_PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise InvalidRequest.at(pointer, "a brace opens or closes a merge field and nothing else")


def render(text: str, values: Mapping[str, str]) -> str:
    """Each field by its value, once: braces inside a value stay what they are. A field without a value
    becomes nothing, and the spaces around it close up."""
    filled = _PLACEHOLDER.sub(lambda field: values.get(field.group(1), ""), text)
    return re.sub(r" {2,}", " ", filled).strip()
