"""States, reasons and flags in the practice's language: what is, and what a vet can do about it. Pure.

A reason is a code, with details after a colon that are for the log and for support, not for people.
"""

from dataclasses import dataclass

from vetagenda_contracts.calendar_sync import LinkState

Texts = dict[str, str]
LANGUAGES = ("fr", "de", "en")

STATES: dict[LinkState, Texts] = {
    "connecting": {
        "fr": "Pas encore connecté : la personne doit autoriser l'accès à son calendrier.",
        "de": "Noch nicht verbunden: Die Person muss den Zugriff auf ihren Kalender erlauben.",
        "en": "Not connected yet: the person has to allow access to the calendar.",
    },
    "active": {
        "fr": "La synchronisation fonctionne.",
        "de": "Die Synchronisierung läuft.",
        "en": "The synchronisation works.",
    },
    "paused": {
        "fr": "En pause : rien n'est envoyé ni lu. Ce qui change entre-temps suivra à la reprise.",
        "de": "Angehalten: Es wird nichts gesendet oder gelesen. Änderungen folgen beim Fortsetzen.",
        "en": "Paused: nothing is sent or read. What changes meanwhile follows when it is resumed.",
    },
    "needs_reauth": {
        "fr": "L'accès au calendrier n'est plus autorisé. Connectez-le à nouveau ; rien n'est perdu.",
        "de": "Der Zugriff auf den Kalender ist nicht mehr erlaubt. Bitte neu verbinden; nichts ist "
        "verloren.",
        "en": "Access to the calendar is no longer allowed. Connect it again; nothing is lost.",
    },
    "needs_confirmation": {
        "fr": "Beaucoup d'événements ont été supprimés d'un coup. Rien n'a été annulé : confirmez ou "
        "refusez.",
        "de": "Viele Einträge wurden auf einmal gelöscht. Nichts wurde abgesagt: bestätigen oder ablehnen.",
        "en": "Many events were deleted at once. Nothing was cancelled: confirm or refuse.",
    },
    "needs_rebase": {
        "fr": "L'agenda a été restauré d'une sauvegarde. Choisissez quel côté fait foi avant de reprendre.",
        "de": "Der Terminplan wurde aus einer Sicherung wiederhergestellt. Bitte wählen, welche Seite gilt.",
        "en": "The agenda was restored from a backup. Choose which side counts before it goes on.",
    },
    "suspect_shift": {
        "fr": "Des rendez-vous semblent décalés par un appareil mal réglé. Rien n'a été déplacé : vérifiez.",
        "de": "Termine wirken durch ein falsch eingestelltes Gerät verschoben. Nichts wurde geändert: "
        "bitte prüfen.",
        "en": "Appointments seem shifted by a device with wrong settings. Nothing was moved: please check.",
    },
    "remote_gone": {
        "fr": "Le calendrier relié n'existe plus ou n'est plus partagé. Les rendez-vous restent dans "
        "l'agenda.",
        "de": "Der verbundene Kalender ist nicht mehr da oder nicht mehr geteilt. Die Termine bleiben hier.",
        "en": "The linked calendar is gone or no longer shared. The appointments stay in the agenda.",
    },
    "degraded": {
        "fr": "La dernière synchronisation n'a pas abouti. Elle est retentée toute seule.",
        "de": "Die letzte Synchronisierung ist nicht gelungen. Sie wird von selbst wiederholt.",
        "en": "The last synchronisation did not succeed. It is tried again by itself.",
    },
    "disconnecting": {
        "fr": "Déconnexion en cours : nos copies sont retirées du calendrier relié.",
        "de": "Wird getrennt: Unsere Kopien werden aus dem verbundenen Kalender entfernt.",
        "en": "Disconnecting: our copies are being removed from the linked calendar.",
    },
    "calendar_deleted": {
        "fr": "La colonne de l'agenda a été supprimée. Les copies restent ; déconnectez pour terminer.",
        "de": "Die Spalte im Terminplan wurde gelöscht. Die Kopien bleiben; zum Beenden bitte trennen.",
        "en": "The agenda's column was deleted. The copies stay; disconnect to finish.",
    },
}

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
    "caldav": {
        "fr": "Le serveur du calendrier n'a pas répondu comme prévu.",
        "de": "Der Kalenderserver hat nicht wie erwartet geantwortet.",
        "en": "The calendar's server did not answer as expected.",
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


@dataclass(frozen=True)
class Advice:
    """Why an event needs a person, and what to do."""

    why: Texts
    what_to_do: Texts


FLAGS: dict[str, Advice] = {
    "title-unclear": Advice(
        {
            "fr": "Ce qui suit le « $ » n'est pas un numéro de téléphone ; le titre est gardé entier.",
            "de": "Was nach dem „$“ steht, ist keine Telefonnummer; der Titel bleibt ganz.",
            "en": "What follows the “$” is no telephone number; the title is kept whole.",
        },
        {
            "fr": "Corrigez le titre, par exemple « VACCIN $ 06 12 34 56 67 ».",
            "de": "Titel berichtigen, zum Beispiel „IMPFUNG $ 0151 23456789“.",
            "en": "Correct the title, for example “VACCINE $ 06 12 34 56 67”.",
        },
    ),
    "not-timed": Advice(
        {
            "fr": "L'événement n'a pas d'heure dans le calendrier relié.",
            "de": "Der Eintrag hat im verbundenen Kalender keine Uhrzeit.",
            "en": "The event has no time in the linked calendar.",
        },
        {
            "fr": "Donnez-lui une heure, ou supprimez-le.",
            "de": "Eine Uhrzeit angeben oder den Eintrag löschen.",
            "en": "Give it a time, or delete it.",
        },
    ),
    "series": Advice(
        {
            "fr": "Le rendez-vous a été transformé en série dans le calendrier relié.",
            "de": "Der Termin wurde im verbundenen Kalender zu einer Serie gemacht.",
            "en": "The appointment was made a series in the linked calendar.",
        },
        {
            "fr": "Retirez la répétition ; chaque rendez-vous se note une fois.",
            "de": "Die Wiederholung entfernen; jeder Termin wird einzeln eingetragen.",
            "en": "Remove the repetition; each appointment is entered once.",
        },
    ),
    "missing-in-agenda": Advice(
        {
            "fr": "L'agenda ne connaît plus ce rendez-vous.",
            "de": "Der Terminplan kennt diesen Termin nicht mehr.",
            "en": "The agenda does not know this appointment any more.",
        },
        {
            "fr": "Vérifiez s'il doit encore avoir lieu ; sinon supprimez l'événement.",
            "de": "Prüfen, ob er noch stattfinden soll; sonst den Eintrag löschen.",
            "en": "Check whether it shall still take place; otherwise delete the event.",
        },
    ),
    "remote-invalid": Advice(
        {
            "fr": "Le calendrier relié refuse cet événement.",
            "de": "Der verbundene Kalender nimmt diesen Eintrag nicht an.",
            "en": "The linked calendar refuses this event.",
        },
        {
            "fr": "Simplifiez le titre ou les notes du rendez-vous ; l'envoi est retenté.",
            "de": "Titel oder Notizen des Termins vereinfachen; das Senden wird wiederholt.",
            "en": "Simplify the appointment's title or notes; it is sent again by itself.",
        },
    ),
    "drift": Advice(
        {
            "fr": "Cet événement change sans cesse dans le calendrier relié, qui ne fait que recevoir.",
            "de": "Dieser Eintrag wird im verbundenen Kalender immer wieder geändert, der nur empfängt.",
            "en": "This event is changed again and again in the linked calendar, which only receives.",
        },
        {
            "fr": "Modifiez le rendez-vous dans l'agenda, ou passez le lien dans les deux sens.",
            "de": "Den Termin im Terminplan ändern oder die Verbindung in beide Richtungen stellen.",
            "en": "Change the appointment in the agenda, or let the link go both ways.",
        },
    ),
    "echo-differs": Advice(
        {
            "fr": "Le calendrier relié transforme chaque fois une valeur envoyée ; elle n'est plus envoyée.",
            "de": "Der verbundene Kalender verändert einen Wert jedes Mal; er wird nicht mehr gesendet.",
            "en": "The linked calendar changes a value each time that it is sent; it is not sent any more.",
        },
        {
            "fr": "Comparez les deux ; une modification dans l'agenda est envoyée à nouveau.",
            "de": "Eintrag und Termin vergleichen; eine Änderung im Terminplan wird wieder gesendet.",
            "en": "Compare the event with the appointment; a change in the agenda is sent again.",
        },
    ),
    "still-moving": Advice(
        {
            "fr": "Les deux côtés ont changé sans cesse pendant la synchronisation.",
            "de": "Beide Seiten haben sich während der Synchronisierung laufend geändert.",
            "en": "Both sides kept changing during the synchronisation.",
        },
        {
            "fr": "Rien à faire : un nouvel essai suit.",
            "de": "Nichts zu tun: Es wird erneut versucht.",
            "en": "Nothing: it is tried again.",
        },
    ),
    "unreadable": Advice(
        {
            "fr": "Cet événement ne peut pas être lu ; il est laissé tel quel des deux côtés.",
            "de": "Dieser Eintrag ist nicht lesbar; er bleibt auf beiden Seiten, wie er ist.",
            "en": "This event cannot be read; it is left as it is on both sides.",
        },
        {
            "fr": "Ouvrez-le dans le calendrier relié et enregistrez-le à nouveau, ou recréez-le.",
            "de": "Im verbundenen Kalender öffnen und neu speichern oder neu anlegen.",
            "en": "Open it in the linked calendar and save it again, or make it anew.",
        },
    ),
    "of-another-link": Advice(
        {
            "fr": "Cet événement appartient à une autre liaison avec ce même calendrier.",
            "de": "Dieser Eintrag gehört zu einer anderen Verbindung mit demselben Kalender.",
            "en": "This event belongs to another link with this same calendar.",
        },
        {
            "fr": "Supprimez l'une des deux liaisons.",
            "de": "Eine der beiden Verbindungen beenden.",
            "en": "End one of the two links.",
        },
    ),
    "series-unreadable": Advice(
        {
            "fr": "Cette série ne peut pas être lue ; le temps déjà occupé le reste.",
            "de": "Diese Serie ist nicht lesbar; die belegte Zeit bleibt belegt.",
            "en": "This series cannot be read; the time that it keeps busy stays busy.",
        },
        {
            "fr": "Vérifiez sa règle de répétition dans le calendrier relié.",
            "de": "Die Wiederholungsregel im verbundenen Kalender prüfen.",
            "en": "Check its rule of repetition in the linked calendar.",
        },
    ),
    "agenda": Advice(
        {
            "fr": "L'agenda n'a pas pu reprendre cette modification.",
            "de": "Der Terminplan konnte diese Änderung nicht übernehmen.",
            "en": "The agenda could not take this change.",
        },
        {
            "fr": "Ouvrez le rendez-vous dans l'agenda et faites-y la modification.",
            "de": "Den Termin im Terminplan öffnen und dort ändern.",
            "en": "Open the appointment in the agenda and change it there.",
        },
    ),
    "": Advice(
        {
            "fr": "Cet événement demande l'attention d'une personne.",
            "de": "Dieser Eintrag braucht die Aufmerksamkeit einer Person.",
            "en": "This event needs a person's attention.",
        },
        {
            "fr": "Comparez le rendez-vous dans l'agenda et dans le calendrier relié.",
            "de": "Den Termin im Terminplan und im verbundenen Kalender vergleichen.",
            "en": "Compare the appointment in the agenda and in the linked calendar.",
        },
    ),
}


SAME_AS = {"remote-refused": "remote-invalid"}
"""Codes of which people are told the same."""


def language_of(locale: str) -> str:
    language = locale[:2].lower()
    return language if language in LANGUAGES else "fr"


def explained(state: LinkState, reason: str | None, locale: str) -> str:
    """The state's sentence, and the reason's when there is one that people can use."""
    language = language_of(locale)
    why = REASONS.get(code_of(reason))
    return " ".join(texts[language] for texts in (STATES[state], why) if texts)


def advice(flag: str, locale: str) -> tuple[str, str]:
    """Why the event needs a person, and what to do."""
    language = language_of(locale)
    told = "agenda" if flag.startswith("agenda-") else SAME_AS.get(flag, flag)
    known = FLAGS.get(told, FLAGS[""])
    return known.why[language], known.what_to_do[language]


def code_of(reason: str | None) -> str:
    return (reason or "").partition(":")[0].strip()
