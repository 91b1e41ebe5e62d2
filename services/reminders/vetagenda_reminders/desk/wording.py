"""What tells a practice of a message at the desk. Pure."""

from vetagenda_contracts.languages import language_of
from vetagenda_reminders.desk.rules import address_of
from vetagenda_reminders.facts import DeskMessageFacts, PracticeFacts
from vetagenda_reminders.ledger.rules import Facts
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.notices.addresses import dialled
from vetagenda_reminders.notices.wording import COLON, short
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.dates import moment_text, plain
from vetagenda_reminders.templates.messages import Message
from vetagenda_sms_text import segment

MOST_SEGMENTS = 2
"""Of an SMS: 306 characters of GSM-7."""
_ROOM = {"subject": 60, "contact": 30}
"""Characters of an SMS that leave room for the number, also where one letter makes it UCS-2."""
_KINDS = {
    "fr": {
        "note": "Message",
        "task": "À faire",
        "dated_task": "À faire",
        "urgent": "Urgent",
        "call_back": "À rappeler",
    },
    "de": {
        "note": "Nachricht",
        "task": "Aufgabe",
        "dated_task": "Aufgabe",
        "urgent": "Dringend",
        "call_back": "Rückruf",
    },
    "en": {
        "note": "Message",
        "task": "Task",
        "dated_task": "Task",
        "urgent": "Urgent",
        "call_back": "Call back",
    },
}
_LABELS = {
    "fr": {"contact": "Contact", "phone": "Tél.", "due": "Pour le"},
    "de": {"contact": "Kontakt", "phone": "Tel.", "due": "Bis"},
    "en": {"contact": "Contact", "phone": "Tel.", "due": "Due"},
}


def desk_message(channel: Channel, message: DeskMessageFacts, practice: PracticeFacts) -> Message:
    if channel is Channel.SMS:
        return Message(None, _sms(message, practice))
    return Message(message.email_subject, _email(message, practice))


def desk_facts(row: Reminder, known: Known, settings: ReminderSettings | None) -> Facts:
    """Where the practice is told of it now. Without `settings` it is told where the row says already."""
    message = known.desk_messages.get(row.subject_id)
    if settings is None or message is None:
        return Facts(known.practice.zone, desk_message=message, staff=row.recipient)
    found = address_of(message, row.channel)
    address = dialled(row.channel, found, settings) if found else None
    return Facts(known.practice.zone, desk_message=message, staff=address)


def _email(message: DeskMessageFacts, practice: PracticeFacts) -> str:
    """Between the practice's own header and footer, a paragraph each."""
    language = language_of(practice.locale)
    colon, labels = COLON[language], _LABELS[language]
    due = moment_text(message.due_at, practice.zone, language) if message.due_at else None
    said = {"contact": message.contact_name, "phone": message.contact_phone, "due": due}
    about = [f"{_KINDS[language][message.kind]}{colon}{message.subject}"]
    about += [f"{labels[name]}{colon}{value}" for name, value in said.items() if value]
    parts = (message.email_header, "\n".join(about), message.text, message.email_footer)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _sms(message: DeskMessageFacts, practice: PracticeFacts) -> str:
    """Who and what first; of the text what there is room for."""
    language = language_of(practice.locale)
    kind = _KINDS[language][message.kind].replace("À", "A")  # which GSM-7 does not have
    subject = f"{kind}{COLON[language]}{short(_one_line(message.subject), _ROOM['subject'])}"
    contact = short(_one_line(message.contact_name), _ROOM["contact"])
    head = ", ".join(filter(None, (subject, contact, message.contact_phone)))
    return _cut(plain(". ".join(filter(None, (head, _one_line(message.text))))))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str) -> str:
    """As much as makes `MOST_SEGMENTS`, which grows with the text."""
    if segment(text).segments <= MOST_SEGMENTS:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if segment(_ended(text, middle)).segments <= MOST_SEGMENTS:
            fits = middle
        else:
            too_long = middle
    return _ended(text, fits)


def _ended(text: str, length: int) -> str:
    return f"{text[:length].rstrip()}..."
