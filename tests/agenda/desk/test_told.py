"""DESK-5: who is told of a change may be chosen where it is made; the event carries it."""

from typing import Any

import pytest
from agenda.conftest import Clinic

START, LATER = "2031-03-04T10:00:00Z", "2031-03-04T12:00:00Z"
TOLD = {"owner": ["email"], "practice": ["message", "fax"]}


async def told(clinic: Clinic) -> list[Any]:
    events = await clinic.house.events("agenda", clinic.id)
    return [each["data"]["told"] for each in events if ".appointment." in each["type"]]


async def change(clinic: Clinic, visit: str, how: str, **body: Any) -> None:
    answer = await clinic.http.post(f"{clinic.path}/appointments/{visit}/{how}", json=body)
    assert answer.status_code == 200, answer.text


async def test_each_add_move_and_cancel_says_it_for_itself(clinic: Clinic) -> None:
    visit = (await clinic.book(START, told=TOLD)).json()["id"]
    await change(clinic, visit, "reschedule", start=LATER, told={"owner": []})
    await change(clinic, visit, "reschedule", start=START)
    await change(clinic, visit, "cancel", told={"practice": ["sms"]})
    assert await told(clinic) == [
        TOLD,
        {"owner": [], "practice": None},
        None,
        {"owner": None, "practice": ["sms"]},
    ]


async def test_without_a_word_it_is_as_configured(clinic: Clinic) -> None:
    visit = (await clinic.book(START)).json()["id"]
    await change(clinic, visit, "cancel")
    assert await told(clinic) == [None, None]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"owner": ["message"]}, "/told/owner/0"),
        ({"practice": ["fax", "fax"]}, "/told/practice/1"),
        ({"everybody": []}, "/told/everybody"),
    ],
)
async def test_a_channel_that_there_is_not_is_named(
    clinic: Clinic, wrong: dict[str, Any], pointer: str
) -> None:
    answer = await clinic.book(START, told=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
