"""The text of one reminder for several visits of one day (REM-17). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vetagenda_contracts.languages import language_of
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.templates import defaults
from vetagenda_reminders.templates.dates import plain, zone_text
from vetagenda_reminders.templates.messages import Message, appointment_values, joined
from vetagenda_reminders.templates.rules import named, render

SENTENCES = {
    "fr": "{practice}, vous rappelle vos rendez-vous du {date}",
    "de": "{practice} erinnert Sie an Ihre Termine am {date}",
    "en": "{practice} reminds you of your appointments on {date}",
}
LISTED = {"fr": "{text} : {visits}", "de": "{text}: {visits}", "en": "{text}: {visits}"}
ARRIVAL = {"fr": "arrivée {time}", "de": "Ankunft {time}", "en": "arrival {time}"}
SUBJECTS = {
    "fr": "Rappel de vos rendez-vous",
    "de": "Erinnerung an Ihre Termine",
    "en": "Reminder of your appointments",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the day, with what its reminder would have said beyond the default sentence."""

    appointment: AppointmentFacts
    words: tuple[str, ...] = ()
    link: str | None = None


def visits_message(channel: Channel, visits: Sequence[Visit], practice: PracticeFacts) -> Message:
    """All visits in the order in which the owner is to be there, then their own words, each once."""
    ordered = sorted(visits, key=lambda visit: visit.appointment.expected_at(practice.zone))
    owner = ordered[0].appointment.owner
    language = language_of((owner.locale if owner else None) or practice.locale)
    values = appointment_values(ordered[0].appointment, practice)
    sentence = render(SENTENCES[language], values)
    listed = [text for visit in ordered if (text := _listed(visit, practice, language))]
    words = list(_words(ordered, practice, language))
    if channel is Channel.SMS:
        told = LISTED[language].format(text=sentence, visits=", ".join(listed)) if listed else sentence
        return Message(None, plain(joined([told, *words])))
    if practice.address:
        sentence = defaults.ADDRESS[language].format(text=sentence, address=practice.address)
    label = zone_text(practice.time_zone, language) if _any_hour(ordered, practice) else ""
    parts = [sentence, "\n".join(listed), *words, label]
    return Message(SUBJECTS[language], "\n\n".join(part for part in parts if part))


def _any_hour(visits: Iterable[Visit], practice: PracticeFacts) -> bool:
    return any(appointment_values(visit.appointment, practice)["time"] for visit in visits)


def _listed(visit: Visit, practice: PracticeFacts, language: str) -> str:
    """`10h00 Milou`, or the arrival window where the type hides the hour (REM-5)."""
    values = appointment_values(visit.appointment, practice)
    time = values["time"]
    if time and visit.appointment.hides_time:
        time = ARRIVAL[language].format(time=time)
    return " ".join(text for text in (time, values["animal"]) if text)


def _words(visits: Iterable[Visit], practice: PracticeFacts, language: str) -> Iterable[str]:
    said = (_said(text, visit, practice, language) for visit in visits for text in visit.words)
    return dict.fromkeys(text for text in said if text)


def _said(text: str, visit: Visit, practice: PracticeFacts, language: str) -> str:
    """What opens one visit says which one."""
    said = render(text, appointment_values(visit.appointment, practice, visit.link))
    which = _listed(visit, practice, language)
    if said and which and visit.link and "link" in named(text):
        return LISTED[language].format(text=which[0].upper() + which[1:], visits=said)
    return said
