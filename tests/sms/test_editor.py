"""SMS-1, SMS-4: `POST /v1/sms/segments`."""

from typing import Any

import pytest
from sms.desk import Desk


async def count(desk: Desk, body: Any) -> Any:
    async with desk.house.client("sms", desk.practice_id) as client:
        return await client.post("/v1/sms/segments", json=body)


async def test_the_editor_learns_everything_about_a_text(desk: Desk) -> None:
    """SMS-4."""
    answer = await count(desk, {"text": "L’intérêt"})
    assert answer.status_code == 200
    signs = {"index": 1, "original": "’", "replacement": "'"}
    accent = {"index": 2, "original": "intérêt", "replacement": "intéret"}
    assert answer.json() == {
        "encoding": "ucs2",
        "units": 9,
        "segments": 1,
        "units_left": 61,
        "max_segments": 255,
        "parts": ["L’intérêt"],
        "offending": [
            {"index": 1, "char": "’", "codepoint": "U+2019", "name": "RIGHT SINGLE QUOTATION MARK"},
            {
                "index": 7,
                "char": "ê",
                "codepoint": "U+00EA",
                "name": "LATIN SMALL LETTER E WITH CIRCUMFLEX",
            },
        ],
        "dropped": [],
        "rewritten": False,
        "suggestion": None,
        "suggestions": [
            {
                "kind": "typography",
                "changes": [signs],
                "changes_meaning": False,
                "text": "L'intérêt",
                "encoding": "ucs2",
                "segments": 1,
            },
            {
                "kind": "accent",
                "changes": [accent],
                "changes_meaning": False,
                "text": "L'intéret",
                "encoding": "gsm7",
                "segments": 1,
            },
        ],
    }


async def test_a_word_that_becomes_another_is_marked(desk: Desk) -> None:
    """SMS-4: fasting is not young."""
    answer = (await count(desk, {"text": "Milou doit être à jeun : le jeûne dure 12 h"})).json()
    assert [(each["changes_meaning"], each["encoding"]) for each in answer["suggestions"]] == [
        (False, "ucs2"),
        (True, "gsm7"),
    ]
    assert (answer["encoding"], answer["suggestion"], answer["rewritten"]) == ("ucs2", None, False)


@pytest.mark.parametrize(
    ("text", "rewritten", "parts"),
    [
        ("L’été… à 10\u202fh", True, ["L'été... à 10 h"]),
        ("L’intérêt", False, ["L’intérêt"]),
        ("L'été", False, ["L'été"]),
    ],
)
async def test_signs_are_rewritten_on_request_all_or_none(
    desk: Desk, text: str, rewritten: bool, parts: list[str]
) -> None:
    """SMS-4: only if that brings the text into GSM-7, and never a letter."""
    answer = (await count(desk, {"text": text, "rewrite": "typography"})).json()
    assert (answer["rewritten"], answer["parts"]) == (rewritten, parts)


async def test_every_carrier_counts_in_its_own_way(desk: Desk) -> None:
    """SMS-1."""
    family = "ê" * 60 + "👨‍👩‍👧‍👦"
    expected = {
        "standard": ("a" * 150, 1),
        "ovh_marketing": ("a" * 150, 2),
        "standard_16_bit": ("a" * 306, 3),
        "drops_extension": ("a" * 160 + "€", 1),
    }
    for profile, (text, segments) in expected.items():
        answer = (await count(desk, {"text": text, "profile": profile})).json()
        assert (profile, answer["segments"]) == (profile, segments)
    cut = [(await count(desk, {"text": family, "profile": name})).json() for name in ("standard", "twilio")]
    assert [len(each["parts"][0]) for each in cut] == [64, 60]


async def test_what_does_not_arrive_is_told(desk: Desk) -> None:
    """SMS-1."""
    answer = (await count(desk, {"text": "40 €", "profile": "drops_extension"})).json()
    assert (answer["parts"], answer["units"]) == (["40 "], 3)
    assert answer["dropped"] == [{"index": 3, "char": "€", "codepoint": "U+20AC", "name": "EURO SIGN"}]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": ""}, {"encoding": "gsm7", "units": 0, "segments": 1, "units_left": 160, "parts": [""]}),
        ({"text": "a" * 161}, {"segments": 2, "parts": ["a" * 153, "a" * 8]}),
        ({"text": "]" * 153}, {"segments": 3, "units": 306}),
        ({"text": "Total 40 €"}, {"encoding": "gsm7", "units": 11, "offending": []}),
        (
            {"text": "Total 40 €", "profile": "forces_ucs2"},
            {"encoding": "ucs2", "units": 10, "units_left": 60},
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
        ({"text": "a", "rewrite": "accents"}, "/rewrite"),
        ({}, "/text"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, body: dict[str, str], pointer: str) -> None:
    answer = await count(desk, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
