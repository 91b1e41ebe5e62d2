"""AGD-5: one actor's or one sync run's changes are undone together, and nothing is double-booked by it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

from vetagenda_agenda.changes.rules import Entry, plan

DAY = "2031-03-04"
RUN = {"actor_kind": "sync_run", "actor_id": "run-7"}


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, test=True, now=f"{DAY}T08:00:00Z")
    yield clinic
    await clinic.http.aclose()


@pytest_asyncio.fixture
async def run(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """The sync run whose changes are undone."""
    async with clinic.house.client("agenda", clinic.id, actor="run-7", kind="sync_run") as client:
        yield client


async def booked(clinic: Clinic, time: str, by: httpx.AsyncClient | None = None) -> dict[str, Any]:
    body = {
        "calendar_ids": [clinic.vets[0]],
        "start": f"{DAY}T{time}:00Z",
        "appointment_type_id": clinic.vaccination,
    }
    answer = await (by or clinic.http).post(f"{clinic.path}/appointments", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def act(by: httpx.AsyncClient, clinic: Clinic, one: dict[str, Any], what: str, **body: Any) -> None:
    answer = await by.post(f"{clinic.path}/appointments/{one['id']}/{what}", json=body)
    assert answer.status_code == 200, answer.text


async def edit(by: httpx.AsyncClient, clinic: Clinic, one: dict[str, Any], **body: Any) -> None:
    path = f"{clinic.path}/appointments/{one['id']}"
    assert (await by.patch(path, json=body, headers={"If-Match": "*"})).status_code == 200


async def read(clinic: Clinic, one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await clinic.http.get(f"{clinic.path}/appointments/{one['id']}")).json()
    return found


async def undo(clinic: Clinic, **body: Any) -> dict[str, Any]:
    answer = await clinic.http.post(f"{clinic.path}/changes/undo", json=RUN | body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def outcomes(done: dict[str, Any]) -> dict[str, tuple[str, str | None, str | None]]:
    return {
        each["appointment_id"]: (each["outcome"], each["action"], each["reason"]) for each in done["items"]
    }


async def test_everything_a_run_did_is_undone_and_told_once_each(
    clinic: Clinic, run: httpx.AsyncClient
) -> None:
    cancelled, moved, edited = [await booked(clinic, time) for time in ("10:00", "11:00", "12:00")]
    made = await booked(clinic, "13:00", by=run)
    await act(run, clinic, cancelled, "cancel")
    await act(run, clinic, moved, "reschedule", start=f"{DAY}T15:00:00Z")
    await edit(run, clinic, moved, notes="moved")
    await edit(run, clinic, edited, title="?", published=True)
    told_before = len(await clinic.house.events("agenda", clinic.id))
    rehearsed = await undo(clinic, dry_run=True)
    assert len(await clinic.house.events("agenda", clinic.id)) == told_before
    done = await undo(clinic)
    assert rehearsed["undone"] == done["undone"] == 4
    assert (
        outcomes(rehearsed)
        == outcomes(done)
        == {
            cancelled["id"]: ("undone", "restore", None),
            moved["id"]: ("undone", "move", None),
            edited["id"]: ("undone", "edit", None),
            made["id"]: ("undone", "cancel", None),
        }
    )
    told = (await clinic.house.events("agenda", clinic.id))[told_before:]
    assert sorted(each["type"].removeprefix("agenda.appointment.") for each in told) == [
        "cancelled",
        "rescheduled",
        "restored",
        "updated",
    ]
    for one in (cancelled, moved, edited):
        now = await read(clinic, one)
        changing = {"version", "sequence", "updated_at"}
        assert {k: v for k, v in now.items() if k not in changing} == {
            k: v for k, v in one.items() if k not in changing
        }
    assert (await read(clinic, cancelled))["sequence"] == 2
    assert (await read(clinic, edited))["sequence"] == 0
    assert (await clinic.book(f"{DAY}T10:00:00Z")).status_code == 409
    assert (await clinic.book(f"{DAY}T13:00:00Z")).status_code == 201
    assert (await clinic.book(f"{DAY}T15:00:00Z")).status_code == 201


async def test_undoing_twice_changes_nothing_more(clinic: Clinic, run: httpx.AsyncClient) -> None:
    one = await booked(clinic, "10:00")
    await act(run, clinic, one, "cancel")
    await undo(clinic)
    again = await undo(clinic)
    assert outcomes(again) == {one["id"]: ("kept", None, "changed-since")}
    assert (await read(clinic, one))["version"] == 3


async def test_who_undid_what_stands_in_the_history(clinic: Clinic, run: httpx.AsyncClient) -> None:
    one = await booked(clinic, "10:00")
    await act(run, clinic, one, "cancel", reason="gone in the phone")
    await undo(clinic)
    history = (await clinic.http.get(f"{clinic.path}/appointments/{one['id']}/history")).json()
    assert [(each["actor_id"], each["event_type"]) for each in history[1:]] == [
        ("run-7", "agenda.appointment.cancelled"),
        ("key-of-the-test", "agenda.appointment.restored"),
    ]


async def test_a_time_that_is_taken_meanwhile_is_never_booked_twice(
    clinic: Clinic, run: httpx.AsyncClient
) -> None:
    first, second = await booked(clinic, "10:00"), await booked(clinic, "11:00")
    await act(run, clinic, first, "cancel")
    await act(run, clinic, second, "cancel")
    await booked(clinic, "10:10")
    done = await undo(clinic)
    assert outcomes(done) == {
        first["id"]: ("kept", None, "time-taken"),
        second["id"]: ("undone", "restore", None),
    }
    assert (await read(clinic, first))["status"] == "cancelled"


async def test_two_that_changed_places_change_back(clinic: Clinic, run: httpx.AsyncClient) -> None:
    first, second = await booked(clinic, "10:00"), await booked(clinic, "11:00")
    await act(run, clinic, first, "reschedule", start=f"{DAY}T14:00:00Z")
    await act(run, clinic, second, "reschedule", start=first["start"])
    await act(run, clinic, first, "reschedule", start=second["start"])
    assert (await undo(clinic))["undone"] == 2
    assert [(await read(clinic, one))["start"] for one in (first, second)] == [
        first["start"],
        second["start"],
    ]
    assert (await clinic.book(f"{DAY}T14:00:00Z")).status_code == 201


async def test_who_finds_no_room_stays_and_so_does_who_needs_that_room(
    clinic: Clinic, run: httpx.AsyncClient
) -> None:
    first, second = await booked(clinic, "10:00"), await booked(clinic, "11:00")
    await act(run, clinic, first, "reschedule", start=f"{DAY}T14:00:00Z")
    await act(run, clinic, second, "reschedule", start=first["start"])
    await booked(clinic, "11:00")
    assert outcomes(await undo(clinic)) == {
        first["id"]: ("kept", None, "time-taken"),
        second["id"]: ("kept", None, "time-taken"),
    }
    assert (await read(clinic, second))["start"] == first["start"]


async def test_what_somebody_else_changed_since_stays(clinic: Clinic, run: httpx.AsyncClient) -> None:
    one, made = await booked(clinic, "10:00"), await booked(clinic, "11:00", by=run)
    await edit(run, clinic, one, notes="by the run", title="by the run")
    await edit(clinic.http, clinic, one, notes="by a person")
    await edit(clinic.http, clinic, made, notes="by a person")
    done = await undo(clinic)
    assert outcomes(done)[made["id"]] == ("kept", None, "changed-since")
    item = next(each for each in done["items"] if each["appointment_id"] == one["id"])
    assert item["changes"] == {"title": {"now": "by the run", "undone": ""}}
    assert item["kept"] == ["notes"]
    now = await read(clinic, one)
    assert (now["title"], now["notes"]) == ("", "by a person")


async def test_what_stays_cancelled_is_told_its_former_time(clinic: Clinic, run: httpx.AsyncClient) -> None:
    """AGD-4: a calendar that has the moved, cancelled event takes only what has a higher sequence."""
    one = await booked(clinic, "10:00")
    await act(run, clinic, one, "reschedule", start=f"{DAY}T11:00:00Z")
    await act(clinic.http, clinic, one, "cancel")
    before = await read(clinic, one)
    assert outcomes(await undo(clinic)) == {one["id"]: ("undone", "move", None)}
    now = await read(clinic, one)
    assert (now["status"], now["start"]) == ("cancelled", f"{DAY}T10:00:00Z")
    assert now["sequence"] == before["sequence"] + 1


async def test_only_the_interval_is_undone(clinic: Clinic, run: httpx.AsyncClient) -> None:
    one = await booked(clinic, "10:00", by=run)
    async with clinic.house.client("agenda", clinic.id, test=True) as staff:
        await staff.post(f"{clinic.path}/test/clock", json={"now": f"{DAY}T09:00:00Z"})
    await act(run, clinic, one, "cancel")
    interval = {"from": f"{DAY}T09:00:00Z", "to": f"{DAY}T09:00:01Z"}
    answer = await clinic.http.post(f"{clinic.path}/changes/undo", json=interval)
    assert outcomes(answer.json()) == {one["id"]: ("undone", "restore", None)}
    assert (await read(clinic, one))["status"] == "confirmed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"actor_kind": "user"},
        {"from": f"{DAY}T09:00:00Z"},
        {"from": f"{DAY}T09:00:00Z", "to": f"{DAY}T09:00:00Z"},
    ],
)
async def test_it_must_be_said_what_to_undo(clinic: Clinic, body: dict[str, Any]) -> None:
    answer = await clinic.http.post(f"{clinic.path}/changes/undo", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def state(status: str = "confirmed", start: str = "10", notes: str = "") -> dict[str, Any]:
    return {"status": status, "start": start, "end": start, "calendar_ids": [], "notes": notes}


@pytest.mark.parametrize(
    ("history", "action", "restored", "reason"),
    [
        (["mine:booked"], "cancel", "status", None),
        (["mine:booked", "mine:cancelled"], None, "", None),
        (["mine:booked", "theirs:moved"], None, "", "changed-since"),
        (["mine:booked", "mine:completed"], None, "", "not-undoable"),
        (["theirs:booked", "mine:moved"], "move", "start", None),
        (["theirs:booked", "mine:moved", "theirs:noted"], "move", "start", None),
        (["theirs:booked", "mine:moved", "theirs:moved again"], None, "", "changed-since"),
        (["theirs:booked", "mine:cancelled"], "restore", "status", None),
        (["theirs:booked", "mine:missed"], "restore", "status", None),
        (["theirs:booked", "mine:arrived"], "edit", "status", None),
        (["theirs:requested", "mine:accepted"], None, "", "not-undoable"),
        (["theirs:requested", "mine:cancelled"], None, "", "not-undoable"),
    ],
)
def test_the_selected_changes_are_peeled_off_the_top(
    history: list[str], action: str | None, restored: str, reason: str | None
) -> None:
    now: dict[str, Any] | None = None
    entries: list[Entry] = []
    for who, what in (each.split(":") for each in history):
        after = _after(now, what)
        entries.append(Entry(who == "mine", now, after))
        now = after
    found = plan(entries)
    assert (found.action, found.reason) == (action, reason)
    assert set(restored.split()) <= set(found.restored)


def _after(now: dict[str, Any] | None, what: str) -> dict[str, Any]:
    there = now or state()
    statuses = {
        "requested": "requested",
        "accepted": "confirmed",
        "cancelled": "cancelled",
        "completed": "completed",
        "missed": "no_show",
        "arrived": "arrived",
    }
    if what in statuses:
        return there | {"status": statuses[what]}
    return there | {"moved": {"start": "11"}, "moved again": {"start": "12"}, "noted": {"notes": "!"}}.get(
        what, {}
    )
