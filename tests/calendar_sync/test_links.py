"""SYNC-1, 4.10: who may link, what is kept secret, and what a link says of itself."""

from datetime import timedelta
from itertools import groupby
from uuid import uuid4

from calendar_sync.practice import Practice, at, furnished
from sqlalchemy import text

from vetagenda_calendar_sync.google.authorization import new_state


async def test_the_consent_belongs_to_one_link(practice: Practice) -> None:
    made = (
        await practice.sync.post(f"{practice.path}/calendar-links", json={"calendar_id": practice.vet})
    ).json()
    assert (made["state"], made["remote_calendar_id"]) == ("connecting", "primary")
    assert (await practice.consent(made["id"])).json()[
        "remote_calendar_id"
    ] == practice.google.authorization.signed_in


async def test_nothing_of_a_link_can_be_emptied(practice: Practice) -> None:
    links = f"{practice.path}/calendar-links"
    made = (await practice.sync.post(links, json={"calendar_id": practice.vet})).json()
    for name in ("mode", "privacy", "conflict_winner", "paused"):
        answer = await practice.sync.patch(
            f"{links}/{made['id']}", json={name: None}, headers={"If-Match": "*"}
        )
        assert answer.status_code == 422, name
        assert answer.json()["errors"] == [{"pointer": f"/{name}", "detail": "this cannot be empty"}]
    assert (await practice.sync.get(f"{links}/{made['id']}")).json() == made


async def test_a_state_that_is_not_ours_is_refused(practice: Practice) -> None:
    callback = f"{practice.path}/calendar-links/google/callback"
    answer = await practice.sync.get(callback, params={"state": "forged", "code": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "consent-failed")


async def test_a_state_of_another_practice_is_not_found(practice: Practice) -> None:
    other = await furnished(practice.house, practice.google, now="2026-11-24T08:00:00+01:00")
    made = await other.link_to(other.vet)
    service = practice.house.services["calendar-sync"]
    state = new_state(other.id, made["id"], on_page=False).sealed(service.cipher)
    callback = f"{practice.path}/calendar-links/google/callback"
    answer = await practice.sync.get(callback, params={"state": state, "code": "x"})
    assert answer.status_code == 404
    await other.close()


async def test_who_declines_at_google_is_told_so(practice: Practice) -> None:
    made = (
        await practice.sync.post(f"{practice.path}/calendar-links", json={"calendar_id": practice.vet})
    ).json()
    service = practice.house.services["calendar-sync"]
    state = new_state(practice.id, made["id"], on_page=False).sealed(service.cipher)
    callback = f"{practice.path}/calendar-links/google/callback"
    answer = await practice.sync.get(callback, params={"state": state, "error": "access_denied"})
    assert (answer.status_code, answer.json()["code"]) == (400, "consent-failed")
    assert "access_denied" in answer.json()["detail"]


async def test_the_tokens_are_stored_encrypted_and_never_shown(linked: Practice) -> None:
    token = list(linked.google.authorization.refresh)[-1]
    async with linked.house.services["calendar-sync"].db.jobs_reading() as session:
        stored = await session.scalar(
            text("SELECT tokens FROM calendar_link WHERE id = :id"), {"id": linked.link}
        )
    assert token.encode() not in stored
    assert token not in str(await linked.state())
    assert token not in str(await linked.house.events("calendar-sync", linked.id))


async def test_the_same_two_calendars_are_linked_once(linked: Practice) -> None:
    made = await linked.sync.post(f"{linked.path}/calendar-links", json={"calendar_id": linked.vet})
    answer = await linked.consent(made.json()["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "already-linked")


async def test_a_calendar_may_have_several_links(linked: Practice) -> None:
    """SYNC-1: a shared calendar for the call centre beside the vet's own."""
    linked.google.add_calendar("shared@group.calendar.google.com", linked.google.authorization.signed_in)
    first = linked.link
    await linked.connect(remote_calendar_id="shared@group.calendar.google.com")
    await linked.cycle()
    listed = await linked.sync.get(f"{linked.path}/calendar-links", params={"calendar_id": linked.vet})
    assert [each["id"] for each in listed.json()["items"]] == [first, linked.link]


async def test_what_is_typed_in_one_of_them_reaches_the_other(linked: Practice) -> None:
    """Our own write through one link is news for the other."""
    shared = linked.google.add_calendar(
        "shared@group.calendar.google.com", linked.google.authorization.signed_in
    )
    first = linked.link
    await linked.connect(remote_calendar_id=shared.id)
    linked.phone.type("VACCIN $ 0612345667", at("2026-11-26 15:00"), timedelta(minutes=20))
    linked.link, second = first, linked.link
    await linked.cycle()
    linked.link = second
    await linked.cycle()
    assert [event["summary"] for event in shared.live()] == ["VACCIN"]
    assert len(await linked.appointments()) == 1


async def test_a_link_is_changed_only_by_who_has_read_it(linked: Practice) -> None:
    path = f"{linked.path}/calendar-links/{linked.link}"
    assert (await linked.sync.patch(path, json={"privacy": "busy"})).status_code == 428
    stale = await linked.sync.patch(path, json={"privacy": "busy"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    read = await linked.sync.get(path)
    done = await linked.sync.patch(path, json={"privacy": "busy"}, headers={"If-Match": read.headers["ETag"]})
    assert done.json()["privacy"] == "busy"


async def test_a_new_level_of_privacy_reaches_the_events_that_are_there(linked: Practice) -> None:
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    path = f"{linked.path}/calendar-links/{linked.link}"
    for privacy, expected in (("busy", "Occupé"), ("full", "VACCIN")):
        version = {"If-Match": (await linked.sync.get(path)).headers["ETag"]}
        await linked.sync.patch(path, json={"privacy": privacy}, headers=version)
        await linked.cycle()
        assert [event["summary"] for event in linked.phone.sees()] == [expected]


async def test_every_change_of_a_link_is_one_event(linked: Practice) -> None:
    """PART-9; silent cycles tell nothing."""
    await linked.cycle()
    await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")
    told = [each["type"] for each in await linked.house.events("calendar-sync", linked.id)]
    assert [kind for kind, _same in groupby(told)] == [
        "calendar-sync.link.created",
        "calendar-sync.link.connected",
        "calendar-sync.cycle.requested",  # once or more: what is asked before a cycle begins is one
        "calendar-sync.link.deleted",
    ]


async def test_without_a_scope_there_is_no_access(linked: Practice) -> None:
    reader = linked.house.client("calendar-sync", linked.id, scopes=["calendar:read"])
    async with reader:
        answer = await reader.post(f"{linked.path}/calendar-links/{linked.link}/sync")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_a_calendar_that_is_not_there_cannot_be_linked(practice: Practice) -> None:
    for body in ({"calendar_id": str(uuid4())}, {"calendar_id": practice.owner}):
        answer = await practice.sync.post(f"{practice.path}/calendar-links", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_wrong_field_is_named(practice: Practice) -> None:
    body = {"calendar_id": practice.vet, "privacy": "secret", "colour": "red"}
    answer = await practice.sync.post(f"{practice.path}/calendar-links", json=body)
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/privacy", "/colour"}


async def test_a_caldav_calendar_is_not_named_before_it_is_found(practice: Practice) -> None:
    """What is asked for and would not be done is refused."""
    body = {"calendar_id": practice.vet, "provider": "caldav", "remote_calendar_id": "work"}
    answer = await practice.sync.post(f"{practice.path}/calendar-links", json=body)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/remote_calendar_id"]


async def test_a_link_says_how_its_calendar_is_called(practice: Practice) -> None:
    """For people: an id says nothing to them."""
    vet = practice.google.authorization.signed_in
    shared = practice.google.add_calendar("c1@group.calendar.google.com", vet, "Clinique")
    await practice.connect(remote_calendar_id=shared.id)
    assert (await practice.state())["remote_calendar_name"] == "Clinique"
