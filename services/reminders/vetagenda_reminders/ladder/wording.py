"""What a step asks of the owner: the confirmation that ends the ladder."""

from dataclasses import replace

from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.templates.messages import Texts

ASK = {
    "fr": "Confirmez : {link}",
    "de": "Bitte bestätigen: {link}",
    "en": "Please confirm: {link}",
}
"""All of the GSM alphabet, as the link is."""
_WRITTEN = frozenset({Channel.SMS, Channel.EMAIL})


def asking(texts: Texts, channel: Channel, language: str) -> Texts:
    """The texts with the owner's link, unless they name it: a ladder that nobody can end is a nuisance."""
    if texts.name_link or channel not in _WRITTEN:
        return texts
    return replace(texts, additions=(*texts.additions, ASK[language]))
