"""What of each event a partner's app sees (PART-4): a table of cases, judged where they are: in SQL."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from harness import fresh_database, runtime_url

from vetagenda_contracts.events import EVENT_TYPES
from vetagenda_gateway.feed import commands, queries
from vetagenda_gateway.feed.commands import Message
from vetagenda_gateway.partners.sight import REDACTED_TYPE
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7
from vetagenda_kit.own_connection import own_connection

PARTNER, OTHER_PARTNER = uuid4(), uuid4()
CONNECTED, STRANGER, FORMER = str(uuid4()), str(uuid4()), str(uuid4())
VET, OTHER_VET, KIND, OTHER_KIND = (str(uuid4()) for _ in range(4))
SUBJECT = str(uuid4())


def state(**changes: Any) -> dict[str, Any]:
    """An appointment of a connected owner that is published."""
    visit = {"status": "confirmed", "published": True, "owner_id": CONNECTED, "calendar_ids": [VET]}
    return {**visit, "appointment_type_id": KIND, **changes}


HIDDEN = state(published=False)
THEIRS = state(owner_id=STRANGER)
NOTHING, WHOLE, AFTER, WITHDRAWN = "nothing", "whole", "after", "withdrawn"
MOVED = "agenda.appointment.rescheduled"

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("agenda.appointment.booked", {"before": None, "after": state()}, WHOLE),
    ("agenda.appointment.booked", {"before": None, "after": HIDDEN}, NOTHING),
    ("agenda.appointment.booked", {"before": None, "after": THEIRS}, NOTHING),
    ("agenda.appointment.booked", {"before": None, "after": state(owner_id=None)}, NOTHING),
    ("agenda.appointment.booked", {"before": None, "after": state(owner_id=FORMER)}, NOTHING),
    ("agenda.appointment.booked", {"before": None, "after": state(calendar_ids=[OTHER_VET])}, NOTHING),
    ("agenda.appointment.booked", {"before": None, "after": state(calendar_ids=[OTHER_VET, VET])}, WHOLE),
    ("agenda.appointment.booked", {"before": None, "after": state(appointment_type_id=OTHER_KIND)}, NOTHING),
    ("agenda.appointment.booked", {"before": None, "after": state(appointment_type_id=None)}, NOTHING),
    (MOVED, {"before": state(), "after": state()}, WHOLE),
    (MOVED, {"before": HIDDEN, "after": state()}, AFTER),
    (MOVED, {"before": THEIRS, "after": state()}, AFTER),
    (MOVED, {"before": state(), "after": HIDDEN}, WITHDRAWN),
    (MOVED, {"before": state(), "after": THEIRS}, WITHDRAWN),
    (MOVED, {"before": state(), "after": state(calendar_ids=[OTHER_VET])}, WITHDRAWN),
    (MOVED, {"before": THEIRS, "after": HIDDEN}, NOTHING),
    ("agenda.appointment.cancelled", {"before": state(), "after": state(status="cancelled")}, WHOLE),
    ("booking.request.received", {"before": None, "after": {"owner_id": CONNECTED}}, WHOLE),
    ("booking.request.received", {"before": None, "after": {"owner_id": STRANGER}}, NOTHING),
    ("agenda.animal.updated", {"before": {"owner_id": CONNECTED}, "after": {"owner_id": CONNECTED}}, WHOLE),
    ("agenda.animal.updated", {"before": {"owner_id": STRANGER}, "after": {"owner_id": CONNECTED}}, AFTER),
    (
        "agenda.animal.updated",
        {"before": {"owner_id": CONNECTED}, "after": {"owner_id": STRANGER}},
        WITHDRAWN,
    ),
    ("agenda.animal.deleted", {"before": {"owner_id": CONNECTED}, "after": None}, WITHDRAWN),
    ("agenda.offer.made", {"owner_id": CONNECTED}, WHOLE),
    ("agenda.offer.made", {"owner_id": STRANGER}, NOTHING),
    ("agenda.document.shared", {"owner_id": CONNECTED, "animal_id": None}, WHOLE),
    ("agenda.document.shared", {"owner_id": STRANGER, "animal_id": None}, NOTHING),
    ("agenda.document.shared", {"owner_id": None, "record_owner_id": CONNECTED}, WHOLE),
    ("agenda.document.unshared", {"owner_id": None, "record_owner_id": STRANGER}, NOTHING),
    ("agenda.document.uploaded", {"owner_id": CONNECTED, "animal_id": None}, NOTHING),
    ("agenda.owner.updated", {"aggregate_id": CONNECTED}, WHOLE),
    ("agenda.owner.updated", {"aggregate_id": STRANGER}, NOTHING),
    ("agenda.owner.updated", {"aggregate_id": FORMER}, NOTHING),
    ("agenda.connection.ended", {"partner_id": str(OTHER_PARTNER), "owner_id": STRANGER}, NOTHING),
    ("agenda.privacy-text.updated", {"number": 2}, WHOLE),
    ("agenda.practice.updated", {"before": {}, "after": {}}, NOTHING),
    ("gateway.key.created", {"scopes": ["admin"]}, NOTHING),
    ("sms.message.sent", {"owner_id": CONNECTED}, NOTHING),
    ("reminders.reminder.sent", {"owner_id": CONNECTED}, NOTHING),
    ("agenda.duplicate.flagged", {"owner_id": CONNECTED, "other_id": STRANGER}, NOTHING),
    ("agenda.invitation.issued", {"partner_id": str(PARTNER), "owner_id": STRANGER}, NOTHING),
]


@dataclass
class Feed:
    """One practice's feed, written as it always is, and read as the partner."""

    database: Database
    practice: UUID = field(default_factory=uuid7)

    def event(self, kind: str, data: dict[str, Any]) -> Message:
        whole = {"practice_id": str(self.practice), "aggregate_id": SUBJECT, "version": 1, **data}
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "/services/agenda",
            "type": kind,
            "subject": whole["aggregate_id"],
            "time": "2026-11-17T08:00:00Z",
            "datacontenttype": "application/json",
            "data": whole,
        }
        return Message.parsed(json.dumps(event).encode())

    async def happen(self, *events: Message) -> None:
        async with own_connection(self.database) as connection:
            await commands.append(connection, events, {})

    async def last(self, partner: UUID | None = PARTNER) -> dict[str, Any]:
        async with self.database.reading([self.practice]) as session:
            newest = await queries.last(session, self.practice)
            return (await queries.after(session, self.practice, newest - 1, 1, partner))[0].event

    def activation(self, kind: str = "accepted", version: int = 1, **chosen: Any) -> Message:
        after = {"partner_id": str(PARTNER), "calendar_ids": [VET], "appointment_type_ids": [KIND]}
        data = {"aggregate_id": str(UUID(int=7)), "version": version, "before": None, "after": after | chosen}
        return self.event(f"agenda.activation.{kind}", data)

    def connection(self, owner: str, kind: str = "made", version: int = 1) -> Message:
        data = {"partner_id": str(PARTNER), "owner_id": owner, "aggregate_id": _of(owner, self.practice)}
        return self.event(f"agenda.connection.{kind}", data | {"version": version})


def _of(owner: str, practice: UUID) -> str:
    return str(UUID(int=UUID(owner).int ^ practice.int))


@pytest.fixture(scope="module")
async def database() -> AsyncIterator[Database]:
    database = Database(runtime_url("gateway", await fresh_database()), "gateway", pool_size=2)
    yield database
    await database.close()


async def connected_feed(database: Database) -> Feed:
    feed = Feed(database)
    owners = feed.connection(CONNECTED), feed.connection(FORMER), feed.connection(FORMER, "ended", 2)
    await feed.happen(feed.activation(), *owners)
    return feed


@pytest.fixture(scope="module")
async def standing(database: Database) -> Feed:
    """For what changes nobody's sight."""
    return await connected_feed(database)


@pytest.fixture
async def feed(database: Database) -> Feed:
    return await connected_feed(database)


def seen(event: dict[str, Any], original: dict[str, Any]) -> str:
    if event["type"] == REDACTED_TYPE:
        assert event["data"].keys() == {"practice_id", "withdrawn"}
        return WITHDRAWN if event["data"]["withdrawn"] == original["subject"] else NOTHING
    assert event["data"].get("after") == original["data"].get("after")
    if event == original:
        return WHOLE
    assert event == {**original, "data": {**original["data"], "before": None}}
    return AFTER


@pytest.mark.parametrize(("kind", "data", "expected"), CASES)
async def test_what_an_app_sees(standing: Feed, kind: str, data: dict[str, Any], expected: str) -> None:
    await standing.happen(standing.event(kind, data))
    assert seen(await standing.last(), await standing.last(None)) == expected


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
async def test_of_another_owner_no_event_at_all_is_seen(standing: Feed, kind: str) -> None:
    """Whatever type comes to be: without a rule it is not seen."""
    state_ = THEIRS | {"partner_id": str(OTHER_PARTNER)}
    data = {"owner_id": STRANGER, "partner_id": str(OTHER_PARTNER), "before": state_, "after": state_}
    if kind in ("agenda.privacy-text.updated",):
        return  # of nobody, and shown to everybody who asks
    if kind.startswith("agenda.activation."):
        data["after"] = state_ | {"calendar_ids": None, "appointment_type_ids": None}
    data["aggregate_id"] = str(uuid4())  # an activation or a connection of its own
    await standing.happen(standing.event(kind, data))
    assert seen(await standing.last(), await standing.last(None)) == NOTHING


async def test_nothing_is_seen_before_the_practice_lets_the_app_in_or_after_it_ends_that(feed: Feed) -> None:
    booked = {"before": None, "after": state()}
    await feed.happen(feed.activation("ended", 2))
    await feed.happen(feed.event("agenda.appointment.booked", booked))
    assert (await feed.last())["type"] == REDACTED_TYPE
    other = Feed(feed.database)
    await other.happen(other.connection(CONNECTED), other.event("agenda.appointment.booked", booked))
    assert (await other.last())["type"] == REDACTED_TYPE


async def test_old_news_that_come_again_do_not_open_what_was_closed(feed: Feed) -> None:
    """A refilled stream publishes everything once more."""
    await feed.happen(feed.connection(CONNECTED, "ended", 2), feed.activation("ended", 2))
    await feed.happen(feed.connection(CONNECTED), feed.activation())
    await feed.happen(feed.event("agenda.appointment.booked", {"before": None, "after": state()}))
    assert (await feed.last())["type"] == REDACTED_TYPE


async def test_the_end_of_its_own_connection_is_told(feed: Feed) -> None:
    await feed.happen(feed.connection(CONNECTED, "ended", 2))
    assert (await feed.last())["type"] == "agenda.connection.ended"


async def test_a_gap_says_neither_what_nor_whose(feed: Feed) -> None:
    await feed.happen(feed.event("agenda.appointment.booked", {"before": None, "after": THEIRS}))
    gap, whole = await feed.last(), await feed.last(None)
    text = json.dumps(gap)
    for secret in (STRANGER, VET, KIND, whole["id"], whole["subject"], "appointment"):
        assert secret not in text
