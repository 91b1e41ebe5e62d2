"""The closed list of what a text to an owner can name, with what each usually becomes.

Reminders fills the fields in, and the sms service forecasts what a text with them will cost.
"""

TYPICAL = {
    "practice": "Cabinet vétérinaire du Parc",
    "practice_phone": "01 23 45 67 89",
    "practice_address": "12 rue des Lilas, 75014 Paris",
    "owner": "Marie Lambert",
    "owner_given_name": "Marie",
    "owner_family_name": "Lambert",
    "animal": "Milou",
    "species": "chien",
    "date": "25/11/2026",
    "weekday": "mercredi",
    "when": "25/11/2026 à 10h00",
    "time": "10h00",
    "previous_when": "24/11/2026 à 10h00",
    "practitioner": "Dr Martin",
    "type": "Consultation",
    "product": "Vaccin rage",
    "due_date": "25/11/2026",
    "link": "https://rdv.example.org/v1/links/" + "x" * 72,
}
"""The link is as long as a real one."""
