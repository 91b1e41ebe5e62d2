"""What each state of a link means, and what people can do about it."""

from vetagenda_calendar_sync.status.languages import Texts
from vetagenda_contracts.calendar_sync import LinkState

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
