"""Every row of the ledger held against what was true when it left; and each that did not, has a reason."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from reminders.appointments.sample import PARIS
from reminders.clinic import Clinic
from reminders.ledger.worker import submissions
from reminders.mailbox import Mailbox
from reminders.model.completeness import complete
from reminders.model.history import Model, Truth, instant
from reminders.model.together import told_together
from reminders.web_push.push_service import Arrival

WHILE_CONFIRMED = ("confirmation", "rescheduled", "reminder", "push", "practitioner")
NAMES_THE_TIME = (*WHILE_CONFIRMED, "cancelled", "notice")
AT_ANY_HOUR = ("rescheduled", "cancelled")
BY_HAND = ("letter", "phone")
Row = dict[str, Any]


async def rows_of(clinic: Clinic) -> list[Row]:
    rows, cursor = [], None
    while True:
        params = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
        answer = await clinic.reminders.get(f"{clinic.path}/reminders", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["items"]
        if (cursor := page["next"]) is None:
            return rows


async def judge(model: Model, mailbox: Mailbox, arrived: list[Arrival]) -> None:
    rows = await rows_of(model.clinic)
    for row in rows:
        ended(model, row)
        if row["status"] == "sent":
            left(model, row)
    assert not [key for key, times in Counter(map(key_of, rows)).items() if times > 1]
    await handed_over_once(model, rows, mailbox)
    pushed(model, rows, arrived)
    told_together(model, rows)
    ladders_stop(model, rows)
    offers_end(model, rows)
    complete(model, rows)


async def handed_over_once(model: Model, rows: list[Row], mailbox: Mailbox) -> None:
    told = await submissions(model.clinic)
    failed = {row["id"] for row in rows if row["status"] == "failed"}
    assert set(told.values()) <= {1}
    assert told.keys() - failed == sent(rows, "sms")
    by_mail = [row for row in rows if row["id"] in sent(rows, "email")]
    by_mail = [row for row in by_mail if row["purpose"] == "notice" or row["owner_id"] == model.clinic.owner]
    to_staff = [row for row in by_mail if row["purpose"] == "notice"]
    assert len(mailbox.to(model.desk)) == len(to_staff)
    assert len(mailbox.to(model.clinic.email)) == len(by_mail) - len(to_staff)


def sent(rows: list[Row], channel: str) -> set[str]:
    return {row["id"] for row in rows if row["status"] == "sent" and row["channel"] == channel}


def key_of(row: Row) -> tuple[Any, ...]:
    subject = row["id"] if row["purpose"] == "personal" else row["appointment_id"] or row["administration_id"]
    named = ("sequence", "rule", "occurrence", "channel", "offer_id")
    return (subject or row["id"], row["purpose"] == "notice", *(row[name] for name in named))


def ended(model: Model, row: Row) -> None:
    """Nothing that was due still waits, but for what a person has to do. Planning comes first, so that
    nothing is left for the moment of sending to find out, unless somebody was in its way."""
    if row["status"] == "planned":
        assert instant(row["due_at"]) > model.now, row
    elif row["status"] == "ready":
        assert row["channel"] in BY_HAND, row
    elif row["status"] in ("skipped", "failed"):
        assert row["skip_reason"], row
        called_back = row["delivery"] == "cancelled"
        if row["skip_reason"] == "superseded" and row["purpose"] != "personal" and not called_back:
            at = instant(row["finished_at"])
            assert model.hindered_in(at, at), row
    else:
        assert row["status"] in ("sent", "withdrawn", "cancelled"), row


def left(model: Model, row: Row) -> None:
    at = instant(row["finished_at"])
    if row["appointment_id"] in model.visits:
        about_visit(model, row, model.true_at(row["appointment_id"], at), at)
    if row["purpose"] != "notice" and row["owner_id"] == model.clinic.owner:
        assert not row["animal_ids"] or not model.all_dead(tuple(row["animal_ids"]), at), row
        assert row["channel"] == "push" or row["channel"] in model.agreed.at(at), row
    if row["channel"] == "sms":
        hour = at.astimezone(PARIS).hour
        assert 8 <= hour < 20 or row["purpose"] in AT_ANY_HOUR, row


def about_visit(model: Model, row: Row, true: Truth, at: datetime) -> None:
    """Of the sequence of that moment, in a status in which it is true, and naming the time that it has."""
    if row["purpose"] == "personal":
        assert true.start == model.ordered[row["id"]], row
        assert true.status not in ("cancelled", "no_show"), row
        return
    if not row["rule"].startswith("immediate"):  # ordered of the agenda's newest sequence, whatever changed
        assert row["sequence"] == true.sequence, (row, true)
    if row["purpose"] in WHILE_CONFIRMED:
        assert true.status == "confirmed", (row, true)
        assert at < true.start, (row, true)
    elif row["purpose"] == "care":
        assert true.status in ("confirmed", "arrived", "completed"), (row, true)
    elif row["purpose"] == "notice":
        assert (true.status == "cancelled") == row["rule"].startswith("notice_cancelled"), (row, true)
    else:
        assert true.status == row["purpose"], (row, true)
    if row["purpose"] in NAMES_THE_TIME and row["channel"] != "push":
        assert says_when(model, row["body"], true, at, hour=row["purpose"] == "notice"), (row, true)
    wanted(model, row, at)


def says_when(model: Model, text: str, true: Truth, at: datetime, *, hour: bool = False) -> bool:
    """The day, and the hour or, where it is hidden from owners, the arrival window instead."""
    local = true.start.astimezone(PARIS)
    named = f"{local:%H}h{local:%M}" in text
    if model.hides(true, at) and not hour:
        return f"{local:%d/%m/%Y}" in text and not named
    return f"{local:%d/%m/%Y}" in text and named


def wanted(model: Model, row: Row, at: datetime) -> None:
    """Somebody has chosen this reminder, as things are chosen at that moment."""
    if row["purpose"] != "reminder" or row["rule"].startswith("immediate"):
        return
    own = [
        each["enabled"]
        for each in model.choices[row["appointment_id"]].at(at)
        if (each["rule"], each["channel"]) == (row["rule"], row["channel"])
    ]
    rule = model.settings.at(at)["reminders"][int(row["rule"][-1]) - 1]
    ticked = rule["state"] != "off" and row["channel"] in rule["channels"]
    assert own[0] if own else ticked, row
    if not own and rule["state"] == "new_contacts":
        assert not model.is_known(at), row


def pushed(model: Model, rows: list[Row], arrived: list[Arrival]) -> None:
    """A browser reads each row's message at most once, while it is subscribed, and it is true."""
    by_id = {row["id"]: row for row in rows}
    seen: Counter[tuple[str, str]] = Counter()
    for arrival in arrived:
        for each in (one for one in model.browsers if one.browser.endpoint.endswith(arrival.path)):
            said = each.browser.read(arrival)
            row = by_id[said["tag"]]
            at = instant(row["finished_at"])
            seen[(each.id, row["id"])] += 1
            assert each.since <= at <= each.until, row
            if row["appointment_id"]:
                assert says_when(model, said["body"], model.true_at(row["appointment_id"], at), at), said
    assert not [one for one, times in seen.items() if times > 1]


def ladders_stop(model: Model, rows: list[Row]) -> None:
    """After the owner's confirmation no step is begun, but the first one of a ladder that had not begun;
    and each waits for the one before it."""
    for row in rows:
        climbing = _is_step(model, row)
        if not climbing or row["status"] != "sent":
            continue
        at = instant(row["finished_at"])
        begun = [
            instant(each["finished_at"])
            for each in rows
            if (each["appointment_id"], each["sequence"], each["rule"])
            == (row["appointment_id"], row["sequence"], row["rule"])
            and each["status"] == "sent"
            and each["id"] != row["id"]
            and instant(each["finished_at"]) < at
        ]
        since = model.true_at(row["appointment_id"], at).since
        answers = [when for when in model.confirmed.get(row["appointment_id"], []) if since <= when < at]
        if begun and answers:
            assert not _ladder_throughout(model, min(begun), at), (row, answers)
        if begun and _ladder_throughout(model, min(begun), at):
            hours = model.settings.at(at)["reminders"][int(row["rule"][-1]) - 1]["step_hours"]
            assert at - max(begun) >= timedelta(hours=hours) - timedelta(seconds=1), row


def _is_step(model: Model, row: Row) -> bool:
    if row["purpose"] != "reminder" or not row["finished_at"] or row["rule"].startswith("immediate"):
        return False
    if row["appointment_id"] not in model.visits:
        return False
    rule = model.settings.at(instant(row["finished_at"]))["reminders"][int(row["rule"][-1]) - 1]
    return bool(rule.get("delivery") == "ladder")


def _ladder_throughout(model: Model, begin: datetime, end: datetime) -> bool:
    return not any(begin < change <= end for change in model.settings.changes)


def offers_end(model: Model, rows: list[Row]) -> None:
    """Nobody is offered what they have answered, or what is no more; and each offer is told once."""
    for row in rows:
        settled = model.settled.get(row["offer_id"] or "")
        if settled and row["purpose"] == "offer" and row["status"] == "sent":
            assert instant(row["finished_at"]) <= settled, row
