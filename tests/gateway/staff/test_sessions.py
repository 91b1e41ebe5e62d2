"""People sign in, go on and sign out (DESK-8)."""

import asyncio
import logging
import unicodedata
from datetime import timedelta

import httpx
import pytest
from argon2 import PasswordHasher
from gateway.conftest import second_door
from gateway.staff.conftest import PASSWORD, Person, Team
from gateway.test_forwarding import problem
from harness import eventually
from sqlalchemy import text, update

from vetagenda_gateway.sessions import rules
from vetagenda_gateway.sessions.throttle import Throttle
from vetagenda_gateway.tables import staff_account, staff_link, staff_session, staff_token
from vetagenda_kit.clock import system_now
from vetagenda_kit.problems import RateLimited


async def refreshed(person: Person, token: str) -> httpx.Response:
    return await person.team.send("POST", "/v1/sessions/refresh", {"refresh_token": token})


async def works(person: Person, access: str | None = None) -> int:
    async with person.client(access) as client:
        return (await client.get(person.team.path)).status_code


async def test_a_new_member_signs_in_by_link_sets_a_password_and_signs_in_with_it(team: Team) -> None:
    person = await team.add("collaborator")
    by_link = await person.sign_in(token=await person.link())
    assert by_link["account"]["has_password"] is False
    assert by_link["expires_in"] == 600
    async with person.client() as client:
        answer = await client.put("/v1/sessions/self/password", json={"password": PASSWORD})
    assert answer.status_code == 204, answer.text
    tokens = await person.sign_in(email=person.email.upper(), password=PASSWORD)
    assert tokens["account"]["name"] == "Chloé Martin"
    (there,) = tokens["practices"]
    assert (there["practice_id"], there["role"]) == (str(team.practice), "collaborator")
    assert "agenda:write" in there["scopes"]
    assert (await person.get(team.path)).json()["name"] == "Clinique du Port"
    own = (await person.get("/v1/sessions/self")).json()
    assert own["account"]["email"] == person.email
    assert own["practices"] == tokens["practices"]


async def test_a_link_signs_in_once(team: Team) -> None:
    person = await team.add("collaborator")
    link = await person.link()
    await person.sign_in(token=link)
    problem(await team.send("POST", "/v1/sessions", {"token": link}), 401, "sign-in-refused")


async def test_a_link_is_good_for_fifteen_minutes(team: Team) -> None:
    person = await team.add("collaborator")
    link = await person.link()
    async with team.front.database.jobs_writing() as session:
        await session.execute(update(staff_link).values(expires_at=system_now() - timedelta(seconds=1)))
    problem(await team.send("POST", "/v1/sessions", {"token": link}), 401, "sign-in-refused")


async def test_asking_for_a_link_tells_nothing_and_writes_to_no_stranger(team: Team) -> None:
    stranger = "nobody@example.org"
    answer = await team.send("POST", "/v1/sessions/links", {"email": stranger})
    known = await team.send("POST", "/v1/sessions/links", {"email": (await team.add("manager")).email})
    assert (answer.status_code, answer.content) == (known.status_code, known.content) == (202, b"null")

    async def nothing_waits() -> bool:
        async with team.front.database.jobs_reading() as session:
            waiting = "SELECT count(*) FROM staff_link WHERE sealed IS NOT NULL"
            return bool(await session.scalar(text(waiting)) == 0)

    await eventually(nothing_waits)
    assert not team.post.to(stranger)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(team: Team) -> None:
    person = await team.signed_in("collaborator")
    told = []
    for email, password in ((person.email, "wrong password"), ("nobody@example.org", PASSWORD)):
        answer = await team.send("POST", "/v1/sessions", {"email": email, "password": password})
        problem(answer, 401, "sign-in-refused")
        told.append({**answer.json(), "request_id": ""})
    assert told[0] == told[1]


async def test_right_passwords_are_not_counted(team: Team) -> None:
    person = await team.signed_in("collaborator")
    right = {"email": person.email, "password": PASSWORD}
    answers = [await team.send("POST", "/v1/sessions", right) for _ in range(12)]
    assert {each.status_code for each in answers} == {201}


def test_a_strangers_tries_lock_nobody_out_where_they_have_signed_in_before() -> None:
    throttle, email, home, elsewhere = Throttle(10, 30), "chloe@example.org", "192.0.2.7", "203.0.113.9"
    throttle.note_signed_in(email, home)
    for _ in range(10):
        throttle.count_password(email, elsewhere)
    with pytest.raises(RateLimited):
        throttle.count_password(email.upper(), elsewhere)
    throttle.count_link(email, elsewhere)
    throttle.count_password(email, home)
    for _ in range(3):
        throttle.count_link(email, home)
    with pytest.raises(RateLimited):
        throttle.count_link(email, home)


async def test_too_many_tries_have_to_wait_but_a_link_still_comes(team: Team) -> None:
    person = await team.signed_in("collaborator")
    wrong = {"email": person.email, "password": "wrong password"}
    answers = [await team.send("POST", "/v1/sessions", wrong) for _ in range(11)]
    assert [each.status_code for each in answers[:10]] == [401] * 10
    problem(answers[10], 429, "rate-limited")
    assert int(answers[10].headers["retry-after"]) > 0
    right = {"email": person.email.upper(), "password": PASSWORD}
    problem(await team.send("POST", "/v1/sessions", right), 429, "rate-limited")
    await person.sign_in(token=await person.link())


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "CHLOÉ MARTIN", "Password123"])
async def test_a_password_is_long_and_not_ones_name(team: Team, password: str) -> None:
    person = await team.signed_in("collaborator")
    async with person.client() as client:
        answer = await client.put("/v1/sessions/self/password", json={"password": password})
    errors = problem(answer, 422, "invalid-request")["errors"]
    assert [each["pointer"] for each in errors] == ["/password"]  # type: ignore[attr-defined]


async def test_changing_the_password_needs_the_current_one_and_ends_other_sessions(team: Team) -> None:
    person = await team.signed_in("collaborator")
    former = (await person.sign_in())["access_token"]
    assert await works(person, former) == 200
    await person.sign_in()
    new = {"password": "another good password"}
    async with person.client() as client:
        path = "/v1/sessions/self/password"
        problem(await client.put(path, json=new), 403, "password-needed")
        wrong = await client.put(path, json=new | {"current_password": "not this one"})
        problem(wrong, 403, "password-needed")
        answer = await client.put(path, json=new | {"current_password": PASSWORD})
        assert answer.status_code == 204, answer.text
    assert await works(person, former) == 401
    assert await works(person) == 200
    gone = await team.send("POST", "/v1/sessions", {"email": person.email, "password": PASSWORD})
    problem(gone, 401, "sign-in-refused")


async def test_a_refresh_token_is_good_for_one_refresh(team: Team) -> None:
    person = await team.signed_in("collaborator")
    first = (await person.sign_in())["refresh_token"]
    second = (await refreshed(person, first)).json()
    assert await works(person, second["access_token"]) == 200
    third = (await refreshed(person, second["refresh_token"])).json()
    problem(await refreshed(person, first), 401, "session-ended")
    assert await works(person, third["access_token"]) == 401
    problem(await refreshed(person, third["refresh_token"]), 401, "session-ended")


async def test_a_lost_answer_can_be_asked_for_again_at_once_but_not_later(team: Team) -> None:
    person = await team.signed_in("collaborator")
    first = (await person.sign_in())["refresh_token"]
    lost = (await refreshed(person, first)).json()
    again = await refreshed(person, first)
    assert again.status_code == 200, again.text
    assert again.json()["refresh_token"] != lost["refresh_token"]
    async with team.front.database.jobs_writing() as session:
        former = system_now() - rules.GRACE - timedelta(seconds=1)
        await session.execute(update(staff_session).values(rotated_at=former))
    problem(await refreshed(person, first), 401, "session-ended")
    assert await works(person, again.json()["access_token"]) == 401


async def test_two_refreshes_at_once_both_get_tokens(team: Team) -> None:
    person = await team.signed_in("collaborator")
    token = (await person.sign_in())["refresh_token"]
    answers = await asyncio.gather(*(refreshed(person, token) for _ in range(4)))
    assert [each.status_code for each in answers] == [200] * 4
    assert len({each.json()["access_token"] for each in answers}) == 4


async def test_signing_out_ends_every_token_at_every_door(team: Team) -> None:
    person = await team.signed_in("collaborator")
    async with second_door(team.front) as url, httpx.AsyncClient(base_url=url) as elsewhere:
        bearer = {"Authorization": f"Bearer {person.tokens['access_token']}"}
        for _ in range(2):
            assert (await elsewhere.get(team.path, headers=bearer)).status_code == 200
        async with person.client() as client:
            assert (await client.delete("/v1/sessions/self")).status_code == 204
        assert await works(person) == 401

        async def ended() -> bool:
            return (await elsewhere.get(team.path, headers=bearer)).status_code == 401

        await eventually(ended, seconds=2)
    problem(await refreshed(person, person.tokens["refresh_token"]), 401, "session-ended")


async def test_an_access_token_expires_and_a_refresh_goes_on(team: Team) -> None:
    person = await team.signed_in("collaborator")
    await person.sign_in()
    async with team.front.database.jobs_writing() as session:
        access = staff_token.c.generation.is_(None)
        past = system_now() - timedelta(seconds=1)
        await session.execute(update(staff_token).where(access).values(expires_at=past))
    assert await works(person) == 401
    person.tokens = (await refreshed(person, person.tokens["refresh_token"])).json()
    assert await works(person) == 200


async def test_links_are_fewer_each_is_an_email(team: Team) -> None:
    order = {"email": "somebody@example.org"}
    answers = [await team.send("POST", "/v1/sessions/links", order) for _ in range(4)]
    assert [each.status_code for each in answers] == [202, 202, 202, 429]
    assert int(answers[3].headers["retry-after"]) > 60


async def test_a_letter_in_two_signs_is_the_same_letter(team: Team) -> None:
    person = await team.signed_in("collaborator")
    async with person.client() as client:
        new = {"password": "épaules d'été", "current_password": PASSWORD}
        assert (await client.put("/v1/sessions/self/password", json=new)).status_code == 204
    await person.sign_in(email=person.email, password=unicodedata.normalize("NFD", "épaules d'été"))


async def test_no_practice_sees_what_lies_above_practices(team: Team) -> None:
    await team.signed_in("collaborator")
    async with team.front.database.reading([team.practice]) as session:
        for table in ("staff_account", "staff_session", "staff_token", "staff_link"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
        assert await session.scalar(text("SELECT count(*) FROM staff_member")) == 1


async def test_a_hash_with_former_parameters_is_made_anew(team: Team) -> None:
    person = await team.signed_in("collaborator")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with team.front.database.jobs_writing() as session:
        mine = staff_account.c.email == person.email
        await session.execute(update(staff_account).where(mine).values(password_hash=weak))
    for _ in range(2):
        await person.sign_in()
    async with team.front.database.jobs_reading() as session:
        query = text("SELECT password_hash FROM staff_account WHERE email = :email")
        kept = await session.scalar(query, {"email": person.email})
    assert str(kept).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_nothing_secret_or_personal_is_stored_told_or_logged(
    team: Team, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The mailbox's own log aside: it says what arrives."""
    caplog.set_level(logging.DEBUG)
    person = await team.signed_in("collaborator")
    link = await person.link()
    tokens = await person.sign_in()
    async with team.front.database.jobs_reading() as session:
        for table in ("staff_account", "staff_session", "staff_token", "staff_link", "outbox"):
            rows = (await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars()
            found = "\n".join(rows)
            secrets = (link, tokens["access_token"], tokens["refresh_token"], PASSWORD)
            assert not [each for each in secrets if each in found], table
            assert table == "staff_account" or person.email not in found, table
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith(("mail", "http"))]
    said = "\n".join(ours) + "".join(capfd.readouterr())
    assert person.email not in said
    assert "Chloé" not in said
