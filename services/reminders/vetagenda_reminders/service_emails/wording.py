"""The texts of these e-mails, by kind and language. `{...}` are the values that an order carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Formatter

from babel.dates import format_date

from vetagenda_kit.problems import InvalidRequest


class Kind(StrEnum):
    """`values` of an order are the fields of its text."""

    PARTNER_INVITATION = "partner-invitation"
    SIGN_IN_LINK = "sign-in-link"
    WEBHOOK_DISABLED = "webhook-disabled"


@dataclass(frozen=True)
class Text:
    """`label` is what the button to `{link}` says."""

    subject: str
    body: str
    label: str = ""


_TEXTS: Mapping[Kind, Mapping[str, Text]] = {
    Kind.PARTNER_INVITATION: {
        "fr": Text(
            "{practice} vous invite sur {partner}",
            "Bonjour {name},\n\n"
            "Avec l'application {partner}, vous voyez vos rendez-vous chez {practice} et vous en prenez de"
            " nouveaux.\n\n"
            "Inscrivez-vous avec l'adresse e-mail à laquelle vous recevez ce message : c'est à elle que nous"
            " vous reconnaissons.\n\n"
            "{link}\n\n"
            "L'invitation est valable jusqu'au {until}. Si vous ne souhaitez pas l'utiliser, ignorez ce"
            " message.",
            "Accepter l'invitation",
        ),
        "de": Text(
            "{practice} lädt Sie zu {partner} ein",
            "Guten Tag {name},\n\n"
            "mit der App {partner} sehen Sie Ihre Termine bei {practice} und vereinbaren neue.\n\n"
            "Bitte melden Sie sich genau mit dieser E-Mail-Adresse an: Daran erkennen wir Sie.\n\n"
            "{link}\n\n"
            "Die Einladung gilt bis zum {until}. Möchten Sie sie nicht nutzen, ist nichts zu tun.",
            "Einladung annehmen",
        ),
        "en": Text(
            "{practice} invites you to {partner}",
            "Hello {name},\n\n"
            "With the app {partner} you see your appointments at {practice} and make new ones.\n\n"
            "Please register with this very e-mail address: it is how we recognise you.\n\n"
            "{link}\n\n"
            "The invitation is valid until {until}. If you do not wish to use it, ignore this message.",
            "Accept the invitation",
        ),
    },
    Kind.SIGN_IN_LINK: {
        "fr": Text(
            "Votre lien de connexion",
            "Bonjour {name},\n\n"
            "Ce lien vous connecte à l'agenda de {practice}, une seule fois, dans les {minutes} minutes"
            " :\n\n"
            "{link}\n\n"
            "Si vous ne l'avez pas demandé, ignorez ce message : sans le lien, personne ne se connecte.",
            "Se connecter",
        ),
        "de": Text(
            "Ihr Link zur Anmeldung",
            "Guten Tag {name},\n\n"
            "mit diesem Link melden Sie sich bei der Agenda von {practice} an, ein einziges Mal und innerhalb"
            " von {minutes} Minuten:\n\n"
            "{link}\n\n"
            "Haben Sie ihn nicht angefordert, ist nichts zu tun: Ohne den Link meldet sich niemand an.",
            "Anmelden",
        ),
        "en": Text(
            "Your sign-in link",
            "Hello {name},\n\n"
            "This link signs you in to the agenda of {practice}, once, within {minutes} minutes:\n\n"
            "{link}\n\n"
            "If you did not ask for it, ignore this message: nobody signs in without the link.",
            "Sign in",
        ),
    },
    Kind.WEBHOOK_DISABLED: {
        "fr": Text(
            "Un webhook de {practice} est désactivé",
            "Bonjour,\n\n"
            "Plus aucun événement n'est envoyé à l'adresse {endpoint} : {reason}.\n\n"
            "Rien n'est perdu : une fois réactivé, il reçoit la suite, et les événements manqués se"
            " relisent dans le fil ou se renvoient.",
        ),
        "de": Text(
            "Ein Webhook von {practice} ist abgeschaltet",
            "Guten Tag,\n\n"
            "an die Adresse {endpoint} werden keine Ereignisse mehr gesendet: {reason}.\n\n"
            "Verloren ist nichts: Wieder eingeschaltet bekommt sie die weiteren, und die versäumten lassen"
            " sich im Feed nachlesen oder noch einmal senden.",
        ),
        "en": Text(
            "A webhook of {practice} is disabled",
            "Hello,\n\n"
            "No more events are sent to the address {endpoint}: {reason}.\n\n"
            "Nothing is lost: once enabled again it receives what follows, and the events that were missed"
            " can be read in the feed or sent again.",
        ),
    },
}
_GIVEN_HERE = {"practice"}
_REASONS = {
    "gone": {
        "fr": "elle a répondu qu'elle n'existe plus (410)",
        "de": "sie hat geantwortet, dass es sie nicht mehr gibt (410)",
        "en": "it answered that it is gone (410)",
    },
    "failing": {
        "fr": "depuis cinq jours, elle n'a rien accepté",
        "de": "seit fünf Tagen hat sie nichts angenommen",
        "en": "it has taken nothing for five days",
    },
    "key-ended": {
        "fr": "la clé avec laquelle il a été créé n'est plus valable",
        "de": "der Schlüssel, mit dem er angelegt wurde, gilt nicht mehr",
        "en": "the key that made it is no longer valid",
    },
}


def text_of(kind: Kind, language: str) -> Text:
    return _TEXTS[kind][language]


def check_values(kind: Kind, values: Mapping[str, str]) -> None:
    """Raises InvalidRequest at the value that the text needs and the order lacks, or that it cannot say."""
    text = text_of(kind, "en")
    needed = {name for _, name, _, _ in Formatter().parse(text.subject + text.body) if name} - _GIVEN_HERE
    for name in sorted(needed - values.keys()):
        raise InvalidRequest.at(f"/values/{name}", "the text needs it")
    if "reason" in values and values["reason"] not in _REASONS:
        raise InvalidRequest.at("/values/reason", f"one of {', '.join(_REASONS)} is expected")


def written(text: Text, values: Mapping[str, str], language: str) -> tuple[str, str]:
    """Subject and body. In one pass: a value that looks like a field is not one. `until` is an ISO day."""
    said = dict(values)
    if "reason" in said:
        said["reason"] = _REASONS[said["reason"]][language]
    if "until" in said:
        said["until"] = format_date(date.fromisoformat(said["until"]), "long", locale=language)
    return text.subject.format_map(said), text.body.format_map(said)
