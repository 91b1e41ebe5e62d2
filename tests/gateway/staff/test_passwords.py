"""Passwords are checked off the event loop, and nobody's as long as somebody's."""

import asyncio
import time

import pytest

from vetagenda_gateway.sessions.passwords import Passwords


async def _seconds(passwords: Passwords, known: str | None) -> float:
    started = time.perf_counter()
    assert not await passwords.fits(known, "wrong password")
    return time.perf_counter() - started


async def test_an_unknown_account_takes_as_long_as_a_wrong_password() -> None:
    passwords = Passwords()
    known = await passwords.hash("the right password")
    await passwords.fits(None, "once, to make the hash of nobody")
    somebody = min([await _seconds(passwords, known) for _ in range(5)])
    nobody = min([await _seconds(passwords, None) for _ in range(5)])
    assert nobody > somebody / 2


async def test_other_requests_go_on_while_a_password_is_hashed() -> None:
    passwords = Passwords()
    hashing = asyncio.create_task(passwords.hash("the right password"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10


@pytest.mark.parametrize("known", [None, "", "$argon2id$broken"])
async def test_nothing_fits_what_is_no_hash(known: str | None) -> None:
    assert not await Passwords().fits(known, "nobody's password")
