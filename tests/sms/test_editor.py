"""SMS-1, SMS-4: `POST /v1/sms/segments`."""

from typing import Any

import pytest
from sms.desk import Desk


async def count(desk: Desk, body: Any) -> Any:
    async with desk.house.client("sms", desk.practice_id) as client:
        return await client.post("/v1/sms/segments", json=body)


async def test_the_editor_learns_everything_about_a_text(desk: Desk) -> None:
    answer = await count(desk, {"text": "L’intérêt"})
    assert answer.status_code == 200
    assert answer.json() == {
        "encoding": "ucs2",
        "units": 9,
        "segments": 1,
        "units_left": 61,
        "parts": ["L’intérêt"],
        "offending": [{"index": 1, "char": "’"}, {"index": 7, "char": "ê"}],
        "suggestion": None,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": ""}, {"encoding": "gsm7", "units": 0, "segments": 1, "units_left": 160, "parts": [""]}),
        ({"text": "a" * 161}, {"segments": 2, "parts": ["a" * 153, "a" * 8]}),
        ({"text": "]" * 153}, {"segments": 3, "units": 306}),
        ({"text": "Total 40 €"}, {"encoding": "gsm7", "units": 11, "offending": []}),
        (
            {"text": "Total 40 €", "profile": "forces_ucs2"},
            {"encoding": "ucs2", "units": 10, "units_left": 60, "offending": [{"index": 9, "char": "€"}]},
        ),
        ({"text": "«\u00a0Milou\u00a0»…"}, {"encoding": "ucs2", "suggestion": '" Milou "...'}),
        ({"text": "Plutot"}, {"segments": 1, "suggestion": None}),
    ],
)
async def test_texts(desk: Desk, body: dict[str, str], expected: dict[str, Any]) -> None:
    answer = (await count(desk, body)).json()
    assert {name: answer[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "a\x00"}, "/text"),
        ({"text": "a" * 40_001}, "/text"),
        ({"text": "a", "profile": "belgacom"}, "/profile"),
        ({"text": "a", "carrier": "x"}, "/carrier"),
        ({}, "/text"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, body: dict[str, str], pointer: str) -> None:
    answer = await count(desk, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
