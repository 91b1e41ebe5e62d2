"""Each reminder that was promised has exactly one outcome: it left, or says why it did not, and that is so.

What was promised is reckoned here from the practice's choices and the visit alone, by the wall clock of the
documentation, not by the service's own planning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from reminders.appointments.sample import PARIS
from reminders.model.agenda import DEAD, LANDLINE
from reminders.model.history import NEVER, START, Model, Truth, instant

Row = dict[str, Any]
A_NIGHT = timedelta(hours=15)
SOON = timedelta(minutes=10)
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Promise:
    """A reminder (or push) of a visit that is due while nothing changes from `begin` to `end`."""

    visit: str
    truth: Truth
    rule: str
    channel: str
    due: datetime
    begin: datetime
    end: datetime
    choice: dict[str, Any]
    expected: datetime

    @property
    def inside(self) -> bool:
        """It was due before the visit was booked or moved."""
        return self.due <= self.begin


def complete(model: Model, rows: list[Row]) -> None:
    for promise in promises(model):
        kept(model, promise, rows)
    announced(model, rows)
    given(model, rows)


def local(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS).astimezone(UTC)


def expected_at(model: Model, truth: Truth, at: datetime) -> datetime:
    """When the owner is to be there."""
    if not model.hides(truth, at):
        return truth.start
    return min(truth.start, local(truth.start.astimezone(PARIS).date(), time(8)))


def promises(model: Model) -> Iterator[Promise]:
    for visit in model.visits:
        for truth in model.spans(visit):
            if truth.status == "confirmed" and truth.since < truth.start <= min(truth.until, model.now):
                yield from _of_visit(model, visit, truth)


def _of_visit(model: Model, visit: str, truth: Truth) -> Iterator[Promise]:
    """One epoch after the other: between two changes of what people chose."""
    chosen = (model.settings, model.hidden, model.choices[visit])
    changes = sorted(each for over in chosen for each in over.changes if truth.since < each < truth.start)
    for begin, end in zip([truth.since, *changes], [*changes, truth.start], strict=True):
        yield from _of_epoch(model, visit, truth, begin, end)


def _of_epoch(model: Model, visit: str, truth: Truth, begin: datetime, end: datetime) -> Iterator[Promise]:
    settings, expected = model.settings.at(begin), expected_at(model, truth, begin)
    if model.all_dead(truth.animals, begin) or begin >= expected or _never_seen(model, truth, expected):
        return
    own = {(each["rule"], each["channel"]): each for each in model.choices[visit].at(begin)}
    for number, practices in enumerate(settings["reminders"], start=1):
        rule = f"reminder_{number}"
        for channel, choice in _chosen(rule, practices, own):
            due = lead_before(expected, choice["lead"])
            promise = Promise(visit, truth, rule, channel, due, begin, end, choice, expected)
            late = due <= begin == truth.since and (end == truth.start or end - begin >= A_NIGHT)
            if begin < due < end or late:
                yield promise
    for hours in settings["push_lead_hours"]:
        due = expected - timedelta(hours=hours)
        if begin < due < end:
            yield Promise(visit, truth, f"push_{hours}h", "push", due, begin, end, {"state": "on"}, expected)


def _never_seen(model: Model, truth: Truth, expected: datetime) -> bool:
    """Whether the visit was over when reminders could ask about it."""
    return any(since <= truth.since and expected <= over for since, over in model.hindered)


def _chosen(
    rule: str, practices: dict[str, Any], own: dict[tuple[str, str], dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """By channel; a ladder's first step stands for all of it."""
    ladder = practices.get("delivery") == "ladder"
    for channel in ("sms", "email"):
        mine = own.get((rule, channel))
        if mine and mine["enabled"] and not ladder:
            yield channel, practices | {"state": "on", "lead": mine["lead"]}
        elif mine is None and practices["state"] != "off" and channel in practices["channels"]:
            first = channel == "sms" and not any(key[0] == rule for key in own)
            yield from [(channel, practices)] if first or not ladder else []


def lead_before(expected: datetime, lead: dict[str, Any]) -> datetime:
    if lead["unit"] == "hours":
        return expected - timedelta(hours=lead["count"])
    return local(expected.astimezone(PARIS).date() - timedelta(days=lead["count"]), time(9))


def kept(model: Model, promise: Promise, rows: list[Row]) -> None:
    mine = [
        row
        for row in rows
        if (row["appointment_id"], row["rule"], row["channel"])
        == (promise.visit, promise.rule, promise.channel)
        and row["sequence"] == promise.truth.sequence
        and row["skip_reason"] != "superseded"
    ]
    assert len(mine) == 1, (promise, mine)
    (row,) = mine
    if row["status"] == "sent":
        _in_time(model, promise, row)
    elif row["status"] == "cancelled":
        assert row["id"] in model.called_off, (promise, row)
    else:
        assert row["status"] in ("skipped", "failed"), (promise, row)
        assert is_so(model, promise.truth, row, promise), (promise, row)


def _in_time(model: Model, promise: Promise, row: Row) -> None:
    """At its time, or when what hindered it was over."""
    at = instant(row["finished_at"])
    if promise.inside or at <= promise.begin or model.hindered_in(promise.due, at):
        return
    times = {promise.due} if promise.channel != "sms" else polite(promise.due)
    assert any(abs(at - each) < A_MOMENT for each in times), (promise, row)


def polite(due: datetime) -> set[datetime]:
    """An SMS due at night leaves at 08:00, or the evening before."""
    there = due.astimezone(PARIS)
    if 8 <= there.hour < 20:
        return {due}
    day = there.date()
    morning = day + timedelta(days=1) if there.hour >= 20 else day
    evening = day if there.hour >= 20 else day - timedelta(days=1)
    return {local(morning, time(8)), local(evening, time(19, 59))}


def is_so(model: Model, truth: Truth, row: Row, promise: Promise | None = None) -> bool:
    """Whether the reason that a row gives was true when it ended."""
    at, channel = instant(row["finished_at"]), row["channel"]
    match row["skip_reason"]:
        case "no_consent":
            return channel not in model.agreed.at(at)
        case "no_mobile":
            return model.phone.at(at) == LANDLINE
        case "undelivered" | "refused":
            return channel == "sms" and DEAD in _phones(model, at)
        case "no_email":
            return not model.email.at(at)
        case "deceased":
            return model.all_dead(truth.animals, at)
        case "known_contact":
            return model.is_known(at)
        case "merged_into_another_visits_message":
            return True  # held against the message that tells of it, with all others
    return promise is not None and _is_so(model, promise, row["skip_reason"], at)


def _phones(model: Model, at: datetime) -> list[str]:
    return [phone for since, phone in model.phone.told if since <= at]


def _is_so(model: Model, promise: Promise, reason: str, at: datetime) -> bool:
    match reason:
        case "booked_inside_window":
            return promise.due <= at
        case "merged_into_confirmation":
            return promise.due <= at and promise.choice.get("booked_inside") == "merge"
        case "too_late":
            at_night = promise.channel == "sms" and polite(promise.due) != {promise.due}
            late = max(at, promise.due) >= promise.expected or promise.inside or at_night
            return late or model.hindered_in(promise.due, at)
        case "confirmed_by_owner":
            return bool(model.confirmed.get(promise.visit))
    return False


def announced(model: Model, rows: list[Row]) -> None:
    """What was booked, moved or cancelled and stood, was told on each channel that could be used."""
    for visit in model.visits:
        before: Truth | None = None
        for truth in model.spans(visit):
            if truth.status == "cancelled" and not _heard_of(visit, truth.since, rows):
                continue
            for purposes, channel in _to_announce(model, visit, before, truth):
                told = [
                    row
                    for row in rows
                    if row["appointment_id"] == visit
                    and row["sequence"] == truth.sequence
                    and row["channel"] == channel
                    and row["purpose"] in purposes
                    and row["skip_reason"] != "superseded"
                ]
                assert len(told) == 1, (truth, before, channel, told)
                assert (
                    told[0]["status"] == "sent"
                    or told[0]["id"] in model.called_off
                    or is_so(model, truth, told[0])
                ), (truth, told)
            before = truth


def _heard_of(visit: str, before: datetime, rows: list[Row]) -> bool:
    """Whether its owner heard of it, or was to hear nothing: no first word was taken back unsaid."""
    theirs = [row for row in rows if row["appointment_id"] == visit and row["purpose"] != "notice"]
    unsaid = any(
        row["purpose"] == "confirmation"
        and (row["skip_reason"] == "superseded" or row["delivery"] == "cancelled")
        for row in theirs
    )
    left = [row for row in theirs if row["finished_at"] and instant(row["finished_at"]) <= before]
    return not unsaid or any(row["status"] == "sent" for row in left)


def _to_announce(
    model: Model, visit: str, before: Truth | None, truth: Truth
) -> Iterator[tuple[tuple[str, ...], str]]:
    settings, until = model.settings.at(truth.since), truth.since + A_NIGHT
    if _unsettled(model, visit, truth) or truth.start < until or model.all_dead(truth.animals, truth.since):
        return
    if truth.status == "cancelled" and before and before.status == "confirmed":
        if before.start > truth.since:
            yield from ((("cancelled",), channel) for channel in settings["notices"])
    elif truth.status == "confirmed" and truth.until > until:
        new = before is None or before.status != "confirmed"
        if before and not new and before.start == truth.start:
            return
        waited = before is not None and truth.since - before.since < A_NIGHT
        either = set(settings["confirmation"]) & set(settings["notices"])
        channels = settings["confirmation"] if new else either if waited else settings["notices"]
        yield from ((("confirmation", "rescheduled"), channel) for channel in channels)


def _unsettled(model: Model, visit: str, truth: Truth) -> bool:
    """Somebody chose otherwise meanwhile, or it was hindered."""
    until = truth.since + A_NIGHT
    changes = [*model.settings.changes, *model.hidden.changes, *model.choices[visit].changes]
    own = bool(model.choices[visit].at(truth.since))
    return own or any(truth.since <= at <= until for at in changes) or model.hindered_in(truth.since, until)


def given(model: Model, rows: list[Row]) -> None:
    """Every quarter after a product was given, four times, three days before, by each of its channels."""
    for administration, one in model.given.items():
        mine = [row for row in rows if row["administration_id"] == administration]
        days = {quarters_after(one.on.astimezone(PARIS).date(), count) for count in (1, 2, 3, 4)}
        promised = {(day.isoformat(), channel) for day in days for channel in one.channels}
        found = [(row["due_on"], row["channel"]) for row in mine]
        assert sorted(found) == sorted(promised), (administration, one, found)
        for row in mine:
            sent_on = date.fromisoformat(row["due_on"]) - timedelta(days=3)
            assert row["send_on"] == sent_on.isoformat(), row
            if row["status"] == "sent" and not model.hindered_in(START, NEVER):
                assert instant(row["finished_at"]) == local(sent_on, time(9)), row


def quarters_after(day: date, count: int) -> date:
    """By the calendar, from the first day: the last one of a month that is shorter."""
    months = day.month - 1 + 3 * count
    year, month = day.year + months // 12, months % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)
