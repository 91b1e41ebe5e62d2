"""Acts 3 and 7: what owners are told, and when."""

from collections import Counter
from datetime import datetime, timedelta

from demo.cast import Cast, local
from demo.stage import Client, Stage, expect, say


async def messages_leave(cast: Cast) -> None:
    """3. The appointment is in the agenda; its confirmation has left, its reminders are planned."""
    shown = await cast.staff.get(f"appointments/{cast.appointment}")
    say(f"in the agenda: {local(shown['start'])}, status {shown['status']}, version {shown['version']}")
    await cast.clock(advance="PT0S")
    rows = await cast.reminders()
    for row in rows:
        say(f"ledger: {row['purpose']:<12} {row['channel']:<5} due {local(row['due_at'])} {row['status']}")
    sent = [row for row in rows if row["purpose"] == "confirmation"]
    expect([row["status"] for row in sent] == ["sent"], "the confirmation has left")
    planned = [row for row in rows if row["status"] == "planned"]
    expect(Counter(row["channel"] for row in planned) == {"sms": 1, "push": 2}, "one SMS, two push events")
    start = datetime.fromisoformat(shown["start"])
    pushes = sorted(datetime.fromisoformat(row["due_at"]) for row in planned if row["channel"] == "push")
    expect(pushes == [start - timedelta(hours=25), start - timedelta(hours=1)], "push 25 h and 1 h before")
    for message in await cast.staff.items("sms/messages"):
        size = f"{message['segments']} segment(s) {message['encoding']}"
        say(f"SMS {message['status']}, {size}: {message['text']}")


async def milbemax_is_given(stage: Stage) -> Client:
    """7. A second practice in 2023: Milbemax, +3 months, every 3 months, 4 times, 3 days before."""
    staff = await stage.practice(name="Clinique du Port", now="2023-01-04T09:00:00+01:00")
    owner = await staff.make(
        "owners", given_name="Chloé", family_name="Noël", phone="0611223344", consents={"sms": True}
    )
    animal = await staff.make("animals", owner_id=owner["id"], name="Plutôt", species="cat")
    rule = await staff.make(
        "reminder-rules",
        name="tous les 3 mois, 4 fois",
        offset={"count": 3, "unit": "months"},
        days_before=3,
        recurrence={"every": {"count": 3, "unit": "months"}, "count": 4},
        channels=["sms"],
    )
    product = await staff.make("products", name="Milbemax", rule_ids=[rule["id"]])
    await staff.make(
        "administrations", product_id=product["id"], animal_id=animal["id"], given_on="2023-01-04"
    )
    ledger = sorted(each["send_on"] for each in await staff.items("reminders", animal_id=animal["id"]))
    say(f"ledger: {ledger}")
    wanted = ["2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01"]
    expect(ledger == wanted, f"four sends: {wanted}")
    ran = (await staff.post("test/clock", advance="P365D"))["ran"]
    sent = [
        each for each in await staff.items("reminders", animal_id=animal["id"]) if each["status"] == "sent"
    ]
    expect(sorted(each["send_on"] for each in sent) == wanted, "a year sends exactly those four")
    messages = await staff.items("sms/messages")
    expect(len(messages) == 4, f"four SMS left: {len(messages)}")
    say(f"a year later: {len(sent)} sent, {len(messages)} SMS; {len(ran)} things fell due")
    return staff
