"""Why an event needs a person, and what to do."""

from dataclasses import dataclass

from vetagenda_calendar_sync.status.languages import Texts


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
    "too-large": Advice(
        {
            "fr": "Avec ses pièces jointes, cet événement dépasse un million de caractères : il n'est pas lu "
            "et reste tel quel des deux côtés.",
            "de": "Mit seinen Anhängen ist dieser Eintrag länger als eine Million Zeichen: Er wird nicht "
            "gelesen und bleibt auf beiden Seiten, wie er ist.",
            "en": "With its attachments this event is longer than one million characters: it is not read, "
            "and is left as it is on both sides.",
        },
        {
            "fr": "Retirez-en les pièces jointes ou raccourcissez ses notes dans le calendrier relié.",
            "de": "Im verbundenen Kalender die Anhänge entfernen oder die Notizen kürzen.",
            "en": "Remove its attachments or shorten its notes in the linked calendar.",
        },
    ),
    "of-another-link": Advice(
        {
            "fr": "Cet événement a été écrit par une autre liaison avec ce même calendrier ; il est laissé "
            "tel quel.",
            "de": "Diesen Eintrag hat eine andere Verbindung mit demselben Kalender geschrieben; er bleibt, "
            "wie er ist.",
            "en": "This event was written by another link with this same calendar; it is left as it is.",
        },
        {
            "fr": "Si cette autre liaison existe encore, supprimez l'une des deux. Sinon, supprimez "
            "l'événement, ou copiez-le dans le calendrier pour en faire un rendez-vous.",
            "de": "Besteht die andere Verbindung noch, eine der beiden beenden. Sonst den Eintrag löschen "
            "oder ihn im Kalender kopieren, damit er ein Termin wird.",
            "en": "If that other link is still there, end one of the two. If it has ended, delete the event, "
            "or copy it in the calendar to make an appointment of it.",
        },
    ),
    "series-too-often": Advice(
        {
            "fr": "Cette série se répète trop souvent ; seules ses 2000 premières fois occupent l'agenda.",
            "de": "Diese Serie wiederholt sich zu oft; nur ihre ersten 2000 Male belegen den Terminplan.",
            "en": "This series repeats too often; only its first 2,000 times keep the agenda busy.",
        },
        {
            "fr": "Vérifiez sa règle de répétition dans le calendrier relié.",
            "de": "Die Wiederholungsregel im verbundenen Kalender prüfen.",
            "en": "Check its rule of repetition in the linked calendar.",
        },
    ),
    "no-length": Advice(
        {
            "fr": "L'événement n'a pas de fin qui suive son début ; il est compté pour 30 minutes.",
            "de": "Der Eintrag hat kein Ende nach seinem Beginn; er zählt als 30 Minuten.",
            "en": "The event has no end after its start; it counts as 30 minutes.",
        },
        {
            "fr": "Donnez-lui une durée d'un côté ou de l'autre.",
            "de": "Auf einer der beiden Seiten eine Dauer angeben.",
            "en": "Give it a length on either side.",
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
    "agenda-invalid-request": Advice(
        {
            "fr": "L'agenda ne peut pas tenir cet événement tel qu'il est ; il dure par exemple plus de "
            "31 jours.",
            "de": "So kann der Terminplan diesen Eintrag nicht aufnehmen; er dauert zum Beispiel länger als "
            "31 Tage.",
            "en": "The agenda cannot hold this event as it is; it lasts longer than 31 days, for example.",
        },
        {
            "fr": "Raccourcissez-le dans le calendrier relié, ou faites-en un événement sur des jours "
            "entiers.",
            "de": "Im verbundenen Kalender kürzen oder einen ganztägigen Eintrag daraus machen.",
            "en": "Make it shorter in the linked calendar, or an event of whole days.",
        },
    ),
    "agenda": Advice(
        {
            "fr": "L'agenda n'a pas pu reprendre cette modification.",
            "de": "Der Terminplan konnte diese Änderung nicht übernehmen.",
            "en": "The agenda could not take this change.",
        },
        {
            "fr": "Faites la modification dans l'agenda, ou corrigez l'événement dans le calendrier relié.",
            "de": "Die Änderung im Terminplan machen oder den Eintrag im verbundenen Kalender berichtigen.",
            "en": "Make the change in the agenda, or correct the event in the linked calendar.",
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
