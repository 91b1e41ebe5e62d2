"""What the remote event tells of an appointment, by the link's level of privacy (SYNC-4)."""

import re
from dataclasses import dataclass
from typing import Literal

from vetagenda_calendar_sync.mapping.description import notes_of
from vetagenda_calendar_sync.mapping.fields import Fields, RemoteFields
from vetagenda_calendar_sync.mapping.text import one_line
from vetagenda_calendar_sync.mapping.title import e164

Privacy = Literal["full", "initials", "busy"]

WORDS = {
    "fr": {
        "busy": "Occupé",
        "phone": "Téléphone",
        "animal": "Animal",
        "type": "Motif",
        "status": "Statut",
        "requested": "à confirmer",
        "confirmed": "confirmé",
        "arrived": "arrivé",
        "completed": "terminé",
        "no_show": "absent",
        "cancelled": "annulé",
    },
    "de": {
        "busy": "Belegt",
        "phone": "Telefon",
        "animal": "Tier",
        "type": "Terminart",
        "status": "Status",
        "requested": "angefragt",
        "confirmed": "bestätigt",
        "arrived": "eingetroffen",
        "completed": "abgeschlossen",
        "no_show": "nicht erschienen",
        "cancelled": "abgesagt",
    },
    "en": {
        "busy": "Busy",
        "phone": "Phone",
        "animal": "Animal",
        "type": "Type",
        "status": "Status",
        "requested": "requested",
        "confirmed": "confirmed",
        "arrived": "arrived",
        "completed": "completed",
        "no_show": "missed",
        "cancelled": "cancelled",
    },
}

E164 = re.compile(r"\+[1-9][0-9]{6,14}")  # as the agenda takes it, in use today or not
SPECIES = {
    "fr": {"dog": "chien", "cat": "chat", "rabbit": "lapin", "horse": "cheval", "bird": "oiseau"},
    "de": {"dog": "Hund", "cat": "Katze", "rabbit": "Kaninchen", "horse": "Pferd", "bird": "Vogel"},
}


@dataclass(frozen=True)
class Facts:
    """What the agenda knows around an appointment. `family_name` is None without an owner's record."""

    status: str
    locale: str = "fr"
    family_name: str | None = None
    animals: tuple[tuple[str, str], ...] = ()  # name, species
    appointment_type: str = ""
    owner_phone: str = ""


def remote_fields(fields: Fields, facts: Facts, privacy: Privacy) -> RemoteFields:
    """The event that an appointment makes. Never a colour, never the owner's description."""
    words = words_of(facts.locale)
    if privacy == "busy":
        return RemoteFields(words["busy"], fields.period)
    place = one_line(facts.family_name if facts.family_name is not None else fields.owner_name)
    return RemoteFields(
        summary=one_line(fields.title),
        period=fields.period,
        location=place if privacy == "full" else initials(place),
        notes=notes_of(fields.notes),
        block="\n".join(block_lines(fields, facts, privacy, words)),
    )


def block_lines(fields: Fields, facts: Facts, privacy: Privacy, words: dict[str, str]) -> list[str]:
    is_full = privacy == "full"
    known = SPECIES.get(facts.locale[:2], {})
    animals = [
        one_line(f"{name} ({known.get(species, species)})" if species else name)
        if is_full
        else initials(name)
        for name, species in facts.animals
    ]
    lines = [(words["phone"], fields.phone or facts.owner_phone if is_full else "")]
    lines += [(words["animal"], animal) for animal in animals]
    lines += [(words["type"], one_line(facts.appointment_type)), (words["status"], words[facts.status])]
    return [f"{label} : {text}" for label, text in lines if text]


def phone_told(block: str, country: str) -> str:
    """The telephone number (E.164) that a block of ours tells, in whatever language and as it is written in
    that country; empty if none."""
    labels = {words["phone"] for words in WORDS.values()}
    for line in block.splitlines():
        label, _, text = line.partition(" : ")
        text = text.strip()
        if label.strip() in labels and (phone := text if E164.fullmatch(text) else e164(text, country)):
            return phone
    return ""


def initials(name: str) -> str:
    return " ".join(f"{word[0].upper()}." for word in one_line(name).replace("-", " ").split())


def words_of(locale: str) -> dict[str, str]:
    return WORDS.get(locale[:2].lower(), WORDS["fr"])
