"""SMS-3, SMS-6: what a practice chooses for its SMS."""

from typing import Any

import httpx
import pytest
from sms.desk import Desk

from vetagenda_sms.senders.rules import checked_name

DEFAULTS = {
    "at_limit": "overage",
    "sender": None,
    "texts_kept_days": 30,
    "price_per_segment": None,
    "currency": None,
    "subdivision": None,
}


async def put(desk: Desk, body: dict[str, Any], **headers: str) -> httpx.Response:
    async with desk.house.client("sms", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}/sms/settings"
        return await client.put(path, json=body, headers=headers)


async def get(desk: Desk) -> httpx.Response:
    async with desk.house.client("sms", desk.practice_id) as client:
        return await client.get(f"/v1/practices/{desk.practice_id}/sms/settings")


@pytest.mark.parametrize("sender", ["VET", "Clinique 75", "3 Chiens", "a1b", "CabinetDupo"])
def test_a_sender_that_networks_take(sender: str) -> None:
    """SMS-6: 3 to 11 of A-Z a-z 0-9 and space, with a letter."""
    assert checked_name(sender) == sender


@pytest.mark.parametrize(
    "sender",
    ["", "VE", "CliniqueDuParc", "36111", "123 456", "Vétos", "Vet-75", " VET", "VET ", "VET\n", "ＶＥＴ"],
)
def test_a_sender_that_they_do_not_take(sender: str) -> None:
    """SMS-6."""
    with pytest.raises(ValueError, match="are expected"):
        checked_name(sender)


async def test_the_defaults_hold_before_anything_is_chosen(desk: Desk) -> None:
    """SMS-3."""
    answer = await get(desk)
    assert (answer.json(), answer.headers["etag"]) == (DEFAULTS, '"0"')


async def test_choices_are_kept_and_told_with_what_was_before(desk: Desk) -> None:
    """SMS-3, SMS-6."""
    chosen = DEFAULTS | {
        "at_limit": "block",
        "sender": "Clinique 75",
        "texts_kept_days": 7,
        "price_per_segment": "0.045",
        "currency": "EUR",
        "subdivision": "6AE",
    }
    first = await put(desk, chosen)
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert (await get(desk)).json() == chosen
    again = await put(desk, {"at_limit": "overage"}, **{"If-Match": '"1"'})
    assert (again.json(), again.headers["etag"]) == (DEFAULTS, '"2"')
    said = await desk.told("sms.settings.updated")
    assert [each["before"] and each["before"]["at_limit"] for each in said] == [None, "block"]
    assert [each["after"]["texts_kept_days"] for each in said] == [7, 30]
    assert "sender" in said[0]["fields"]
    assert "Clinique" not in str(said), "a text is no matter of events"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"at_limit": "wait"}, "/at_limit"),
        ({"sender": "36111"}, "/sender"),
        ({"sender": "Vé"}, "/sender"),
        ({"texts_kept_days": 6}, "/texts_kept_days"),
        ({"texts_kept_days": 366}, "/texts_kept_days"),
        ({"price_per_segment": -1, "currency": "EUR"}, "/price_per_segment"),
        *(
            ({"price_per_segment": price, "currency": "EUR"}, "/price_per_segment")
            for price in ("٠.٠٤", "０.０４", "०.०४", "0,045", "1e-2", "NaN", "1_0", " 1", "+1", "1\n", "")
        ),
        ({"price_per_segment": 0.04}, ""),
        ({"currency": "euro"}, "/currency"),
        ({"subdivision": "BY"}, "/subdivision"),
        ({"quota": 5}, "/quota"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, body: dict[str, Any], pointer: str) -> None:
    """SMS-6."""
    answer = await put(desk, body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_who_has_seen_an_older_version_overwrites_nothing(desk: Desk) -> None:
    """SMS-3."""
    await put(desk, {"at_limit": "block"})
    assert (await put(desk, {})).status_code == 428
    assert (await put(desk, {}, **{"If-Match": '"0"'})).status_code == 412
    assert (await get(desk)).json()["at_limit"] == "block"
