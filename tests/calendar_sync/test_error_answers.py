"""I9, R18: every error that Google's interface may answer, at every call of a cycle with work of each kind.

Each call once by default; all errors at all calls take minutes and are marked `long`.
"""

import threading
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from calendar_sync.decisions.deciding import book_a_day
from calendar_sync.practice import Practice, at
from peers.google import Fault

from vetagenda_calendar_sync.engine.ports import RemoteTrouble
from vetagenda_calendar_sync.google.authorization import GoogleTokens
from vetagenda_calendar_sync.google.client import GoogleApi
from vetagenda_calendar_sync.google.door import Door
from vetagenda_kit.clock import system_now
from vetagenda_kit.outward_calls import OutwardCalls

CALLS = ("events.list", "events.get", "events.insert", "events.patch", "events.delete", "oauth.token")
REFUSALS = [
    (400, "badRequest"),
    (401, "authError"),
    (403, "forbidden"),
    (403, "rateLimitExceeded"),
    (403, "userRateLimitExceeded"),
    (403, "insufficientPermissions"),
    (404, "notFound"),
    (410, "gone"),
    (412, "conditionNotMet"),
    (429, "rateLimitExceeded"),
    (500, "backendError"),
    (503, "backendError"),
]
STRANGE = {"page": b"<!DOCTYPE html><html><body>Sign in</body></html>", "empty": b"", "bare": b"{}"}
ERRORS = [*REFUSALS, *((200, kind) for kind in ("dropped", "lost", "truncated", *STRANGE))]
PROOF_OF_ABSENCE = {("events.get", 404), ("events.get", 410)}
GONE_IS_AS_GOOD = {("events.delete", (404, "notFound")), ("events.delete", (410, "gone"))}
"""A server that says so of what is there is wrong until the nightly list."""
ALL = [case for case in product(CALLS, ERRORS) if case not in GONE_IS_AS_GOOD]
BY_DEFAULT = [
    ("events.list", (404, "notFound")),
    ("events.list", (200, "page")),
    ("events.get", (200, "bare")),
    ("events.insert", (412, "conditionNotMet")),
    ("events.patch", (200, "lost")),
    ("events.delete", (403, "forbidden")),
    ("oauth.token", (400, "badRequest")),
]
CASES = [pytest.param(*case, marks=() if case in BY_DEFAULT else pytest.mark.long) for case in ALL]


def fault(call: str, status: int, reason: str) -> Fault:
    if reason in STRANGE:
        return Fault(call, "reshape", body=STRANGE[reason], times=40)
    if status == 200:
        return Fault(call, reason, times=40)  # type: ignore[arg-type]
    return Fault(call, status=status, reason=reason, times=40)


@pytest.mark.parametrize(("call", "error"), CASES)
async def test_an_error_cancels_nothing_and_the_next_cycles_make_it_good(
    linked: Practice, call: str, error: tuple[int, str]
) -> None:
    stays, edited, renamed, cancelled, deleted = await book_a_day(linked, 5)
    events = {event["summary"]: event["id"] for event in linked.phone.sees()}
    linked.phone.edit(events["N12"], summary="RENOMMÉ")
    linked.phone.delete(events["N14"])
    linked.phone.type("TAPÉ", at("2026-11-27 10:00"), timedelta(minutes=20))
    await linked.edit(edited, title="MODIFIÉ")
    await linked.act(cancelled, "cancel", by="owner")
    await linked.book(at("2026-11-26 10:00"), title="NOUVEAU")
    if call == "oauth.token":
        linked.google.authorization.expire_access()
    linked.google.faults.add(fault(call, *error))
    await linked.cycle()
    linked.google.faults.clear()
    for id in (stays, edited, renamed):
        assert (await linked.read(id))["status"] == "confirmed"
    if call == "events.get" and (call, error[0]) not in PROOF_OF_ABSENCE:
        assert (await linked.read(deleted))["status"] == "confirmed"
    if (await linked.state())["state"] == "needs_reauth":
        assert (await linked.consent(linked.link)).status_code == 200
    await linked.cycle()
    link = await linked.cycle()
    assert (link["state"], link["flags"]) == ("active", {})
    expected = ["N10", "MODIFIÉ", "RENOMMÉ", "NOUVEAU", "TAPÉ"]
    assert [each["title"] for each in await linked.appointments()] == expected
    assert [each["summary"] for each in linked.phone.sees()] == expected
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


async def test_an_answer_that_does_not_come_in_time_is_trouble(linked: Practice) -> None:
    """I9: a timeout promises nothing, and the call is given up."""
    settings = linked.house.services["calendar-sync"].settings
    hasty = settings.model_copy(update={"google_timeout": timedelta(milliseconds=50)})
    access, later = list(linked.google.authorization.access)[-1], system_now() + timedelta(hours=1)
    door = Door.of(linked.house.services["calendar-sync"])
    tokens = GoogleTokens("", access, later.isoformat())
    api, go_on = (
        GoogleApi(hasty, door, tokens, "somebody", OutwardCalls().of(uuid4(), "google-calendar")),
        threading.Event(),
    )
    linked.google.faults.add(Fault("events.list", "hook", run=lambda: go_on.wait(30)))
    linked.google.faults.add(Fault("events.list", "dropped", times=40))
    try:
        with pytest.raises(RemoteTrouble):
            await api.call("list", {"calendarId": "primary"})
    finally:
        go_on.set()
        await api.close()
