"""SYNC-2, SYNC-6, SYNC-10: what a link says of itself, to people and to support."""

import typing
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from calendar_sync.practice import Practice, at
from calendar_sync.test_pauses import patch
from peers.google import Fault
from sqlalchemy import text

from vetagenda_calendar_sync.app import create
from vetagenda_calendar_sync.cycle import lease as leases
from vetagenda_calendar_sync.cycle.run import run
from vetagenda_calendar_sync.status import retention
from vetagenda_calendar_sync.status.flags import FLAGS
from vetagenda_calendar_sync.status.languages import LANGUAGES
from vetagenda_calendar_sync.status.reasons import REASONS
from vetagenda_calendar_sync.status.states import STATES
from vetagenda_calendar_sync.status.words import advice, explained
from vetagenda_contracts.calendar_sync import LinkState

LENGTH = timedelta(minutes=20)


async def listed(practice: Practice, what: str, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    path = f"{practice.path}/calendar-links/{practice.link}/{what}"
    items: list[dict[str, Any]] = []
    while True:
        answer = await practice.sync.get(path, params=query)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if not (cursor := answer.json()["next"]):
            return items
        query["cursor"] = cursor


async def test_it_tells_which_way_a_change_went_last(linked: Practice) -> None:
    """SYNC-10."""
    before = await linked.state()
    assert (before["last_to_remote_at"], before["last_to_agenda_at"]) == (None, None)
    await linked.book(at("2026-11-25 10:00"))
    outward = await linked.cycle()
    assert outward["last_to_remote_at"] is not None
    assert outward["last_to_agenda_at"] is None
    linked.phone.move(linked.phone.sees()[0]["id"], timedelta(hours=1))
    inward = await linked.cycle()
    assert inward["last_to_remote_at"] == outward["last_to_remote_at"]
    assert inward["last_to_agenda_at"] > outward["last_to_remote_at"]
    assert inward["explanation"] == "La synchronisation fonctionne."


async def test_every_write_is_in_the_journal_and_nothing_personal(linked: Practice) -> None:
    """SYNC-10: when, which side, what, which fields, which appointment; newest first, in pages."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.edit(event["id"], summary="RAPPEL")
    await linked.edit(booked["id"], notes="modifié")
    await linked.cycle()
    linked.phone.delete(event["id"])
    await linked.cycle()
    entries = await listed(linked, "journal", limit=1)
    assert [(each["side"], each["act"], each["fields"]) for each in entries] == [
        ("agenda", "cancel", []),
        ("agenda", "change", ["title"]),
        ("remote", "patch", ["notes"]),
        ("remote", "insert", []),
    ]
    assert {each["appointment_id"] for each in entries} == {booked["id"]}
    cycles = [each["cycle"] for each in entries]
    assert cycles == sorted(cycles, reverse=True)
    for secret in ("Plut", "RAPPEL", "modifi", "0612"):
        assert secret not in str(entries)


async def test_what_needs_a_person_is_listed_with_why_and_what_to_do(linked: Practice) -> None:
    linked.phone.type("Tarif $ à voir", at("2026-11-26 15:00"), LENGTH)
    link = await linked.cycle()
    assert (link["needs_attention"], link["flags"]) == (1, {"title-unclear": 1})
    (item,) = await listed(linked, "attention")
    (made,) = await linked.appointments()
    assert (item["appointment_id"], item["flag"]) == (made["id"], "title-unclear")
    assert item["remote"]["start"] == "2026-11-26T14:00:00Z"
    assert "n'est pas un numéro de téléphone" in item["why"]
    assert "VACCIN $ 06 12 34 56 67" in item["what_to_do"]
    linked.phone.edit(linked.phone.sees()[0]["id"], summary="Tarif")
    await linked.cycle()
    assert await listed(linked, "attention") == []


@pytest.mark.parametrize(("privacy", "visibility"), [("busy", "default"), ("full", "private")])
async def test_what_a_person_keeps_to_herself_stands_in_no_list(
    practice: Practice, privacy: str, visibility: str
) -> None:
    """SYNC-4: people see when it is, and that is enough to find it."""
    await practice.connect(privacy=privacy)
    start = practice.phone.wall(at("2026-11-25 10:00"))
    told = {"summary": "Psychologue", "visibility": visibility, "start": start, "end": start}
    practice.phone.calendar.insert(told)
    await practice.cycle()
    (item,) = await listed(practice, "attention")
    assert (item["flag"], item["remote"]["title"]) == ("no-length", "")
    assert item["remote"]["start"] == "2026-11-25T09:00:00Z"


async def test_a_broken_link_leaves_its_time_busy(linked: Practice) -> None:
    """SYNC-10: never silently dropped from availability."""
    linked.phone.type("CHIRURGIE", at("2026-11-26 15:00"), LENGTH)
    await linked.cycle()
    linked.google.authorization.revoke(linked.google.authorization.signed_in)
    assert (await linked.cycle())["health"] == "broken"
    order = {"calendar_ids": [linked.vet], "start": at("2026-11-26 15:00").isoformat()}
    refused = await linked.agenda.post(
        f"{linked.path}/appointments", json={**order, "appointment_type_id": linked.kind}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken")


async def test_a_link_that_does_not_start_by_itself_runs_on_demand(linked: Practice) -> None:
    """SYNC-2: remembered."""
    db = linked.house.services["calendar-sync"].db
    make_real = text(
        "UPDATE calendar_link SET is_virtual = :virtual, next_run_at = created_at WHERE id = :id"
    )

    async def is_due() -> bool:
        return UUID(linked.link) in await leases.due(db, 1000)

    changed = await patch(linked, starts_automatically=False)
    assert (changed.json()["starts_automatically"], changed.json()["next_run_at"]) == (False, None)
    async with db.jobs_writing() as session:
        await session.execute(make_real, {"virtual": False, "id": linked.link})
    try:
        assert not await is_due()
        assert (await linked.cycle())["health"] == "ok"
        assert (await linked.state())["starts_automatically"] is False
    finally:
        async with db.jobs_writing() as session:
            await session.execute(make_real, {"virtual": True, "id": linked.link})


@pytest.mark.parametrize("answer", [b"{}", b'{"items": [{"summary": "x"}]}', b'{"items": "none"}', b"[]"])
async def test_a_provider_that_answers_in_another_form_stops_the_link(
    linked: Practice, answer: bytes
) -> None:
    """SYNC-6: a clear reason, and nothing is cancelled, also by a listing that looks empty."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.google.faults.add(Fault("events.list", "reshape", body=answer))
    link = await linked.cycle()
    assert (link["state"], link["state_reason"]) == ("degraded", "contract-remote")
    assert "format que cette version ne connaît pas" in link["explanation"]
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1


class WithoutEpoch(httpx.AsyncBaseTransport):
    """On the way from the real agenda one field gets another name."""

    def __init__(self, agenda: httpx.AsyncBaseTransport) -> None:
        self.agenda = agenda

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.agenda.handle_async_request(request)
        told = (await answer.aread()).replace(b'"agenda_epoch"', b'"epoch"')
        return httpx.Response(answer.status_code, content=told)


async def test_an_agenda_of_another_version_stops_the_link(linked: Practice) -> None:
    """SYNC-6."""
    await linked.book(at("2026-11-25 10:00"))
    settings = linked.house.services["calendar-sync"].settings.model_copy(
        update={"nats_url": None, "jobs_enabled": False}
    )
    app = create(settings, transports={"agenda": WithoutEpoch(linked.house.transports["agenda"])})
    async with app.router.lifespan_context(app):
        await run(app.state.service, UUID(linked.link))
    link = await linked.state()
    assert (link["state"], link["state_reason"]) == ("degraded", "contract-agenda")
    assert linked.phone.sees() == []
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1


async def test_what_is_old_is_forgotten_and_nothing_else(linked: Practice) -> None:
    """4.1: the values that lost are there for at least 90 days."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    for title in ("A", "B"):
        linked.phone.edit(linked.phone.sees()[0]["id"], summary=f"téléphone {title}")
        await linked.edit(booked["id"], title=f"clinique {title}")
        await linked.cycle()
    db = linked.house.services["calendar-sync"].db
    entries = await listed(linked, "journal")
    for days, left in ((90, 2), (92, 1)):
        async with db.jobs_writing() as session:
            for table in ("sync_conflict", "sync_journal"):
                aged = text(
                    f"UPDATE {table} SET at = now() - make_interval(days => :days) WHERE id ="
                    f" (SELECT min(id::text)::uuid FROM {table} WHERE link_id = :link)"
                )
                await session.execute(aged, {"days": days, "link": linked.link})
        await retention.forget(db)
        assert len(await linked.conflicts()) == left
    assert len(await listed(linked, "journal")) == len(entries) - 1


def test_every_state_reason_and_flag_has_words_in_every_language() -> None:
    assert set(STATES) == set(typing.get_args(LinkState))
    texts = [*STATES.values(), *REASONS.values()]
    texts += [each for flag in FLAGS.values() for each in (flag.why, flag.what_to_do)]
    assert all(set(each) == set(LANGUAGES) and all(each.values()) for each in texts)


@pytest.mark.parametrize(
    ("state", "reason", "locale", "expected"),
    [
        ("active", None, "en-GB", "The synchronisation works."),
        ("degraded", "google: 500 backendError", "en", "Google did not answer as expected."),
        ("degraded", "caldav: timeout", "en", "The calendar's server did not answer as expected."),
        ("degraded", "caldav: 403 forbidden-address", "de", "Es muss eine öffentliche mit https sein."),
        ("degraded", "what nobody foresaw: x", "it", "Elle est retentée toute seule."),
        ("paused", "platform", "de", "Die Plattform wird gerade gewartet."),
        ("needs_confirmation", "mass-delete: 8", "fr", "confirmez ou refusez."),
    ],
)
def test_a_state_is_explained(state: LinkState, reason: str | None, locale: str, expected: str) -> None:
    assert explained(state, reason, locale).endswith(expected)


@pytest.mark.parametrize("flag", ["agenda-time-taken", "loop", "title-unclear"])
def test_an_unknown_flag_has_advice_too(flag: str) -> None:
    assert all(advice(flag, "de"))
