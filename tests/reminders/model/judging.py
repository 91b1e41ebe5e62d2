"""Every row of the ledger held against what was true when it left; and each that did not, has a reason."""

from collections import Counter
from typing import Any

from reminders.appointments.sample import PARIS
from reminders.clinic import Clinic
from reminders.ledger.worker import submissions
from reminders.mailbox import Mailbox
from reminders.model.history import Model, Truth, instant

WHILE_CONFIRMED = ("confirmation", "rescheduled", "reminder", "push", "practitioner")
AT_ANY_HOUR = ("rescheduled", "cancelled")
BY_HAND = ("letter", "phone")


async def rows_of(clinic: Clinic) -> list[dict[str, Any]]:
    rows, cursor = [], None
    while True:
        params = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
        answer = await clinic.reminders.get(f"{clinic.path}/reminders", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["items"]
        if (cursor := page["next"]) is None:
            return rows


async def judge(model: Model, mailbox: Mailbox) -> None:
    rows = await rows_of(model.clinic)
    for row in rows:
        ended(model, row)
        if row["status"] == "sent":
            left(model, row)
    assert not [key for key, times in Counter(map(key_of, rows)).items() if times > 1]
    told = await submissions(model.clinic)
    assert told == dict.fromkeys(sent(rows, "sms"), 1)
    by_mail = [row for row in rows if row["id"] in sent(rows, "email")]
    to_staff = [row for row in by_mail if row["purpose"] == "notice"]
    assert len(mailbox.to(model.desk)) == len(to_staff)
    assert len(mailbox.to(model.clinic.email)) == len(by_mail) - len(to_staff)


def sent(rows: list[dict[str, Any]], channel: str) -> set[str]:
    return {row["id"] for row in rows if row["status"] == "sent" and row["channel"] == channel}


def key_of(row: dict[str, Any]) -> tuple[Any, ...]:
    subject = row["id"] if row["purpose"] == "personal" else row["appointment_id"] or row["administration_id"]
    named = ("sequence", "rule", "occurrence", "channel")
    return (subject or row["id"], row["purpose"] == "notice", *(row[name] for name in named))


def ended(model: Model, row: dict[str, Any]) -> None:
    """Nothing that was due still waits, but for what a person has to do."""
    if row["status"] == "planned":
        assert instant(row["due_at"]) > model.now, row
    elif row["status"] == "ready":
        assert row["channel"] in BY_HAND, row
    elif row["status"] in ("skipped", "failed"):
        assert row["skip_reason"], row
    else:
        assert row["status"] in ("sent", "withdrawn", "cancelled"), row


def left(model: Model, row: dict[str, Any]) -> None:
    at = instant(row["finished_at"])
    if row["appointment_id"] and row["appointment_id"] in model.truths:
        about_visit(model, row, model.true_at(row["appointment_id"], at))
    if row["purpose"] != "notice":
        assert model.died_at is None or at <= model.died_at, row
    if row["channel"] == "sms":
        assert model.agreed_at(at), row
        hour = at.astimezone(PARIS).hour
        assert 8 <= hour < 20 or row["purpose"] in AT_ANY_HOUR, row


def about_visit(model: Model, row: dict[str, Any], true: Truth) -> None:
    """Of the sequence of that moment, and in a status in which it is true."""
    if row["purpose"] == "personal":
        assert true.start == model.ordered[row["id"]], row
        assert true.status not in ("cancelled", "no_show"), row
        return
    assert row["sequence"] == true.sequence, row
    if row["purpose"] in WHILE_CONFIRMED:
        assert true.status == "confirmed", row
    elif row["purpose"] == "care":
        assert true.status in ("confirmed", "arrived", "completed"), row
    elif row["purpose"] == "notice":
        assert (true.status == "cancelled") == row["rule"].startswith("notice_cancelled"), row
    else:
        assert true.status == row["purpose"], row
