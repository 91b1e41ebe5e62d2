"""A state machine over the real API and database: whatever people do, no time is booked twice, and the
history tells the present (AGD-2, AGD-4, AGD-5, R2, R4)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest
from agenda.conftest import Clinic, furnished
from harness import House
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

START = datetime.fromisoformat("2031-03-04T08:00:00+00:00")
ACTIONS = (
    "book",
    "book",
    "book_both",
    "book_over",
    "request",
    "accept",
    "decline",
    "move",
    "move",
    "move_over",
    "extend",
    "cancel",
    "no-show",
    "edit",
    "absence",
    "hold",
    "take_held",
    "undo",
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11), st.integers(0, 5)), min_size=5, max_size=25
)
FINE = (200, 201, 204)
REFUSED = (409,)


@dataclass
class Model:
    """`staff` acts in public, `booking` orders as the other service."""

    clinic: Clinic
    staff: httpx.AsyncClient
    booking: httpx.AsyncClient
    appointments: list[str] = field(default_factory=list)
    holds: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def inside(self) -> str:
        return f"/internal/practices/{self.clinic.id}"

    def chosen(self, number: int) -> str | None:
        return self.appointments[number % len(self.appointments)] if self.appointments else None


def time(number: int, length: int = 0) -> str:
    return (START + timedelta(minutes=10 * number + length)).isoformat()


async def step(model: Model, action: str, when: int, which: int) -> None:
    """One thing that somebody does. It is done, or refused because of what is there."""
    answer = await _new(model, action, when, which) or await _change(model, action, when, which)
    if answer is not None:
        assert answer.status_code in (*FINE, *REFUSED), f"{action}: {answer.text}"


async def _new(model: Model, action: str, when: int, which: int) -> httpx.Response | None:
    clinic = model.clinic
    calendars = [*clinic.vets, clinic.room] if action == "book_both" else [clinic.vets[which % 2]]
    body: dict[str, Any] = {"calendar_ids": calendars, "start": time(when), "end": time(when, 15 + which)}
    if action == "absence":
        absence = {"calendar_id": calendars[0], "start": time(when), "end": time(when, 30)}
        return await model.staff.post(f"{clinic.path}/absences", json=absence)
    if action == "hold":
        held = str(uuid4())
        model.holds.append((held, body))
        order = body | {"expires_at": "2031-03-04T20:00:00Z"}
        return await model.booking.put(f"{model.inside}/holds/{held}", json=order)
    if action not in ("book", "book_both", "book_over", "request", "take_held"):
        return None
    wanted = str(uuid4())
    if action == "take_held" and model.holds:
        held, body = model.holds.pop()
        body = body | {"hold_id": held}
    if action == "book_over":
        body["override"] = {"reason": "emergency"}
    status = "requested" if action == "request" else "confirmed"
    order = body | {"status": status}
    answer = await model.booking.put(f"{model.inside}/appointments/{wanted}", json=order)
    if answer.status_code == 201:
        model.appointments.append(wanted)
    return answer


async def _change(model: Model, action: str, when: int, which: int) -> httpx.Response | None:
    chosen = model.chosen(which)
    if action == "undo":
        body = {"actor_kind": "api_key", "actor_id": f"key-{which % 2}"}
        return await model.staff.post(f"{model.clinic.path}/changes/undo", json=body)
    if chosen is None or action in (
        "book",
        "book_both",
        "book_over",
        "request",
        "take_held",
        "absence",
        "hold",
    ):
        return None
    if action in ("accept", "decline"):
        return await model.booking.post(f"{model.inside}/appointments/{chosen}/{action}", json={})
    path, bodies = (
        f"{model.clinic.path}/appointments/{chosen}",
        {
            "move": {"start": time(when)},
            "move_over": {"start": time(when), "override": {"reason": "emergency"}},
            "extend": {"minutes": 5 + which},
            "cancel": {},
        },
    )
    async with model.clinic.house.client("agenda", model.clinic.id, actor=f"key-{when % 2}") as person:
        if action == "edit":
            return await person.patch(path, json={"notes": f"{when}"}, headers={"If-Match": "*"})
        action_path = "reschedule" if action.startswith("move") else action
        return await person.post(f"{path}/{action_path}", json=bodies.get(action), headers={"If-Match": "*"})


_OVERLAPS = text(
    "SELECT count(*) FROM occupancy a JOIN occupancy b ON a.calendar_id = b.calendar_id AND a.id < b.id "
    "AND a.during && b.during WHERE a.exclusive AND b.exclusive AND a.practice_id = :practice"
)
_LAID_OVER = text(
    "SELECT a.id FROM occupancy o JOIN appointment a ON a.id = o.subject_id "
    "WHERE NOT o.exclusive AND a.override_reason IS NULL AND o.practice_id = :practice"
)
_TAKEN = text(
    "SELECT calendar_id, lower(during) AS begins, upper(during) AS ends, kind FROM occupancy "
    "WHERE subject_id = :subject"
)


async def faults(model: Model) -> list[str]:
    """All that is not as it should be, as far as people and the database tell."""
    path = f"{model.clinic.path}/appointments"
    listed = (await model.staff.get(path, params={"limit": 500})).json()
    late: dict[str, str | int] = {"limit": 500, "as_of": "2099-01-01T00:00:00Z"}
    found = []
    if {each["id"] for each in listed["items"]} != set(model.appointments):
        found.append("what was booked is not what is listed")
    if _recorded((await model.staff.get(path, params=late)).json()) != _recorded(listed):
        found.append("the history does not replay to the present")
    async with model.clinic.house.services["agenda"].db.jobs_reading() as session:
        if await session.scalar(_OVERLAPS, {"practice": model.clinic.id}):
            found.append("one time is taken twice")
        over = (await session.scalars(_LAID_OVER, {"practice": model.clinic.id})).all()
        found += [f"{each} lies over another, and nobody gave a reason" for each in over]
        for each in listed["items"]:
            found += await _faults_of(model, session, each)
    return found


def _recorded(listed: dict[str, Any]) -> list[dict[str, Any]]:
    """Without what is only known when it is read: whether something lies over it then."""
    return [each | {"overlaps": None} for each in listed["items"]]


async def _faults_of(model: Model, session: Any, appointment: dict[str, Any]) -> list[str]:
    """It takes exactly its time while it stands; its versions have no gap, its sequence counts its moves."""
    rows = (await session.execute(_TAKEN, {"subject": appointment["id"]})).all()
    taken = {(str(row.calendar_id), row.begins, row.ends) for row in rows}
    begins, ends = (datetime.fromisoformat(appointment[name]) for name in ("start", "end"))
    stands = appointment["status"] != "cancelled"
    due = {(each, begins, ends) for each in appointment["calendar_ids"]} if stands else set()
    history = (await model.staff.get(f"{model.clinic.path}/appointments/{appointment['id']}/history")).json()
    moves = sum(_resequences(each["before"], each["after"]) for each in history[1:])
    wrong = {
        f"takes {taken}, not {due}": taken != due,
        "takes its time as something else": not {row.kind for row in rows} <= {"appointment", "request"},
        "has a gap in its versions": [each["version"] for each in history]
        != list(range(1, appointment["version"] + 1)),
        f"has sequence {appointment['sequence']} after {moves} moves": appointment["sequence"] != moves,
        "has a hole in its history": any(one["after"] != next_["before"] for one, next_ in pairwise(history)),
    }
    return [f"{appointment['id']} {what}" for what, is_so in wrong.items() if is_so]


def _resequences(before: dict[str, Any], after: dict[str, Any]) -> bool:
    moved = any(before[name] != after[name] for name in ("start", "end", "calendar_ids"))
    return moved or (before["status"] == "cancelled") != (after["status"] == "cancelled")


async def after(house: House, steps: list[tuple[str, int, int]]) -> list[str]:
    """The faults after these steps in a practice of their own."""
    clinic = await furnished(house, test=True, now=START.isoformat())
    async with house.internal("agenda", clinic.id) as booking:
        model = Model(clinic, clinic.http, booking)
        for action, when, which in steps:
            await step(model, action, when, which)
        found = await faults(model)
    await clinic.http.aclose()
    return found


SLOWLY = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@given(STEPS)
@example(
    [("book", 3, 0), ("book", 3, 0), ("request", 4, 0), ("move", 3, 1), ("no-show", 0, 0), ("cancel", 0, 0)]
)
@settings(max_examples=5, deadline=None, suppress_health_check=SLOWLY)
async def test_nothing_is_booked_twice_and_the_history_tells_the_present(
    house: House, steps: list[tuple[str, int, int]]
) -> None:
    assert await after(house, steps) == []


@pytest.mark.long
@given(STEPS)
@settings(max_examples=300, deadline=None, suppress_health_check=SLOWLY)
async def test_nothing_is_booked_twice_over_many_histories(
    house: House, steps: list[tuple[str, int, int]]
) -> None:
    assert await after(house, steps) == []
