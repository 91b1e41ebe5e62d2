"""The sentences that hold before a practice writes its own; each fits one SMS of 160 characters.

The reminder is the call centres' own: « NOM, vous rappelle votre rendez-vous le 00/00/2018 à 00h00 ».
None has a letter outside the GSM 7-bit alphabet (no ç, ê, ô or œ).
"""

from vetagenda_reminders.ledger.vocabulary import Purpose

SENTENCES: dict[str, dict[Purpose, str]] = {
    "fr": {
        Purpose.CONFIRMATION: "{practice}, vous confirme votre rendez-vous le {when}",
        Purpose.REQUEST_RECEIVED: "{practice}, a bien noté votre demande de rendez-vous le {when}",
        Purpose.RESCHEDULED: "{practice}, votre rendez-vous est déplacé : nouvelle date le {when}",
        Purpose.PRACTITIONER: "{practice}, votre rendez-vous du {when} sera assuré par {practitioner}",
        Purpose.CANCELLED: "{practice}, votre rendez-vous du {when} est annulé",
        Purpose.DECLINED: "{practice}, pas de rendez-vous possible le {when}. Tél. {practice_phone}",
        Purpose.EXPIRED: "{practice}, votre demande de rendez-vous du {when} a expiré. Tél. {practice_phone}",
        Purpose.REMINDER: "{practice}, vous rappelle votre rendez-vous le {when}",
        Purpose.PRODUCT: "{practice}, vous rappelle pour {animal} : {product}, prévu le {due_date}",
        Purpose.OFFER: (
            "{practice}, rendez-vous possible le {when}. Appelez avant le {until} : {practice_phone}"
        ),
        Purpose.OFFER_WITHDRAWN: (
            "{practice}, finalement pas de rendez-vous possible le {when}. Vous restez sur la liste d'attente"
        ),
    },
    "de": {
        Purpose.CONFIRMATION: "{practice} bestätigt Ihren Termin am {when}",
        Purpose.REQUEST_RECEIVED: "{practice} hat Ihre Terminanfrage für den {when} erhalten",
        Purpose.RESCHEDULED: "{practice}: Ihr Termin ist verschoben, neu am {when}",
        Purpose.PRACTITIONER: "{practice}: Ihr Termin am {when} ist jetzt bei {practitioner}",
        Purpose.CANCELLED: "{practice}: Ihr Termin am {when} ist abgesagt",
        Purpose.DECLINED: "{practice}: Ihr Termin am {when} ist nicht möglich. Tel. {practice_phone}",
        Purpose.EXPIRED: "{practice}: Ihre Anfrage für den {when} ist abgelaufen. Tel. {practice_phone}",
        Purpose.REMINDER: "{practice} erinnert Sie an Ihren Termin am {when}",
        Purpose.PRODUCT: "{practice} erinnert Sie für {animal}: {product}, vorgesehen am {due_date}",
        Purpose.OFFER: "{practice}: Termin frei am {when}. Bitte anrufen bis {until}: {practice_phone}",
        Purpose.OFFER_WITHDRAWN: (
            "{practice}: Der Termin am {when} ist doch nicht frei. Sie bleiben auf der Warteliste"
        ),
    },
    "en": {
        Purpose.CONFIRMATION: "{practice} confirms your appointment on {when}",
        Purpose.REQUEST_RECEIVED: "{practice} has received your request for an appointment on {when}",
        Purpose.RESCHEDULED: "{practice}: your appointment has moved, it is now on {when}",
        Purpose.PRACTITIONER: "{practice}: your appointment on {when} is now with {practitioner}",
        Purpose.CANCELLED: "{practice}: your appointment on {when} is cancelled",
        Purpose.DECLINED: "{practice}: no appointment is possible on {when}. Tel. {practice_phone}",
        Purpose.EXPIRED: "{practice}: your request for {when} has expired. Tel. {practice_phone}",
        Purpose.REMINDER: "{practice} reminds you of your appointment on {when}",
        Purpose.PRODUCT: "{practice} reminds you for {animal}: {product}, due on {due_date}",
        Purpose.OFFER: "{practice}: you could come on {when}. Call by {until}: {practice_phone}",
        Purpose.OFFER_WITHDRAWN: (
            "{practice}: the appointment on {when} is not possible after all. You stay on the waiting list"
        ),
    },
}

SUBJECTS: dict[str, dict[Purpose, str]] = {
    "fr": {
        Purpose.CONFIRMATION: "Votre rendez-vous est confirmé",
        Purpose.REQUEST_RECEIVED: "Votre demande de rendez-vous",
        Purpose.RESCHEDULED: "Votre rendez-vous est déplacé",
        Purpose.PRACTITIONER: "Votre rendez-vous avec {practitioner}",
        Purpose.CANCELLED: "Votre rendez-vous est annulé",
        Purpose.DECLINED: "Votre demande de rendez-vous",
        Purpose.EXPIRED: "Votre demande de rendez-vous",
        Purpose.REMINDER: "Rappel de votre rendez-vous",
        Purpose.CARE: "Pour votre rendez-vous",
        Purpose.PRODUCT: "Rappel pour {animal}",
        Purpose.OFFER: "Un rendez-vous plus tôt pour {animal}",
        Purpose.OFFER_WITHDRAWN: "Le rendez-vous proposé pour {animal}",
        Purpose.PERSONAL: "Un message de {practice}",
    },
    "de": {
        Purpose.CONFIRMATION: "Ihr Termin ist bestätigt",
        Purpose.REQUEST_RECEIVED: "Ihre Terminanfrage",
        Purpose.RESCHEDULED: "Ihr Termin ist verschoben",
        Purpose.PRACTITIONER: "Ihr Termin bei {practitioner}",
        Purpose.CANCELLED: "Ihr Termin ist abgesagt",
        Purpose.DECLINED: "Ihre Terminanfrage",
        Purpose.EXPIRED: "Ihre Terminanfrage",
        Purpose.REMINDER: "Erinnerung an Ihren Termin",
        Purpose.CARE: "Zu Ihrem Termin",
        Purpose.PRODUCT: "Erinnerung für {animal}",
        Purpose.OFFER: "Ein früherer Termin für {animal}",
        Purpose.OFFER_WITHDRAWN: "Der angebotene Termin für {animal}",
        Purpose.PERSONAL: "Eine Nachricht von {practice}",
    },
    "en": {
        Purpose.CONFIRMATION: "Your appointment is confirmed",
        Purpose.REQUEST_RECEIVED: "Your request for an appointment",
        Purpose.RESCHEDULED: "Your appointment has moved",
        Purpose.PRACTITIONER: "Your appointment with {practitioner}",
        Purpose.CANCELLED: "Your appointment is cancelled",
        Purpose.DECLINED: "Your request for an appointment",
        Purpose.EXPIRED: "Your request for an appointment",
        Purpose.REMINDER: "Reminder of your appointment",
        Purpose.CARE: "About your appointment",
        Purpose.PRODUCT: "Reminder for {animal}",
        Purpose.OFFER: "An earlier appointment for {animal}",
        Purpose.OFFER_WITHDRAWN: "The appointment offered for {animal}",
        Purpose.PERSONAL: "A message from {practice}",
    },
}

INSTEAD = {
    "fr": " au lieu du {previous_when}",
    "de": " statt am {previous_when}",
    "en": " instead of {previous_when}",
}
"""How the sentence about a move ends when the time before it is known."""
ADDRESS = {
    "fr": "{text}, adresse : {address}",
    "de": "{text}, Adresse: {address}",
    "en": "{text}, address: {address}",
}
PHONE = {
    "fr": (". Tél. {practice_phone}", " : {practice_phone}"),
    "de": (". Tel. {practice_phone}", ": {practice_phone}"),
    "en": (". Tel. {practice_phone}", ": {practice_phone}"),
}
"""How a sentence ends that asks for a call: left out for a practice that has no number."""
