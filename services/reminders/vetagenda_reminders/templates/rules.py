"""Which merge fields there are: a closed list. How they stand in a text is the kit's. Pure."""

from collections.abc import Collection

from vetagenda_kit import merge_fields
from vetagenda_kit.merge_fields import LONGEST_FALLBACK, described, named, render

__all__ = [
    "APPOINTMENT",
    "FIELDS",
    "LONGEST_FALLBACK",
    "PERSONAL",
    "PERSONAL_OF_APPOINTMENT",
    "PRODUCT",
    "check_fields",
    "described",
    "named",
    "render",
]

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


def check_fields(text: str, pointer: str, known: Collection[str] = FIELDS) -> None:
    """Raises InvalidRequest for an unknown field, a stray brace or a bad fallback."""
    merge_fields.check_fields(text, pointer, known)
