"""Several visits of one day: one message, which names each of them; and never two where one could do."""

from collections import defaultdict
from datetime import datetime
from itertools import combinations
from typing import Any

from reminders.appointments.sample import PARIS
from reminders.model.history import Model, instant

Row = dict[str, Any]


def told_together(model: Model, rows: list[Row]) -> None:
    rows = [row for row in rows if row["appointment_id"] in model.visits]
    left = [row for row in rows if _is_reminder(row) and row["status"] in ("sent", "failed")]
    told = [row for row in left if row["status"] == "sent"]
    for row in rows:
        if row["skip_reason"] == "merged_into_another_visits_message":
            assert any(_tells_of(model, each, row) for each in left), row
    days = defaultdict(list)
    for row in told:
        at = instant(row["finished_at"])
        day = model.true_at(row["appointment_id"], at).start.astimezone(PARIS).date()
        days[row["rule"], row["channel"], day, at.astimezone(PARIS).date()].append(row)
    for same in days.values():
        for one, other in combinations(sorted(same, key=lambda row: str(row["finished_at"])), 2):
            assert _came_between(model, one, other), (one, other)


def _is_reminder(row: Row) -> bool:
    return row["purpose"] == "reminder" and not row["rule"].startswith("immediate")


def _tells_of(model: Model, teller: Row, row: Row) -> bool:
    at = instant(row["finished_at"])
    if (teller["rule"], teller["channel"]) != (row["rule"], row["channel"]) or teller["id"] == row["id"]:
        return False
    true = model.true_at(row["appointment_id"], at)
    local = true.start.astimezone(PARIS)
    hour = model.hides(true, at) or f"{local:%H}h{local:%M}" in (teller["body"] or "")
    return hour and f"{local:%d/%m/%Y}" in (teller["body"] or "")


def _came_between(model: Model, one: Row, other: Row) -> bool:
    """Something that made the second reminder due, or possible, only when the first one had left."""
    first, second = instant(one["finished_at"]), instant(other["finished_at"])
    visit = other["appointment_id"]
    changes: list[datetime] = [
        *(truth.since for truth in model.visits[visit]),
        *(truth.since for truth in model.visits[one["appointment_id"]]),
        *(since for over in _all(model, visit) for since in over.changes),
        *(begin for begin, _end in model.hindered),
        *(end for _begin, end in model.hindered),
    ]
    return any(first <= change <= second for change in changes)


def _all(model: Model, visit: str) -> list[Any]:
    own = model.choices[visit]
    return [model.settings, model.hidden, model.agreed, model.phone, model.email, model.milou_lives, own]
