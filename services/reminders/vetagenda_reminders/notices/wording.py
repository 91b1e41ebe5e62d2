"""What a notice says: the hour as it is, also where owners see a window, and whom it is about. Pure."""

from datetime import datetime

from vetagenda_contracts.languages import language_of
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts, State
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.notices.rules import rule_of
from vetagenda_reminders.notices.schemas import Change
from vetagenda_reminders.templates.dates import moment_text, plain, zone_text
from vetagenda_reminders.templates.messages import Message

_REQUESTED = "requested"
_TITLES = {
    "fr": {
        rule_of(Change.ADDED): "Rendez-vous ajouté",
        rule_of(Change.MOVED): "Rendez-vous déplacé",
        rule_of(Change.CANCELLED): "Rendez-vous annulé",
        _REQUESTED: "Demande de rendez-vous",
    },
    "de": {
        rule_of(Change.ADDED): "Neuer Termin",
        rule_of(Change.MOVED): "Termin verschoben",
        rule_of(Change.CANCELLED): "Termin abgesagt",
        _REQUESTED: "Terminanfrage",
    },
    "en": {
        rule_of(Change.ADDED): "Appointment added",
        rule_of(Change.MOVED): "Appointment moved",
        rule_of(Change.CANCELLED): "Appointment cancelled",
        _REQUESTED: "Appointment requested",
    },
}
_LABELS = {
    "fr": {"type": "Type", "vet": "Avec", "animal": "Animal", "owner": "Propriétaire", "phone": "Tél."},
    "de": {"type": "Art", "vet": "Bei", "animal": "Tier", "owner": "Halter", "phone": "Tel."},
    "en": {"type": "Type", "vet": "With", "animal": "Animal", "owner": "Owner", "phone": "Tel."},
}
COLON = {"fr": " : ", "de": ": ", "en": ": "}
_ROOM = {"type": 24, "vet": 24, "animal": 14, "owner": 28, "phone": 16}
"""Characters of an SMS: with title, day and hour it is one of 160."""
_ROOM_OF_MOVE = {"type": 14, "vet": 16, "animal": 10, "owner": 20, "phone": 16}
"""The same with the time before the move."""
_INSTEAD = {"fr": " au lieu du ", "de": " statt ", "en": " instead of "}


def notice_message(
    rule: str,
    channel: Channel,
    appointment: AppointmentFacts,
    practice: PracticeFacts,
    moved_from: datetime | None = None,
) -> Message:
    """`moved_from` is the start that they know of one that has moved."""
    language = language_of(practice.locale)
    requested = rule == rule_of(Change.ADDED) and appointment.state is State.REQUESTED
    what = _TITLES[language][_REQUESTED if requested else rule]
    title = f"{what}{COLON[language]}{moment_text(appointment.start, practice.zone, language)}"
    if moved_from:
        title += f"{_INSTEAD[language]}{moment_text(moved_from, practice.zone, language)}"
    named, room = _named(appointment), _ROOM_OF_MOVE if moved_from else _ROOM
    if channel is Channel.SMS:
        return Message(
            None, plain(", ".join([title, *(short(value, room[key]) for key, value in named.items())]))
        )
    lines = [f"{_LABELS[language][key]}{COLON[language]}{value}" for key, value in named.items()]
    zone = zone_text(practice.time_zone, language)
    return Message(title, "\n".join([title, *lines, "", zone]))


def _named(appointment: AppointmentFacts) -> dict[str, str]:
    """What there is to say, each on one line."""
    kind, owner = appointment.appointment_type, appointment.owner
    said = {
        "type": kind.name if kind else "",
        "vet": ", ".join(one.name for one in appointment.practitioners),
        "animal": ", ".join(animal.name for animal in appointment.animals),
        "owner": owner.full_name if owner else "",
        "phone": (owner.phone or "") if owner else "",
    }
    return {key: " ".join(value.split()) for key, value in said.items() if value.strip()}


def short(value: str, room: int) -> str:
    return value if len(value) <= room else f"{value[: room - 1].rstrip()}."
