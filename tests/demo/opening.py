"""Act 1: the practice."""

from demo.cast import NOW, Cast
from demo.stage import Stage, expect, say

MONDAY_TO_FRIDAY = ("monday", "tuesday", "wednesday", "thursday", "friday")
EASTER = {"from": "2027-03-29", "to": "2027-04-02"}


async def practice_opens(stage: Stage) -> Cast:
    """1. A practice in Paris: two vets, a room, hours, types, owners and animals."""
    staff = await stage.practice(
        name="Clinique des Tilleuls",
        time_zone="Europe/Paris",
        phone="+33144556677",
        address="12 rue des Tilleuls, 75011 Paris",
        now=NOW.isoformat(),
    )
    cast = Cast(stage, staff, await stage.key(staff.practice_id, ["booking", "events"]))
    for name in ("Dr Lefèvre", "Dr Müller"):
        cast.vets.append((await staff.make("calendars", name=name, kind="practitioner"))["id"])
    cast.room = (await staff.make("calendars", name="Bloc", kind="room"))["id"]
    vet = {"kind": "practitioner", "any_of": cast.vets}
    cast.vaccination = (
        await staff.make("appointment-types", name="VACCINATION", duration_minutes=20, requires=[vet])
    )["id"]
    cast.surgery = (
        await staff.make(
            "appointment-types",
            name="CHIRURGIE",
            duration_minutes=90,
            mode="request",
            hide_time=True,
            arrival_window={"from": "08:00", "to": "09:00"},
            requires=[vet, {"kind": "room", "any_of": [cast.room]}],
        )
    )["id"]
    profile = {
        "opening_hours": dict.fromkeys(MONDAY_TO_FRIDAY, "10:00-12:00, 14:00-18:00")
        | {"saturday": "09:00-12:00", "sunday": ""},
        "lead_time_hours": 2,
        "horizon_days": 60,
        "slot_step_minutes": 20,
        "holidays": [EASTER],
    }
    kept = await staff.call("PUT", "booking-profile", json=profile, headers={"If-Match": "*"})
    expect(kept["opening_hours"]["sunday"] == [], "an empty weekday is closed")
    people = (("Élodie", "Plutôt", "Milou", "0612345678"), ("Jürgen", "Müller", "Rex", "0698765432"))
    for given, family, animal, phone in people:
        consents = {"sms": True, "email": False, "letter": False, "phone": True}
        owner = await staff.make(
            "owners", given_name=given, family_name=family, phone=phone, consents=consents
        )
        cast.owners[family] = owner["id"]
        made = await staff.make("animals", owner_id=owner["id"], name=animal, species="dog")
        cast.animals[animal] = made["id"]
    say("Clinique des Tilleuls, Europe/Paris; clock at Tuesday 02/03/2027 08:00")
    say(f"hours {kept['opening_hours']['tuesday']}, Saturday morning, Sunday closed, holiday {EASTER}")
    return cast
