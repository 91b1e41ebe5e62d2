"""The texts of the set-up page about opening a calendar, what goes wrong then, and what waits for people."""

CONNECTING: dict[str, dict[str, str]] = {
    "fr": {
        "unlinked": "À relier",
        "connect": "Relier mon Google Agenda",
        "reconnect": "Relier à nouveau mon Google Agenda",
        "connect_text": "Google vous demandera votre accord. L'accès peut être retiré à tout moment.",
        "allow_new": "Un nouveau calendrier « vetagenda » sera créé dans votre compte Google. Vous autorisez "
        "ce calendrier seulement : vetagenda ne voit aucun de vos autres calendriers.",
        "allow_primary": "C'est votre calendrier principal qui sera relié. Vous autorisez vetagenda à lire "
        "et à modifier les événements des calendriers qui vous appartiennent, et à lire le nom de vos "
        "calendriers.",
        "allow_choose": "Vous choisirez le calendrier après votre accord, sur cette page. Vous autorisez "
        "vetagenda à lire et à modifier les événements de tous vos calendriers, même partagés, "
        "et à en lire la liste.",
        "allow_named": "Le cabinet a indiqué le calendrier à relier. Vous autorisez vetagenda à lire et à "
        "modifier les événements de tous vos calendriers, même partagés, et à en lire les noms ; seul "
        "celui-là est relié.",
        "caldav_text": "Donnez l'adresse de votre calendrier et le mot de passe qui l'ouvre. Le mot de passe "
        "n'est gardé, chiffré, qu'une fois le calendrier choisi.",
        "server_label": "Serveur ou adresse e-mail",
        "server_hint": "iCloud : caldav.icloud.com. Fastmail : caldav.fastmail.com. Ailleurs : l'adresse de "
        "votre serveur, ou votre adresse e-mail.",
        "user_name_label": "Nom d'utilisateur",
        "password_label": "Mot de passe d'application",
        "password_hint": "iCloud et Fastmail refusent votre mot de passe habituel : créez-y, dans les "
        "réglages de votre compte, un mot de passe réservé à vetagenda.",
        "find": "Chercher mes calendriers",
        "find_again": "Relier à nouveau",
        "choose": "Quel calendrier relier ?",
        "restart": "Recommencer",
        "link_it": "Relier ce calendrier",
        "why_missing": "À remplir.",
        "why_unusable": "Ce texte est trop long ou contient un caractère interdit.",
        "why_password": "Le serveur refuse ce nom d'utilisateur avec ce mot de passe. Vérifiez les deux.",
        "why_nothing-there": "Aucun calendrier où vous pouvez écrire n'a été trouvé à cette adresse.",
        "why_unsafe": "Ce serveur renvoie à une autre adresse, qui n'est pas sûre. Demandez l'adresse "
        "exacte à qui s'occupe du serveur.",
        "why_not-an-address": "Ceci n'est pas une adresse où se trouve un calendrier.",
        "why_not-reached": "vetagenda n'appelle pas cette adresse : il faut une adresse publique en https.",
        "why_refused": "Le serveur refuse la demande. Vérifiez l'adresse.",
        "why_no-answer": "Le serveur ne répond pas. Vérifiez l'adresse, ou réessayez plus tard.",
        "why_read-only": "Vous ne pouvez pas écrire dans ce calendrier. Choisissez-en un autre.",
        "why_other-calendar": "Le calendrier déjà relié n'est pas à cette adresse. Pour en changer, demandez "
        "une nouvelle liaison à votre cabinet.",
        "why_choose": "Choisissez un calendrier.",
        "offer-ended": "Cela a pris plus de dix minutes : tapez votre mot de passe à nouveau.",
        "consent-failed": "Google n'a pas donné l'accès. Vous pouvez réessayer ; laissez cochées toutes les "
        "cases de la page de Google.",
        "wrong-account": "Ce compte Google n'ouvre pas le calendrier relié. Donnez votre accord avec le "
        "compte utilisé la première fois.",
        "already-linked": "Ce calendrier est déjà relié à une autre colonne de l'agenda.",
        "sync-paused": "La synchronisation est en pause. Réessayez à la reprise.",
        "problem": "Cela n'a pas fonctionné. Vous pouvez réessayer.",
        "agreed": "C'est fait : Google a donné l'accès à votre calendrier.",
        "agreed_choose": "Dites à votre cabinet lequel de vos calendriers relier : il le choisit dans son "
        "logiciel.",
        "close": "Vous pouvez fermer cette page.",
        "begin_again": "Pour recommencer, demandez à votre cabinet de vous envoyer à nouveau chez Google.",
        "main_calendar": "calendrier principal",
        "other_account": "Utiliser un autre compte Google",
        "none_writable": "Ce compte Google n'a aucun calendrier où vous pouvez écrire.",
        "google-away": "Google ne répond pas en ce moment. Actualisez la page dans quelques minutes.",
        "access-ended": "L'accès à votre compte Google a été retiré ou a pris fin. Reliez-le à nouveau.",
        "decide": "Votre cabinet doit décider ; d'ici là, rien de ce qui est en question n'est repris dans "
        "l'agenda. Cela se décide dans le logiciel du cabinet, pas sur cette page.",
        "check": "Le cabinet doit regarder certains événements, dans son logiciel.",
        "where": "Où le cabinet le trouve",
    },
    "de": {
        "unlinked": "Noch zu verbinden",
        "connect": "Meinen Google Kalender verbinden",
        "reconnect": "Meinen Google Kalender neu verbinden",
        "connect_text": "Google fragt nach Ihrer Zustimmung. Sie lässt sich jederzeit zurücknehmen.",
        "allow_new": "In Ihrem Google-Konto entsteht ein neuer Kalender „vetagenda“. Sie erlauben nur "
        "diesen: Ihre anderen Kalender sieht vetagenda nicht.",
        "allow_primary": "Verbunden wird Ihr Hauptkalender. Sie erlauben vetagenda, die Einträge der "
        "Kalender zu lesen und zu ändern, die Ihnen gehören, und die Namen Ihrer Kalender zu lesen.",
        "allow_choose": "Den Kalender wählen Sie nach Ihrer Zustimmung, auf dieser Seite. Sie erlauben "
        "vetagenda, die Einträge aller Ihrer Kalender, auch geteilter, zu lesen und zu ändern und "
        "ihre Liste zu lesen.",
        "allow_named": "Die Praxis hat den Kalender genannt. Sie erlauben vetagenda, die Einträge aller "
        "Ihrer Kalender, auch geteilter, zu lesen und zu ändern und ihre Namen zu lesen; "
        "verbunden wird nur dieser.",
        "caldav_text": "Geben Sie die Adresse Ihres Kalenders an und das Passwort, das ihn öffnet. "
        "Gespeichert wird das Passwort, verschlüsselt, erst wenn Sie den Kalender gewählt haben.",
        "server_label": "Server oder E-Mail-Adresse",
        "server_hint": "iCloud: caldav.icloud.com. Fastmail: caldav.fastmail.com. Sonst: die Adresse Ihres "
        "Servers oder Ihre E-Mail-Adresse.",
        "user_name_label": "Benutzername",
        "password_label": "App-Passwort",
        "password_hint": "iCloud und Fastmail nehmen Ihr gewohntes Passwort nicht an: Legen Sie dort in den "
        "Einstellungen Ihres Kontos ein Passwort nur für vetagenda an.",
        "find": "Meine Kalender suchen",
        "find_again": "Neu verbinden",
        "choose": "Welcher Kalender soll verbunden werden?",
        "restart": "Von vorn beginnen",
        "link_it": "Diesen Kalender verbinden",
        "why_missing": "Bitte ausfüllen.",
        "why_unusable": "Dieser Text ist zu lang oder enthält ein unerlaubtes Zeichen.",
        "why_password": "Der Server lehnt diesen Benutzernamen mit diesem Passwort ab. Bitte beides prüfen.",
        "why_nothing-there": "An dieser Adresse ist kein Kalender, in den Sie schreiben dürfen.",
        "why_unsafe": "Dieser Server leitet zu einer anderen, unsicheren Adresse weiter. Bitten Sie "
        "den Betreuer des Servers um die genaue Adresse.",
        "why_not-an-address": "Das ist keine Adresse, an der ein Kalender sein kann.",
        "why_not-reached": "vetagenda ruft diese Adresse nicht auf: Es muss eine öffentliche mit https sein.",
        "why_refused": "Der Server lehnt die Anfrage ab. Bitte die Adresse prüfen.",
        "why_no-answer": "Der Server antwortet nicht. Bitte die Adresse prüfen oder es später versuchen.",
        "why_read-only": "In diesen Kalender dürfen Sie nicht schreiben. Bitte einen anderen wählen.",
        "why_other-calendar": "Der schon verbundene Kalender ist nicht an dieser Adresse. Für einen anderen "
        "bitten Sie die Praxis um eine neue Verbindung.",
        "why_choose": "Bitte einen Kalender wählen.",
        "offer-ended": "Das hat länger als zehn Minuten gedauert: Bitte das Passwort noch einmal eingeben.",
        "consent-failed": "Google hat den Zugriff nicht erlaubt. Sie können es noch einmal versuchen; lassen "
        "Sie auf Googles Seite alle Kästchen angekreuzt.",
        "wrong-account": "Dieses Google-Konto öffnet den verbundenen Kalender nicht. Bitte mit dem Konto "
        "zustimmen, mit dem er verbunden wurde.",
        "already-linked": "Dieser Kalender ist schon mit einer anderen Spalte verbunden.",
        "sync-paused": "Die Synchronisierung ist angehalten. Bitte später noch einmal versuchen.",
        "problem": "Das hat nicht geklappt. Sie können es noch einmal versuchen.",
        "agreed": "Fertig: Google hat den Zugriff auf Ihren Kalender erlaubt.",
        "agreed_choose": "Sagen Sie der Praxis, welcher Ihrer Kalender es sein soll: Sie wählt ihn in ihrem "
        "Programm.",
        "close": "Sie können diese Seite schließen.",
        "begin_again": "Für einen neuen Versuch bitten Sie die Praxis, Sie nochmals zu Google zu schicken.",
        "main_calendar": "Hauptkalender",
        "other_account": "Ein anderes Google-Konto nehmen",
        "none_writable": "Dieses Google-Konto hat keinen Kalender, in den Sie schreiben dürfen.",
        "google-away": "Google antwortet gerade nicht. Bitte die Seite in einigen Minuten aktualisieren.",
        "access-ended": "Der Zugriff auf Ihr Google-Konto wurde entzogen oder ist abgelaufen. Bitte neu "
        "verbinden.",
        "decide": "Ihre Praxis muss entscheiden; bis dahin wird nichts davon in den Terminplan übernommen. "
        "Entschieden wird im Programm der Praxis, nicht auf dieser Seite.",
        "check": "Die Praxis soll einzelne Einträge ansehen, in ihrem Programm.",
        "where": "Wo die Praxis das findet",
    },
    "en": {
        "unlinked": "To be linked",
        "connect": "Link my Google Calendar",
        "reconnect": "Link my Google Calendar again",
        "connect_text": "Google will ask for your consent. You can take it back at any time.",
        "allow_new": "A new calendar “vetagenda” will be made in your Google account. You allow only that "
        "one: vetagenda sees none of your other calendars.",
        "allow_primary": "Your main calendar will be linked. You allow vetagenda to read and change the "
        "events of the calendars that belong to you, and to read your calendars' names.",
        "allow_choose": "You choose the calendar after your consent, on this page. You allow vetagenda "
        "to read and change the events of all your calendars, shared ones too, and to read the list of them.",
        "allow_named": "Your practice has named the calendar. You allow vetagenda to read and change the "
        "events of all your calendars, shared ones too, and to read their names; only that one is linked.",
        "caldav_text": "Give the address of your calendar and the password that opens it. The password is "
        "kept, encrypted, only once you have chosen the calendar.",
        "server_label": "Server or e-mail address",
        "server_hint": "iCloud: caldav.icloud.com. Fastmail: caldav.fastmail.com. Elsewhere: your server's "
        "address, or your e-mail address.",
        "user_name_label": "User name",
        "password_label": "App password",
        "password_hint": "iCloud and Fastmail do not take your ordinary password: make one for vetagenda "
        "alone there, in your account's settings.",
        "find": "Find my calendars",
        "find_again": "Link again",
        "choose": "Which calendar shall be linked?",
        "restart": "Start again",
        "link_it": "Link this calendar",
        "why_missing": "Please fill this in.",
        "why_unusable": "This text is too long or has a character that is not allowed.",
        "why_password": "The server refuses this user name with this password. Please check both.",
        "why_nothing-there": "There is no calendar that you may write to at this address.",
        "why_unsafe": "This server leads to another address, which is not safe. Ask who looks after the "
        "server for the exact address.",
        "why_not-an-address": "This is no address where a calendar can be.",
        "why_not-reached": "vetagenda does not call this address: it has to be a public one with https.",
        "why_refused": "The server refuses the request. Please check the address.",
        "why_no-answer": "The server does not answer. Check the address, or try again later.",
        "why_read-only": "You may not write to this calendar. Please choose another.",
        "why_other-calendar": "The calendar that is linked already is not at this address. For another one, "
        "ask your practice for a new link.",
        "why_choose": "Please choose a calendar.",
        "offer-ended": "That took more than ten minutes: please type your password again.",
        "consent-failed": "Google did not give access. You can try again; leave all boxes of Google's page "
        "ticked.",
        "wrong-account": "This Google account does not open the linked calendar. Please agree with the "
        "account that it was linked with.",
        "already-linked": "This calendar is linked to another column of the agenda already.",
        "sync-paused": "The synchronisation is paused. Try again when it goes on.",
        "problem": "That did not work. You can try again.",
        "agreed": "Done: Google has given access to your calendar.",
        "agreed_choose": "Tell your practice which of your calendars to link: it chooses it in its software.",
        "close": "You can close this page.",
        "begin_again": "To try again, ask your practice to send you to Google once more.",
        "main_calendar": "main calendar",
        "other_account": "Use another Google account",
        "none_writable": "This Google account has no calendar that you may write to.",
        "google-away": "Google does not answer at the moment. Refresh the page in a few minutes.",
        "access-ended": "Access to your Google account was taken back or has ended. Please link it again.",
        "decide": "Your practice has to decide; until then nothing of it is taken into the agenda. It "
        "decides in the practice's software, not on this page.",
        "check": "The practice should look at some events, in its software.",
        "where": "Where the practice finds this",
    },
}
