"""What undoing some changes of an appointment means: pure, from its history to a plan.

The selected changes are peeled off the top of the history, field by field: below a change that
somebody else made nothing is undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.changes.schemas import Action, Reason

Snapshot = Mapping[str, Any]

TIME = ("start", "end", "calendar_ids", "override_reason")
STATUS = ("status", "cancelled_by", "cancel_reason", "expires_at")
BUFFERS = ("buffer_before_minutes", "buffer_after_minutes")
_TYPE = ("appointment_type_id", *BUFFERS)
_DETAILS = (
    "title",
    "description",
    "notes",
    "phone",
    "owner_name",
    "published",
    "needs_completion",
    "owner_id",
    "animal_ids",
)
_GROUPS = (TIME, STATUS, _TYPE, *((name,) for name in _DETAILS))
"""Fields that only make sense together are undone together."""

_VISITED = ("confirmed", "arrived", "completed", "no_show")


@dataclass(frozen=True)
class Entry:
    """One change of the history; `before` is None for the first."""

    selected: bool
    before: Snapshot | None
    after: Snapshot

    def touches(self, names: Sequence[str]) -> bool:
        return self.before is not None and any(
            self.before.get(name) != self.after.get(name) for name in names
        )

    def gives_way(self, names: Sequence[str]) -> bool:
        """An acceptance is not undone, so its override keeps its reason whatever became of the visit."""
        accepts = (
            self.before is not None
            and self.before["status"] == "requested"
            and self.after["status"] == "confirmed"
        )
        return self.selected and not (accepts and "override_reason" in names)


@dataclass(frozen=True)
class Plan:
    """`restored` are the fields to set. Without an action nothing is to be done, `reason` may say why."""

    action: Action | None = None
    restored: dict[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    reason: Reason | None = None


def plan(entries: Sequence[Entry]) -> Plan:
    """The history of one appointment, oldest first, of which at least one entry is selected."""
    current = entries[-1].after
    if entries[0].before is None and entries[0].selected:
        return _unmake(entries, current)
    restored: dict[str, Any] = {}
    kept: list[str] = []
    for names in _GROUPS:
        values, blocked = _peel(entries, names)
        restored |= {name: value for name, value in values.items() if current.get(name) != value}
        kept += [name for name in names if blocked and _selected_change(entries, name)]
    return _decided(current, restored, tuple(kept))


def _unmake(entries: Sequence[Entry], current: Snapshot) -> Plan:
    """What was booked is cancelled, unless somebody else has had it in hand since."""
    if not all(entry.selected for entry in entries):
        return Plan(reason="changed-since", kept=("status",))
    if current["status"] == "cancelled":
        return Plan()
    if current["status"] not in LIVING:
        return Plan(reason="not-undoable", kept=("status",))
    ended = {"status": "cancelled", "cancelled_by": "practice", "cancel_reason": "", "expires_at": None}
    return Plan("cancel", {name: value for name, value in ended.items() if current.get(name) != value})


def _peel(entries: Sequence[Entry], names: Sequence[str]) -> tuple[dict[str, Any], bool]:
    """The values below the selected changes on top, and whether selected ones lie deeper."""
    touching = [entry for entry in entries if entry.touches(names)]
    values: dict[str, Any] = {}
    while touching and touching[-1].gives_way(names):
        before = touching.pop().before or {}
        values = {name: before.get(name) for name in names}
    return values, not values and any(entry.selected for entry in touching)


def _selected_change(entries: Sequence[Entry], name: str) -> bool:
    return any(entry.selected and entry.touches((name,)) for entry in entries)


def _decided(current: Snapshot, restored: dict[str, Any], kept: tuple[str, ...]) -> Plan:
    if not restored:
        return Plan(kept=kept, reason="changed-since" if kept else None)
    status, wanted = current["status"], restored.get("status", current["status"])
    if status == "cancelled" and wanted in ("confirmed", "arrived"):
        return Plan("restore", restored, kept)
    if status != wanted and not (status in _VISITED and wanted in _VISITED):
        return Plan(kept=tuple(restored), reason="not-undoable")
    if {"start", "end", "calendar_ids"} & restored.keys():
        return Plan("move", restored, kept)
    revived = status not in LIVING and wanted in LIVING
    return Plan("restore" if revived else "edit", restored, kept)


def takes_time(current: Snapshot, plan: Plan) -> bool:
    """Whether it must take time anew: moved back, or back from being cancelled."""
    back = plan.action == "restore" and current["status"] == "cancelled"
    return back or (_moves(plan) and current["status"] != "cancelled")


def frees_time(current: Snapshot, plan: Plan) -> bool:
    return plan.action == "cancel" or takes_time(current, plan)


def resizes(current: Snapshot, plan: Plan) -> bool:
    """Whether it gets other buffers around the same visit: only what these add must be free."""
    return bool(set(BUFFERS) & plan.restored.keys()) and not takes_time(current, plan)


def resequences(current: Snapshot, plan: Plan) -> bool:
    """RFC 5545: time, calendars or cancellation change; also the time of what stays cancelled."""
    return frees_time(current, plan) or _moves(plan)


def _moves(plan: Plan) -> bool:
    return bool({"start", "end", "calendar_ids"} & plan.restored.keys())
