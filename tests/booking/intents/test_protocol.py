"""PART-10 and the protocol across services: one effect per key, also when something dies in between."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import httpx
from booking.clinic import Clinic
from sqlalchemy import text

from vetagenda_booking.intents.jobs import BATCH, sweep
from vetagenda_booking.intents.rules import MOST_FAULTS

Where = Literal["no connection", "before", "after", "fault"]
START = "2026-03-04T10:00:00+01:00"


class Cut(httpx.AsyncBaseTransport):
    """The way to the agenda, cut for orders: there is no connection, it breaks before or after the order was
    carried out, or the agenda has a fault."""

    def __init__(self, real: httpx.AsyncBaseTransport, where: Where) -> None:
        self.real = real
        self.where = where

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "PUT":
            return await self.real.handle_async_request(request)
        if self.where == "no connection":
            raise httpx.ConnectError("cut")
        if self.where == "fault":
            return httpx.Response(500, json={"code": "internal-error", "title": "", "detail": ""})
        if self.where == "after":
            await self.real.handle_async_request(request)
        raise httpx.ReadError("cut")


@contextmanager
def cut(clinic: Clinic, where: Where) -> Iterator[None]:
    client: Any = clinic.house.services["booking"].peers._client("agenda")
    real = client._transport
    client._transport = Cut(real, where)
    try:
        yield
    finally:
        client._transport = real


async def pass_time(clinic: Clinic, seconds: int) -> None:
    """As if so much time had passed for open orders; less than nothing gives time to look at them."""
    async with clinic.house.services["booking"].db.jobs_writing() as session:
        earlier = text(
            "UPDATE intent SET next_try_at = next_try_at - make_interval(secs => :seconds),"
            " leased_until = leased_until - make_interval(secs => greatest(:seconds, 0))"
            " WHERE status IS NULL AND practice_id = :practice"
        )
        await session.execute(earlier, {"seconds": seconds, "practice": clinic.id})


async def end_leases(clinic: Clinic) -> None:
    """As if the lease of whoever died had passed."""
    await pass_time(clinic, 60)


async def received(clinic: Clinic) -> int:
    return (await clinic.events()).count("booking.request.received")


async def test_the_same_key_and_body_give_the_same_answer(clinic: Clinic) -> None:
    first = await clinic.book(START, key="k-1")
    second = await clinic.book(START, key="k-1")
    assert (first.status_code, second.status_code) == (201, 201), first.text
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert len(await clinic.appointments()) == 1


async def test_the_same_key_with_another_body_is_refused(clinic: Clinic) -> None:
    await clinic.book(START, key="k-1")
    other = await clinic.book("2026-03-04T10:20:00+01:00", key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


async def test_simultaneous_repeats_have_one_effect(clinic: Clinic) -> None:
    answers = await asyncio.gather(*(clinic.book(START, key="k-1") for _ in range(12)))
    stored = [each.json() for each in answers if each.status_code == 201]
    assert stored
    assert all(each == stored[0] for each in stored)
    assert {each.json()["code"] for each in answers if each.status_code != 201} <= {"idempotency-in-flight"}
    assert len(await clinic.appointments()) == 1
    assert await received(clinic) == 1


async def test_keys_belong_to_their_caller(clinic: Clinic) -> None:
    await clinic.book(START, key="k-1")
    async with clinic.house.client("booking", clinic.id, actor="another key") as other:
        body = clinic.booking("2026-03-04T10:20:00+01:00")
        path = clinic.path("/booking-requests")
        answer = await other.post(path, json=body, headers={"Idempotency-Key": "k-1"})
    assert answer.status_code == 201, answer.text


async def test_a_refused_booking_frees_its_key(clinic: Clinic) -> None:
    assert (await clinic.book("2026-03-04T13:00:00+01:00", key="k-1")).status_code == 409
    assert (await clinic.book(START, key="k-1")).status_code == 201


async def test_without_a_connection_nothing_is_left_to_finish(clinic: Clinic) -> None:
    with cut(clinic, "no connection"):
        answer = await clinic.book(START, key="k-1")
        assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
    await end_leases(clinic)
    await sweep(clinic.house.services["booking"])
    assert await clinic.appointments() == []
    assert (await clinic.book(START, key="k-1")).status_code == 201


async def test_an_order_that_never_arrived_is_finished_by_the_repeating_caller(clinic: Clinic) -> None:
    with cut(clinic, "before"):
        answer = await clinic.book(START, key="k-1")
        assert (answer.status_code, answer.json()["code"]) == (504, "service-timeout")
    assert await clinic.appointments() == []
    await pass_time(clinic, -60)
    early = await clinic.book(START, key="k-1")
    assert (early.status_code, early.json()["code"]) == (409, "idempotency-in-flight")
    await pass_time(clinic, 120)
    assert (await clinic.book(START, key="k-1")).status_code == 201
    assert len(await clinic.appointments()) == 1


async def test_an_order_whose_answer_was_lost_is_finished_by_the_sweeper(clinic: Clinic) -> None:
    with cut(clinic, "after"):
        assert (await clinic.book(START, key="k-1")).status_code == 504
    assert len(await clinic.appointments()) == 1
    assert await received(clinic) == 0
    await end_leases(clinic)
    await sweep(clinic.house.services["booking"])
    await sweep(clinic.house.services["booking"])
    assert await received(clinic) == 1
    answer = await clinic.book(START, key="k-1")
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (201, "true")
    [appointment] = await clinic.appointments()
    assert answer.json()["appointment_id"] == appointment["id"]


async def test_a_fault_of_the_agenda_leaves_the_intent_to_be_finished(clinic: Clinic) -> None:
    booking = clinic.house.services["booking"]
    with cut(clinic, "fault"):
        assert (await clinic.book(START, key="k-1")).status_code == 500
        await end_leases(clinic)
        await sweep(booking)
    assert await clinic.appointments() == []
    await end_leases(clinic)
    await sweep(booking)
    assert len(await clinic.appointments()) == 1
    assert (await clinic.book(START, key="k-1")).headers["idempotent-replayed"] == "true"


async def test_a_failing_order_is_tried_later_each_time_and_says_when(clinic: Clinic) -> None:
    with cut(clinic, "fault"):
        assert (await clinic.book(START, key="k-1")).status_code == 500
        for delay in (1, 2, 4, 8, 16):
            await pass_time(clinic, -60)
            waiting = await clinic.book(START, key="k-1")
            assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency-in-flight")
            assert delay + 50 <= int(waiting.headers["retry-after"]) <= delay + 60
            await pass_time(clinic, delay + 60)
            await sweep(clinic.house.services["booking"])
    await pass_time(clinic, 32)
    assert (await clinic.book(START, key="k-1")).status_code == 201


async def test_an_order_that_always_fails_is_given_up_and_says_so(clinic: Clinic) -> None:
    booking = clinic.house.services["booking"]
    with cut(clinic, "fault"):
        assert (await clinic.book(START, key="k-1", description="boite")).status_code == 500
        for _ in range(MOST_FAULTS - 1):
            await pass_time(clinic, 300)
            await sweep(booking)
    for _ in range(2):
        await sweep(booking)
        answer = await clinic.book(START, key="k-1", description="boite")
        assert (answer.status_code, answer.json()["code"]) == (500, "order-given-up")
        assert await clinic.appointments() == []
    assert (await clinic.book(START, key="k-2")).status_code == 201


class Poisoned(Cut):
    """The agenda has a fault at the first 50 orders, whenever they are told."""

    def __init__(self, real: httpx.AsyncBaseTransport) -> None:
        super().__init__(real, "fault")
        self.poison: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT" and len(self.poison) < BATCH:
            self.poison.add(request.url.path)
        if request.url.path in self.poison:
            return await super().handle_async_request(request)
        return await self.real.handle_async_request(request)


async def test_orders_that_fail_delay_nobody(clinic: Clinic) -> None:
    days = ("2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09")
    starts = [slot["start"] for day in days for slot in await clinic.slots(day)][: BATCH + 10]
    with cut(clinic, "before"):
        for start in starts:
            assert (await clinic.book(start)).status_code == 504
    client: Any = clinic.house.services["booking"].peers._client("agenda")
    real, client._transport = client._transport, Poisoned(client._transport)
    try:
        for _ in range(2):
            await pass_time(clinic, 3600)
            await sweep(clinic.house.services["booking"])
    finally:
        client._transport = real
    assert [each["start"] for each in await clinic.appointments()] == starts[BATCH:]
    await pass_time(clinic, 3600)
    await sweep(clinic.house.services["booking"])
    assert len(await clinic.appointments()) == len(starts)


async def test_the_sweeper_forgets_what_the_agenda_refuses(clinic: Clinic) -> None:
    with cut(clinic, "before"):
        await clinic.book(START, key="k-1", calendar_ids=[clinic.vets[0]])
    assert (await clinic.book(START, calendar_ids=[clinic.vets[0]])).status_code == 201
    await end_leases(clinic)
    await sweep(clinic.house.services["booking"])
    answer = await clinic.book(START, key="k-1", calendar_ids=[clinic.vets[0]])
    assert (answer.status_code, answer.json()["rule"]) == (409, "busy")
    assert len(await clinic.appointments()) == 1


async def test_intents_show_nothing_personal(clinic: Clinic) -> None:
    await clinic.book(START, key="k-1", description="boite depuis hier")
    async with clinic.house.services["booking"].db.jobs_reading() as session:
        rows = (await session.execute(text("SELECT intent::text FROM intent"))).scalars().all()
    assert rows
    assert "boite" not in "".join(rows)


async def test_every_kind_of_order_repeats_its_answer(clinic: Clinic) -> None:
    """PART-10: holds, accepting, cancelling and moving as well."""
    hold = {"appointment_type_id": clinic.types["VACCINATION"], "start": "2026-03-06T10:00:00+01:00"}
    request = (await clinic.book(START, "CHIRURGIE")).json()
    appointment = f"/appointments/{request['appointment_id']}"
    orders: list[tuple[str, dict[str, Any]]] = [
        ("/holds", hold),
        (f"/booking-requests/{request['id']}/accept", {}),
        (f"{appointment}/owner-reschedule", {"start": "2026-03-05T14:00:00+01:00"}),
        (f"{appointment}/owner-cancel", {}),
    ]
    for number, (path, body) in enumerate(orders):
        first = await clinic.post(path, body, key=f"k-{number}")
        assert first.is_success, first.text
        second = await clinic.post(path, body, key=f"k-{number}")
        assert (second.status_code, second.json()) == (first.status_code, first.json())
        assert second.headers["idempotent-replayed"] == "true"
    assert len([each for each in await clinic.events("agenda") if ".appointment." in each]) == 4
    assert (await clinic.events("agenda")).count("agenda.hold.placed") == 1
