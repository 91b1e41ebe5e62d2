"""The text of one message, from facts and the practice's choices. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vetagenda_contracts.languages import language_of
from vetagenda_contracts.species import species_text
from vetagenda_reminders.facts import (
    AnimalFacts,
    AppointmentFacts,
    OfferFacts,
    OwnerFacts,
    PracticeFacts,
    VisitFacts,
)
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.templates import defaults
from vetagenda_reminders.templates.dates import (
    day_text,
    hidden_moment_text,
    hour_text,
    moment_text,
    plain,
    weekday_text,
    window_text,
    zone_text,
)
from vetagenda_reminders.templates.rules import named, render

_HOURS = frozenset({"when", "time", "previous_when"})
_ENDS = ".!?…:;,-"
_OPENS = "\"'«(¿¡"


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves. `subject` is None for an SMS."""

    subject: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Texts:
    """A practice's own words for one message; None takes the default sentence. The additions follow.
    Words whose fields are all without a value make an empty body: nothing is said then."""

    body: str | None = None
    subject: str | None = None
    additions: tuple[str, ...] = ()

    @property
    def name_link(self) -> bool:
        return any("link" in named(text) for text in (self.body or "", self.subject or "", *self.additions))


def appointment_message(
    purpose: Purpose,
    channel: Channel,
    appointment: AppointmentFacts,
    practice: PracticeFacts,
    texts: Texts | None = None,
    link: str | None = None,
    moved_from: datetime | None = None,
) -> Message:
    """`link` is the owner's address for this appointment, where the texts name it; `moved_from` the start
    that they know of one that has moved."""
    language = owners_language(appointment.owner, practice)
    values = appointment_values(appointment, practice, link)
    values["previous_when"] = _former(appointment, practice, moved_from, language)
    return _message(purpose, channel, language, values, practice, texts or Texts())


def appointment_values(
    appointment: AppointmentFacts, practice: PracticeFacts, link: str | None = None
) -> dict[str, str]:
    """What each merge field of an appointment becomes."""
    language = owners_language(appointment.owner, practice)
    return _visit_fields(appointment, practice, language) | {"link": link or ""}


def _former(visit: VisitFacts, practice: PracticeFacts, moved_from: datetime | None, language: str) -> str:
    """Of a hidden hour the day alone, and nothing when it is the same (REM-5)."""
    if moved_from is None:
        return ""
    if not visit.hides_time:
        return moment_text(moved_from, practice.zone, language)
    before, now = (local_day(each, practice.zone) for each in (moved_from, visit.start))
    return "" if before == now else day_text(before, language)


def offer_message(purpose: Purpose, channel: Channel, offer: OfferFacts, practice: PracticeFacts) -> Message:
    """A time that is kept for the owner, until when, and whom to call: it is taken by telephone. Or that it
    is kept no longer."""
    language = owners_language(offer.owner, practice)
    until = moment_text(offer.expires_at, practice.zone, language)
    values = _visit_fields(offer, practice, language) | {"until": until}
    return _message(purpose, channel, language, values, practice, Texts())


def _visit_fields(visit: VisitFacts, practice: PracticeFacts, language: str) -> dict[str, str]:
    return {
        **_shared_fields(practice, visit.owner, visit.living, language),
        **_moment_fields(visit, practice, language),
        "type": visit.appointment_type.name if visit.appointment_type else "",
        "practitioner": ", ".join(one.name for one in visit.practitioners),
    }


def product_message(
    channel: Channel,
    product: str,
    due_on: date,
    animal: AnimalFacts,
    owner: OwnerFacts,
    practice: PracticeFacts,
    texts: Texts | None = None,
) -> Message:
    language = owners_language(owner, practice)
    values = product_values(product, due_on, animal, owner, practice)
    return _message(Purpose.PRODUCT, channel, language, values, practice, texts or Texts())


def product_values(
    product: str, due_on: date, animal: AnimalFacts, owner: OwnerFacts, practice: PracticeFacts
) -> dict[str, str]:
    """What each merge field of a product becomes."""
    language = owners_language(owner, practice)
    day = day_text(due_on, language)
    return {
        **_shared_fields(practice, owner, (animal,), language),
        "product": product,
        "due_date": day,
        "date": day,
        "weekday": weekday_text(due_on, language),
    }


def personal_message(
    channel: Channel,
    texts: Texts,
    practice: PracticeFacts,
    owner: OwnerFacts,
    animals: tuple[AnimalFacts, ...],
    visit: VisitFacts | None = None,
) -> Message:
    """A person's own words, about a visit or about nothing that is booked."""
    language = owners_language(owner, practice)
    shared = _shared_fields(practice, owner, animals, language)
    values = (_visit_fields(visit, practice, language) if visit else {}) | shared
    return _message(Purpose.PERSONAL, channel, language, values, practice, texts)


def owners_language(owner: OwnerFacts | None, practice: PracticeFacts) -> str:
    return language_of((owner.locale if owner else None) or practice.locale)


def _shared_fields(
    practice: PracticeFacts, owner: OwnerFacts | None, animals: tuple[AnimalFacts, ...], language: str
) -> dict[str, str]:
    return {
        "practice": practice.name,
        "practice_phone": practice.phone or "",
        "practice_address": practice.address or "",
        "owner": owner.full_name if owner else "",
        "owner_given_name": (owner.given_name if owner else None) or "",
        "owner_family_name": (owner.family_name if owner else None) or "",
        "animal": ", ".join(animal.name for animal in animals),
        "species": species_text((animal.species for animal in animals), language),
    }


def _moment_fields(visit: VisitFacts, practice: PracticeFacts, language: str) -> dict[str, str]:
    zone, window = practice.zone, visit.arrival_window
    local = visit.start.astimezone(zone)
    day = {"date": day_text(local.date(), language), "weekday": weekday_text(local.date(), language)}
    if not visit.hides_time:
        when = moment_text(visit.start, zone, language)
        return {**day, "time": hour_text(local.time(), language), "when": when}
    when = hidden_moment_text(visit.start, zone, window, language)
    return {**day, "time": window_text(window, language) if window else "", "when": when}


def _message(
    purpose: Purpose,
    channel: Channel,
    language: str,
    values: Mapping[str, str],
    practice: PracticeFacts,
    texts: Texts,
) -> Message:
    body = render(texts.body or _sentence(purpose, language, practice, values), values)
    if channel is not Channel.SMS and texts.body is None and practice.address:
        body = defaults.ADDRESS[language].format(text=body, address=practice.address)
    said = [text for text in (body, *(render(addition, values) for addition in texts.additions)) if text]
    if channel is Channel.SMS or not said:
        return Message(None, plain(joined(said)))
    told = (
        texts.body or _sentence(purpose, language, practice, values),
        *texts.additions,
        texts.subject or "",
    )
    timed = channel is not Channel.PHONE and tells_hour(told, values)
    lines = [*said, *([zone_text(practice.time_zone, language)] if timed else [])]
    subject = render(texts.subject or defaults.SUBJECTS[language][purpose], values)
    return Message(_one_line(subject), "\n\n".join(lines))


def tells_hour(texts: Iterable[str], values: Mapping[str, str]) -> bool:
    """Whose clock it is matters only then: a hidden hour without a window is none, and a day is none."""
    fields = {name for text in texts for name in named(text)}
    return ("until" in fields and "until" in values) or (bool(values.get("time")) and bool(_HOURS & fields))


def joined(texts: Sequence[str]) -> str:
    """One line. Two sentences are parted by a full stop, unless one ends already, or the second goes on in
    lower case or with a sign of its own."""
    line = texts[0] if texts else ""
    for text in texts[1:]:
        goes_on = line[-1] in _ENDS or text[0].islower() or not (text[0].isalnum() or text[0] in _OPENS)
        line = f"{line} {text}" if goes_on else f"{line}. {text}"
    return line


def _sentence(purpose: Purpose, language: str, practice: PracticeFacts, values: Mapping[str, str]) -> str:
    sentence = defaults.SENTENCES[language][purpose]
    if purpose is Purpose.RESCHEDULED and values.get("previous_when"):
        sentence += defaults.INSTEAD[language]
    if practice.phone is None:
        for ending in defaults.PHONE[language]:
            sentence = sentence.removesuffix(ending)
    return sentence


def _one_line(text: str) -> str:
    """A header ends at its line: a name with a line break cannot add another header."""
    return " ".join(text.split())
