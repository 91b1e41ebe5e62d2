"""A practice that is real in shape: two vets, a room, types, hours, owners and animals. Pure data."""

from collections.abc import Mapping
from typing import Any

PRACTICE = {
    "name": "Clinique vétérinaire du Canal",
    "time_zone": "Europe/Paris",
    "locale": "fr-FR",
    "country": "FR",
    "phone": "+33388123456",
    "email": "accueil@clinique-du-canal.example",
    "address": "12 quai des Bateliers, 67000 Strasbourg",
}

CALENDARS: dict[str, dict[str, Any]] = {
    "roche": {"name": "Dr Hélène Roche", "kind": "practitioner", "colour": "#2f7d6d"},
    "kuhn": {"name": "Dr. Jürgen Kühn", "kind": "practitioner", "colour": "#3b5ba5"},
    "theatre": {"name": "Bloc opératoire", "kind": "room", "colour": "#8a5a44"},
}

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
BOOKING_PROFILE: dict[str, Any] = {
    "opening_hours": {
        **dict.fromkeys(_WEEKDAYS, "10:00-12:00, 14:00-18:00"),
        "saturday": "09:00-12:00",
        "sunday": "",
    },
    "lead_time_hours": 2,
    "horizon_days": 60,
    "slot_step_minutes": 20,
    "cancel_limit_hours": 24,
}

_MAY_WRITE = {"sms": True, "email": True, "letter": True, "phone": True}

OWNERS: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (
        {"given_name": "Élodie", "family_name": "Plutôt", "phone": "+33612345667", "locale": "fr-FR",
         "email": "elodie.plutot@example.org", "address": "3 rue des Tonneliers, 67000 Strasbourg",
         "consents": _MAY_WRITE},
        [{"name": "Milou", "species": "dog", "breed": "Fox-terrier à poil dur", "born_on": "2019-05-04"},
         {"name": "Noisette", "species": "rabbit", "born_on": "2022-09-17"}],
    ),
    (
        {"given_name": "Jörg", "family_name": "Müller", "phone": "+4915112345678", "locale": "de-DE",
         "email": "joerg.mueller@example.org", "address": "Hauptstraße 7, 77694 Kehl",
         "consents": _MAY_WRITE},
        [{"name": "Günther", "species": "cat", "breed": "Europäisch Kurzhaar", "born_on": "2017-03-21"}],
    ),
    (
        {"given_name": "Françoise", "family_name": "Lefèvre", "phone": "+33698765432", "locale": "fr-FR",
         "email": "francoise.lefevre@example.org", "consents": _MAY_WRITE | {"sms": False}},
        [{"name": "Réglisse", "species": "cat", "born_on": "2021-11-02"},
         {"name": "Maïa", "species": "dog", "breed": "Épagneul breton", "born_on": "2015-07-30"}],
    ),
    (
        {"given_name": "Sören", "family_name": "Groß", "phone": "+4917612345678", "locale": "de-DE",
         "email": "soeren.gross@example.org", "consents": _MAY_WRITE},
        [{"name": "Bärli", "species": "dog", "breed": "Berner Sennenhund", "born_on": "2020-01-12"}],
    ),
]  # fmt: skip


def appointment_types(calendars: Mapping[str, str]) -> list[dict[str, Any]]:
    """The types as the API takes them; `calendars` are ids by the names above."""
    vets = {"kind": "practitioner", "any_of": [calendars["roche"], calendars["kuhn"]]}
    theatre = {"kind": "room", "any_of": [calendars["theatre"]]}
    return [
        {"name": "VACCINATION", "duration_minutes": 20, "mode": "direct", "requires": [vets]},
        {"name": "CONSULTATION", "duration_minutes": 30, "mode": "request_for_new", "requires": [vets]},
        {"name": "CHIRURGIE", "duration_minutes": 90, "mode": "request", "requires": [vets, theatre],
         "hide_time": True, "arrival_window": {"from": "08:00", "to": "09:00"}},
    ]  # fmt: skip


def script(types: Mapping[str, str]) -> dict[str, Any]:
    """What is asked of who calls; `types` are ids by name."""
    vaccination = {"does": "offer_slot", "appointment_type_id": types["VACCINATION"]}
    consultation = {"does": "offer_slot", "appointment_type_id": types["CONSULTATION"]}
    return {
        "name": "Accueil",
        "steps": [
            {"id": "motif", "say": "Clinique du Canal, bonjour. De quoi s'agit-il ?", "answers": [
                {"label": "Urgence", "next": "urgence"},
                {"label": "Vaccin", "action": vaccination},
                {"label": "Consultation", "action": consultation},
                {"label": "Un message", "action": {"does": "take_message", "message_kind": "note"}},
            ]},
            {"id": "urgence", "say": "Je vous passe le vétérinaire de garde.",
             "action": {"does": "transfer", "number": "+33388123499"}},
        ],
    }  # fmt: skip


def desk_settings(calendars: Mapping[str, str], script_id: str) -> dict[str, Any]:
    """Calls are handled by the script; Dr Roche calls back in the afternoon."""
    return {
        "popup": "script",
        "script_id": script_id,
        "required_contact_fields": ["reason"],
        "messages": {"info": "Le Dr Kühn opère le jeudi matin"},
        "call_backs": {"calendar_ids": [calendars["roche"]]},
    }
