"""Why a link is in its state, where people can use it. By the code before the colon, or the whole."""

from vetagenda_calendar_sync.status.languages import Texts

REASONS: dict[str, Texts] = {
    "contract-remote": {
        "fr": "Le calendrier relié répond dans un format que cette version ne connaît pas. Par prudence, "
        "rien "
        "n'est modifié ; une mise à jour de la plateforme est nécessaire.",
        "de": "Der verbundene Kalender antwortet in einem Format, das diese Version nicht kennt. "
        "Vorsichtshalber "
        "wird nichts geändert; die Plattform muss aktualisiert werden.",
        "en": "The linked calendar answers in a form that this version does not know. To be safe nothing is "
        "changed; the platform needs an update.",
    },
    "contract-agenda": {
        "fr": "L'agenda et la synchronisation ne sont pas de la même version. Par prudence, rien n'est "
        "modifié ; "
        "une mise à jour de la plateforme est nécessaire.",
        "de": "Terminplan und Synchronisierung haben nicht dieselbe Version. Vorsichtshalber wird nichts "
        "geändert; die Plattform muss aktualisiert werden.",
        "en": "The agenda and the synchronisation are not of the same version. To be safe nothing is "
        "changed; "
        "the platform needs an update.",
    },
    "google": {
        "fr": "Google n'a pas répondu comme prévu.",
        "de": "Google hat nicht wie erwartet geantwortet.",
        "en": "Google did not answer as expected.",
    },
    "google: 403 forbidden": {
        "fr": "Google ne permet pas de modifier ce calendrier : son propriétaire a peut-être retiré le droit "
        "d'écriture. Rien n'est perdu ; la synchronisation reprend dès qu'il est rendu.",
        "de": "Google erlaubt nicht, diesen Kalender zu ändern: Vielleicht hat der Besitzer das Recht dazu "
        "entzogen. Nichts ist verloren; es geht weiter, sobald er es wieder gibt.",
        "en": "Google does not allow changes to this calendar: its owner may have taken the right to write "
        "back. Nothing is lost; it goes on as soon as it is given again.",
    },
    "caldav": {
        "fr": "Le serveur du calendrier n'a pas répondu comme prévu.",
        "de": "Der Kalenderserver hat nicht wie erwartet geantwortet.",
        "en": "The calendar's server did not answer as expected.",
    },
    "caldav: 403 forbidden-address": {
        "fr": "La plateforme n'appelle pas l'adresse de ce calendrier : il en faut une publique, en https.",
        "de": "Die Plattform ruft die Adresse dieses Kalenders nicht auf: Es muss eine öffentliche mit https "
        "sein.",
        "en": "The platform does not call this calendar's address: it has to be a public one with https.",
    },
    "agenda": {
        "fr": "L'agenda n'a pas pu être consulté.",
        "de": "Der Terminplan konnte nicht gelesen werden.",
        "en": "The agenda could not be read.",
    },
    "internal-error": {
        "fr": "Une erreur interne s'est produite ; elle est enregistrée pour l'assistance.",
        "de": "Ein interner Fehler ist aufgetreten; er ist für den Support festgehalten.",
        "en": "An internal error occurred; it is recorded for support.",
    },
    "copies-stay": {
        "fr": "L'accès n'est plus possible : les copies restent dans le calendrier relié. Reconnectez pour "
        "les "
        "retirer, ou déconnectez sans les retirer.",
        "de": "Der Zugriff ist nicht mehr möglich: Die Kopien bleiben im verbundenen Kalender. Neu "
        "verbinden, um "
        "sie zu entfernen, oder trennen, ohne sie zu entfernen.",
        "en": "Access is no longer possible: the copies stay in the linked calendar. Connect again to remove "
        "them, or disconnect without removing them.",
    },
    "choose-calendar": {
        "fr": "L'accès est donné : choisissez maintenant le calendrier.",
        "de": "Der Zugriff ist erlaubt: Bitte jetzt den Kalender wählen.",
        "en": "Access is given: now choose the calendar.",
    },
    "platform": {
        "fr": "Une maintenance de la plateforme est en cours.",
        "de": "Die Plattform wird gerade gewartet.",
        "en": "The platform is under maintenance.",
    },
    "practice": {
        "fr": "Toutes les synchronisations du cabinet sont en pause.",
        "de": "Alle Synchronisierungen der Praxis sind angehalten.",
        "en": "All links of the practice are paused.",
    },
}

STEPS = frozenset({"choose-calendar"})
"""Those that say by themselves how far the connecting has come."""
