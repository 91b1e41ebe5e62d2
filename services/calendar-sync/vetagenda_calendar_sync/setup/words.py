"""The set-up page's texts, for a vet on a phone."""

from vetagenda_calendar_sync.setup.connecting_words import CONNECTING

_PAGE: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Votre agenda sur votre téléphone",
        "of": "{calendar} · {practice}",
        "open": "Ouvrir la page de réglage",
        "open_text": "Ce lien vous a été donné par votre cabinet. Il s'ouvre une seule fois, dans ce "
        "navigateur.",
        "ended": "Ce lien a déjà servi ou n'est plus valable. Demandez-en un nouveau à votre cabinet.",
        "state": "Où en est-on ?",
        "ok": "Tout va bien",
        "first": "Première synchronisation en cours",
        "stale": "À surveiller",
        "broken": "Interrompu",
        "calendar": "Calendrier relié",
        "last_success": "Dernière synchronisation réussie",
        "to_remote": "Dernier changement envoyé vers votre calendrier",
        "to_agenda": "Dernier changement repris dans l'agenda",
        "next": "Prochaine synchronisation",
        "attention": "Événements à vérifier par le cabinet",
        "never": "pas encore",
        "on_demand": "sur demande",
        "refresh": "Actualiser",
        "sync": "Synchroniser maintenant",
        "does": "Ce que fait la liaison",
        "does_two_way": "Toutes les 5 minutes environ, un rendez-vous noté au cabinet apparaît dans "
        "votre calendrier, "
        "et un rendez-vous noté sur votre téléphone apparaît dans l'agenda du cabinet.",
        "does_one_way": "Toutes les 5 minutes environ, les rendez-vous du cabinet apparaissent dans "
        "votre calendrier. "
        "Rien ne revient vers l'agenda : ce que vous y changez sur un rendez-vous est rétabli.",
        "guide": "Mode d'emploi",
        "guide_phone": "Pour noter le téléphone du client, tapez-le après un $ :",
        "guide_phone_example": "VACCIN $ 06 12 34 56 67",
        "guide_fields": "Le titre, la date, l'heure, la durée et les notes se modifient des deux côtés. "
        "Le lieu "
        "est le nom du propriétaire.",
        "guide_block": "Le texte entre les deux lignes « --- vetagenda » est écrit par le cabinet : ce "
        "que vous y "
        "changez est ignoré. Écrivez vos notes au-dessus.",
        "guide_delete": "Supprimer un rendez-vous à venir sur le téléphone l'annule au cabinet. Si beaucoup "
        "disparaissent d'un coup, rien n'est annulé avant que le cabinet confirme.",
        "guide_days": "Une journée entière (CONGÉ) bloque l'agenda : personne n'y prend rendez-vous.",
        "guide_conflict": "Si les deux côtés changent la même chose, l'agenda du cabinet l'emporte ; "
        "l'autre valeur "
        "est gardée 90 jours.",
        "feed": "Ou seulement consulter : adresse d'abonnement",
        "feed_text": "Tout calendrier (iPhone, Outlook…) peut s'abonner à cette adresse, en lecture "
        "seule. Elle est "
        "secrète : qui la connaît voit l'agenda.",
        "feed_make": "Créer une adresse d'abonnement",
        "feed_label": "Votre adresse (affichée cette seule fois)",
        "feed_known": "Adresses déjà créées : {count}. Dernière lecture : {read}.",
    },
    "de": {
        "title": "Ihr Terminplan auf dem Telefon",
        "of": "{calendar} · {practice}",
        "open": "Einrichtungsseite öffnen",
        "open_text": "Diesen Link haben Sie von Ihrer Praxis. Er öffnet sich einmal, in diesem Browser.",
        "ended": "Dieser Link wurde schon benutzt oder ist abgelaufen. Bitten Sie die Praxis um einen neuen.",
        "state": "Wie steht es?",
        "ok": "Alles in Ordnung",
        "first": "Die erste Synchronisierung läuft",
        "stale": "Im Auge behalten",
        "broken": "Unterbrochen",
        "calendar": "Verbundener Kalender",
        "last_success": "Letzte gelungene Synchronisierung",
        "to_remote": "Letzte Änderung, die in Ihren Kalender ging",
        "to_agenda": "Letzte Änderung, die in den Terminplan ging",
        "next": "Nächste Synchronisierung",
        "attention": "Einträge, die die Praxis prüfen soll",
        "never": "noch nie",
        "on_demand": "auf Wunsch",
        "refresh": "Aktualisieren",
        "sync": "Jetzt synchronisieren",
        "does": "Was die Verbindung tut",
        "does_two_way": "Etwa alle 5 Minuten erscheint ein Termin der Praxis in Ihrem Kalender, und ein "
        "auf dem "
        "Telefon eingetragener Termin im Terminplan der Praxis.",
        "does_one_way": "Etwa alle 5 Minuten erscheinen die Termine der Praxis in Ihrem Kalender. Nichts "
        "kommt "
        "zurück: Was Sie dort an einem Termin ändern, wird wiederhergestellt.",
        "guide": "So geht es",
        "guide_phone": "Die Telefonnummer des Kunden steht hinter einem $:",
        "guide_phone_example": "IMPFUNG $ 0151 23456789",
        "guide_fields": "Titel, Tag, Uhrzeit, Dauer und Notizen lassen sich auf beiden Seiten ändern. "
        "Der Ort ist "
        "der Name des Besitzers.",
        "guide_block": "Den Text zwischen den beiden Zeilen „--- vetagenda“ schreibt die Praxis: "
        "Änderungen darin "
        "zählen nicht. Schreiben Sie Notizen darüber.",
        "guide_delete": "Wer einen künftigen Termin auf dem Telefon löscht, sagt ihn in der Praxis ab. "
        "Verschwinden "
        "viele auf einmal, wird nichts abgesagt, bevor die Praxis zustimmt.",
        "guide_days": "Ein ganzer Tag (URLAUB) sperrt den Terminplan: Niemand bucht dort.",
        "guide_conflict": "Ändern beide Seiten dasselbe, gilt der Terminplan der Praxis; der andere Wert "
        "bleibt "
        "90 Tage erhalten.",
        "feed": "Oder nur ansehen: Abo-Adresse",
        "feed_text": "Jeder Kalender (iPhone, Outlook …) kann diese Adresse abonnieren, nur zum Lesen. "
        "Sie ist "
        "geheim: Wer sie kennt, sieht den Terminplan.",
        "feed_make": "Abo-Adresse anlegen",
        "feed_label": "Ihre Adresse (nur dieses eine Mal sichtbar)",
        "feed_known": "Schon angelegte Adressen: {count}. Zuletzt gelesen: {read}.",
    },
    "en": {
        "title": "Your agenda on your phone",
        "of": "{calendar} · {practice}",
        "open": "Open the set-up page",
        "open_text": "Your practice gave you this link. It opens once, in this browser.",
        "ended": "This link was used already or has ended. Ask your practice for a new one.",
        "state": "How is it going?",
        "ok": "All is well",
        "first": "The first synchronisation is under way",
        "stale": "Keep an eye on it",
        "broken": "Interrupted",
        "calendar": "Linked calendar",
        "last_success": "Last successful synchronisation",
        "to_remote": "Last change sent to your calendar",
        "to_agenda": "Last change taken into the agenda",
        "next": "Next synchronisation",
        "attention": "Events for the practice to check",
        "never": "not yet",
        "on_demand": "on demand",
        "refresh": "Refresh",
        "sync": "Synchronise now",
        "does": "What the link does",
        "does_two_way": "About every 5 minutes an appointment of the practice appears in your calendar, "
        "and one "
        "typed on your phone appears in the practice's agenda.",
        "does_one_way": "About every 5 minutes the practice's appointments appear in your calendar. "
        "Nothing comes "
        "back: what you change there in an appointment is restored.",
        "guide": "How to use it",
        "guide_phone": "To note the client's telephone number, type it after a $:",
        "guide_phone_example": "VACCINE $ 06 12 34 56 67",
        "guide_fields": "Title, date, time, duration and notes can be changed on both sides. The place "
        "is the "
        "owner's name.",
        "guide_block": "The text between the two lines “--- vetagenda” is written by the practice: "
        "changes in it "
        "do not count. Write your notes above it.",
        "guide_delete": "Deleting a future appointment on the phone cancels it in the practice. If many "
        "disappear "
        "at once, nothing is cancelled before the practice confirms.",
        "guide_days": "A whole day (HOLIDAY) blocks the agenda: nobody books there.",
        "guide_conflict": "If both sides change the same thing, the practice's agenda wins; the other "
        "value is kept "
        "for 90 days.",
        "feed": "Or only look: subscription address",
        "feed_text": "Any calendar (iPhone, Outlook …) can subscribe to this address, read only. It is "
        "secret: who "
        "knows it sees the agenda.",
        "feed_make": "Make a subscription address",
        "feed_label": "Your address (shown this once)",
        "feed_known": "Addresses made so far: {count}. Last read: {read}.",
    },
}
WORDS = {language: words | CONNECTING[language] for language, words in _PAGE.items()}
DATES = {"fr": "%d/%m/%Y %H:%M", "de": "%d.%m.%Y %H:%M", "en": "%d %b %Y %H:%M"}
