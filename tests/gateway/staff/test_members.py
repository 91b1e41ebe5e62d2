"""Members of a practice: made, changed and removed; what each may holds from the next request on."""

from datetime import timedelta

import pytest
from gateway.staff.conftest import Team
from gateway.test_forwarding import problem
from harness import eventually

from vetagenda_gateway.sessions.rules import Refresh, judge
from vetagenda_gateway.staff.rules import SCOPES_OF, Role
from vetagenda_kit.caller import SCOPES
from vetagenda_kit.clock import system_now


async def test_a_member_is_added_listed_changed_and_removed(team: Team) -> None:
    person = await team.add("collaborator")
    member = person.members[team.practice]
    path = f"{team.path}/staff/{member['id']}"
    shown = await team.send("GET", path, key=team.key)
    assert shown.json() == member
    assert shown.headers["etag"] == '"1"'
    listed = (await team.send("GET", f"{team.path}/staff", key=team.key)).json()["items"]
    assert listed == [member]
    changes = {"name": "Chloé Durand", "role": "supervisor"}
    problem(await team.send("PATCH", path, changes, key=team.key), 428, "version-required")
    changed = await team.send("PATCH", path, changes, key=team.key, match='"1"')
    assert (changed.json()["name"], changed.json()["role"]) == ("Chloé Durand", "supervisor")
    stale = await team.send("PATCH", path, changes, key=team.key, match='"1"')
    problem(stale, 412, "stale-version")
    assert (await team.send("DELETE", path, key=team.key)).status_code == 204
    problem(await team.send("GET", path, key=team.key), 404, "not-found")


async def test_one_address_is_one_member_however_it_is_written(team: Team) -> None:
    person = await team.add("collaborator")
    again = {"email": person.email.upper(), "name": "Somebody", "role": "manager"}
    answer = await team.send("POST", f"{team.path}/staff", again, key=team.key)
    problem(answer, 409, "already-a-member")


async def test_a_person_has_the_role_of_the_practice_in_the_path(team: Team, other_team: Team) -> None:
    person = await team.signed_in("manager")
    await other_team.add("collaborator", email=person.email.upper())
    tokens = await person.sign_in()
    assert {each["practice_id"]: each["role"] for each in tokens["practices"]} == {
        str(team.practice): "manager",
        str(other_team.practice): "collaborator",
    }
    wanted = {"email": "new@example.org", "name": "New", "role": "collaborator"}
    async with person.client() as client:
        assert (await client.post(f"{team.path}/staff", json=wanted)).status_code == 201
        problem(await client.post(f"{other_team.path}/staff", json=wanted), 403, "scope-missing")
        assert (await client.get(f"{other_team.path}/owners")).status_code == 200


async def test_nobody_is_seen_across_practices(team: Team, other_team: Team) -> None:
    person = await team.signed_in("manager")
    problem(await person.get(other_team.path), 404, "not-found")
    path = f"{other_team.path}/staff/{person.members[team.practice]['id']}"
    problem(await team.send("GET", path, key=other_team.key), 404, "not-found")
    problem(await team.send("DELETE", path, key=other_team.key), 404, "not-found")
    assert (await person.get(team.path)).status_code == 200


@pytest.mark.parametrize("how", ["disable", "remove"])
async def test_who_is_disabled_or_removed_is_out_at_the_next_request(team: Team, how: str) -> None:
    person = await team.signed_in("collaborator")
    assert (await person.get(team.path)).status_code == 200
    if how == "disable":
        await team.patch(person, enabled=False)
    else:
        path = f"{team.path}/staff/{person.members[team.practice]['id']}"
        assert (await team.send("DELETE", path, key=team.key)).status_code == 204
    problem(await person.get(team.path), 401, "unauthenticated")
    refresh = {"refresh_token": person.tokens["refresh_token"]}
    problem(await team.send("POST", "/v1/sessions/refresh", refresh), 401, "session-ended")
    known = {"email": person.email, "password": "correct horse battery"}
    problem(await team.send("POST", "/v1/sessions", known), 401, "sign-in-refused")


async def test_another_role_holds_at_the_next_request(team: Team) -> None:
    person = await team.signed_in("collaborator")
    problem(await person.get(f"{team.path}/access-log"), 403, "scope-missing")
    await team.patch(person, role="supervisor")
    assert (await person.get(f"{team.path}/access-log")).status_code == 200


async def test_nobody_grants_changes_or_ends_more_than_they_hold(team: Team) -> None:
    manager = await team.signed_in("manager")
    boss = await team.add("practice_account")
    wanted = {"email": "x@example.org", "name": "X", "role": "practice_account"}
    path = f"{team.path}/staff/{boss.members[team.practice]['id']}"
    async with manager.client() as client:
        told = problem(await client.post(f"{team.path}/staff", json=wanted), 403, "scope-missing")
        assert told["scope"] == "keys:write"
        match = {"If-Match": "*"}
        demoted = await client.patch(path, json={"role": "collaborator"}, headers=match)
        problem(demoted, 403, "scope-missing")
        problem(await client.delete(path), 403, "scope-missing")
        own = f"{team.path}/staff/{manager.members[team.practice]['id']}"
        raised = await client.patch(own, json={"role": "practice_account"}, headers=match)
        problem(raised, 403, "scope-missing")


async def test_what_hangs_on_a_key_is_not_for_people_and_the_other_way_round(team: Team) -> None:
    person = await team.signed_in("practice_account")
    order = {"practices": [str(team.practice)], "scopes": ["agenda:read"]}
    async with person.client() as client:
        problem(await client.post("/v1/keys", json=order), 403, "needs-a-key")
        hook = {"url": "https://example.org/hook"}
        problem(await client.post(f"{team.path}/webhook-endpoints", json=hook), 403, "needs-a-key")
    problem(await team.send("GET", "/v1/sessions/self", key=team.key), 403, "needs-a-session")


async def test_changes_are_told_with_ids_only_and_what_people_do_has_them_as_actor(team: Team) -> None:
    person = await team.signed_in("collaborator")
    await team.patch(person, role="supervisor")
    member = person.members[team.practice]
    await team.patch(person, role="collaborator")
    async with person.client() as client:
        answer = await client.post(f"{team.path}/owners", json={"family_name": "Durand"})
        assert answer.status_code == 201, answer.text
    path = f"{team.path}/staff/{member['id']}"
    assert (await team.send("DELETE", path, key=team.key)).status_code == 204

    async def all_told() -> list[dict[str, object]] | None:
        feed = await team.send("GET", f"{team.path}/events", key=team.key)
        items: list[dict[str, object]] = feed.json()["items"]
        types = [each["type"] for each in items]
        there = "gateway.staff-member.removed" in types and "agenda.owner.created" in types
        return items if there else None

    items = await eventually(all_told)
    told = [each for each in items if str(each["type"]).startswith("gateway.staff-member")]
    assert [str(each["type"]).rpartition(".")[2] for each in told] == [
        "added",
        "updated",
        "updated",
        "removed",
    ]
    assert {each["data"]["account_id"] for each in told} == {member["account_id"]}
    (made,) = [each for each in items if each["type"] == "agenda.owner.created"]
    actor = made["data"]["actor"]
    assert (actor["kind"], actor["id"]) == ("user", member["account_id"])
    assert person.email not in str(told)


async def test_the_access_log_names_the_person(team: Team) -> None:
    person = await team.signed_in("collaborator")
    await person.get(f"{team.path}/owners")
    account = person.members[team.practice]["account_id"]

    async def noted() -> bool:
        path = f"{team.path}/access-log?actor_id={account}"
        items = (await team.send("GET", path, key=team.key)).json()["items"]
        return [(each["actor_kind"], each["route"]) for each in items] == [
            ("user", "/v1/practices/{practice_id}/owners")
        ]

    await eventually(noted)


def test_roles_lie_within_one_another_and_none_is_the_operators() -> None:
    account, manager = SCOPES_OF[Role.PRACTICE_ACCOUNT], SCOPES_OF[Role.MANAGER]
    assert account == SCOPES - {"admin"}
    assert account - manager == {"keys:write"}
    for role in (Role.SUPERVISOR, Role.COLLABORATOR):
        assert SCOPES_OF[role] < manager
    assert {each for each in SCOPES_OF[Role.SUPERVISOR] if each.endswith(":write")} == {"desk:write"}
    assert not SCOPES_OF[Role.COLLABORATOR] & {"practice:write", "keys:read", "webhooks:write"}


@pytest.mark.parametrize(
    ("shown", "seconds", "verdict"),
    [
        (3, 10_000, Refresh.ROTATE),
        (2, 0, Refresh.REPEAT),
        (2, 30, Refresh.REPEAT),
        (2, 31, Refresh.END),
        (1, 0, Refresh.END),
    ],
)
def test_what_a_refresh_token_does(shown: int, seconds: int, verdict: Refresh) -> None:
    now = system_now()
    assert judge(shown, 3, now - timedelta(seconds=seconds), now) is verdict
