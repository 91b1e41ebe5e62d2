"""PART-10: one key, one effect: for two at once, and for who never got the answer."""

import asyncio
import contextlib
from typing import Any
from uuid import uuid4

import httpx
import pytest
from agenda.conftest import Clinic
from harness import eventually
from sqlalchemy import text

START = "2027-03-02T10:00:00+01:00"


class Died(Exception):
    """The process ended at this moment."""


class DiesBeforeTheAnswer:
    """An app whose answers get lost: all that comes before the first byte of one has happened."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def lost(_message: Any) -> None:
            raise Died

        await self.app(scope, receive, lost)


def body(clinic: Clinic) -> dict[str, Any]:
    return {"calendar_ids": [clinic.vets[0]], "start": START, "appointment_type_id": clinic.vaccination}


async def appointments(clinic: Clinic) -> list[str]:
    items = (await clinic.http.get(f"{clinic.path}/appointments")).json()["items"]
    return [each["id"] for each in items]


@contextlib.asynccontextmanager
async def calendar_is_locked(clinic: Clinic) -> Any:
    """Somebody else is just booking there, so that whoever comes next waits in the middle of its work."""
    async with clinic.house.services["agenda"].db.jobs_writing() as session:
        lock = text("SELECT id FROM calendar WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": clinic.vets[0]})
        yield


async def is_waiting(clinic: Clinic) -> bool:
    async with clinic.house.services["agenda"].db.jobs_reading() as session:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"
        return bool(await session.scalar(text(waiting)))


async def test_of_two_in_flight_one_has_the_effect_and_the_other_hears_of_it(clinic: Clinic) -> None:
    key = {"Idempotency-Key": uuid4().hex}

    async def post() -> httpx.Response:
        return await clinic.http.post(f"{clinic.path}/appointments", json=body(clinic), headers=key)

    async with asyncio.TaskGroup() as group:
        async with calendar_is_locked(clinic):
            first = group.create_task(post())
            await eventually(lambda: is_waiting(clinic))
            second = await post()
        assert (second.status_code, second.json()["code"]) == (409, "idempotency-in-flight")
    made = first.result()
    assert made.status_code == 201, made.text
    again = await post()
    assert (again.status_code, again.json(), again.headers["ETag"]) == (
        201,
        made.json(),
        made.headers["ETag"],
    )
    assert await appointments(clinic) == [made.json()["id"]]


async def test_who_never_got_the_answer_gets_it_with_the_same_key(clinic: Clinic) -> None:
    """The transaction is committed, and the service dies before the first byte of the answer."""
    key = {"Idempotency-Key": uuid4().hex}
    token = clinic.house.client("agenda", clinic.id).auth
    dying = httpx.ASGITransport(app=DiesBeforeTheAnswer(clinic.house.apps["agenda"]))
    async with httpx.AsyncClient(transport=dying, base_url="http://platform", auth=token) as client:
        with pytest.raises(Died):
            await client.post(f"{clinic.path}/appointments", json=body(clinic), headers=key)
    (made,) = await appointments(clinic)
    again = await clinic.http.post(f"{clinic.path}/appointments", json=body(clinic), headers=key)
    assert (again.status_code, again.json()["id"]) == (201, made)
    assert again.headers["Location"].endswith(made)
    assert await appointments(clinic) == [made]
    events = await clinic.house.events("agenda", clinic.id)
    assert [each["type"] for each in events].count("agenda.appointment.booked") == 1


async def test_without_the_key_the_second_try_is_a_second_booking(clinic: Clinic) -> None:
    """The tests above would pass without any key if the time alone refused it."""
    first = await clinic.http.post(f"{clinic.path}/appointments", json=body(clinic))
    again = await clinic.http.post(f"{clinic.path}/appointments", json=body(clinic))
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "time-taken")
