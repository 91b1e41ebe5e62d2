"""docs/booking-rules.md is true: its examples are judged as they stand there."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest

from vetagenda_booking.holds.promise import judge_held
from vetagenda_booking.owner_changes.moving import Move, move_of
from vetagenda_booking.profile.schemas import Profile
from vetagenda_booking.slots.facts import Wanted
from vetagenda_booking.slots.queries import Findings
from vetagenda_booking.slots.question import Offer, RuleCode
from vetagenda_booking.slots.rules import judge_stated
from vetagenda_booking.slots.taking import Verdict
from vetagenda_booking.tables import Hold

PAGE = Path(__file__).parents[3] / "docs" / "booking-rules.md"
EXAMPLES = [
    json.loads(block) for block in re.findall(r"```json example\n(.*?)```", PAGE.read_text(), re.DOTALL)
]
PRACTICE, *CASES = EXAMPLES
IDS = {name: UUID(int=n) for n, name in enumerate(("anna", "boris", "room", "type"), 1)}
NAMES = {value: name for name, value in IDS.items()}
TYPE: dict[str, Any] = {
    "id": str(IDS["type"]),
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "bookable_online": True,
    "species": None,
    "durations": {},
}


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def profile_of(example: dict[str, Any]) -> Profile:
    written = json.dumps(PRACTICE["profile"] | example.get("profile", {}))
    return Profile.model_validate_json(written.replace('"type"', f'"{IDS["type"]}"'))


def requirement(need: dict[str, Any]) -> dict[str, Any]:
    return {"kind": need["kind"], "any_of": [str(IDS[name]) for name in need.get("any_of", [])]}


def intervals(rows: list[Any]) -> list[list[int]]:
    return [[seconds(start) for start, _ in rows], [seconds(end) for _, end in rows]]


def availability(example: dict[str, Any]) -> dict[str, Any]:
    """What the agenda would have answered."""
    kind = TYPE | PRACTICE["type"] | example.get("type", {})
    taken = [example.get(kind, {}) for kind in ("busy", "closure", "absence")]
    busy = {name: [row for rows in taken for row in rows.get(name, [])] for name in ("anna", "boris", "room")}
    return {
        "now": example.get("now", PRACTICE["now"]),
        "time_zone": PRACTICE["time_zone"],
        "appointment_type": {
            **kind,
            "requires": [requirement(need) for need in kind["requires"]],
            "durations": [
                {"calendar_id": str(IDS[name]), "minutes": minutes}
                for name, minutes in kind["durations"].items()
            ],
        },
        "calendars": [
            {"id": str(IDS[name]), "kind": "room" if name == "room" else "practitioner"} for name in busy
        ],
        "busy": {str(IDS[name]): intervals(rows) for name, rows in busy.items()},
        "busy_by_kind": {
            kind: {str(IDS[name]): intervals(rows) for name, rows in example[kind].items()}
            for kind in ("closure", "absence")
            if kind in example
        },
        "starts": {
            str(IDS[name]): [seconds(start) for start in starts]
            for name, starts in example.get("starts", {}).items()
        },
        "starts_of_type": [seconds(start) for start in example.get("starts_of_type", [])],
    }


def wanted_by(example: dict[str, Any]) -> Wanted:
    inputs = example.get("inputs", {})
    return Wanted(
        IDS["type"],
        frozenset(IDS[name] for name in inputs.get("calendar_ids", [])),
        inputs.get("owner_kind"),
        frozenset({inputs["species"]} if "species" in inputs else ()),
        inputs.get("animal_count", 1),
        inputs.get("arrangement", "adjoining"),
    )


def held(example: dict[str, Any]) -> Hold:
    hold = {"animal_count": 1, "arrangement": "adjoining"} | example["hold"]
    for name in ("start", "end", "placed_at"):
        hold[name] = datetime.fromisoformat(hold[name])
    return Hold(**hold | {"calendar_ids": [IDS[name] for name in hold["calendar_ids"]]})


def move(example: dict[str, Any], findings: Findings) -> Move:
    """`animals` is how many there are."""
    moved = example["appointment"]
    appointment = {
        "id": str(UUID(int=9)),
        "appointment_type_id": str(IDS["type"]),
        "calendar_ids": [str(IDS[name]) for name in moved["calendar_ids"]],
        "owner_id": None,
        "animal_ids": ["an animal"] * moved.get("animals", 1),
        "start": moved["start"],
        "end": moved["end"],
    }
    return move_of(findings, {"appointment": appointment, "animals": []}, wanted_by(example).calendar_ids)


def verdict_of(example: dict[str, Any]) -> Verdict:
    """Of a booking; with `hold` of one with its token, with `appointment` of an owner's move of it."""
    start = datetime.fromisoformat(example.get("start", PRACTICE["start"]))
    findings = Findings(profile_of(example), availability(example), {})
    if "appointment" in example:
        return move(example, findings).judge(start)[1]
    question = findings.question(wanted_by(example))
    return judge_held(question, held(example)) if "hold" in example else judge_stated(question, start)[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_the_example_is_true(example: dict[str, Any]) -> None:
    verdict = verdict_of(example)
    if not isinstance(verdict, Offer):
        assert verdict.rule == example["answer"]
        return
    assert example["answer"] == "offered"
    assert [NAMES[each] for each in verdict.calendar_ids] == example.get("calendar_ids") or (
        "calendar_ids" not in example
    )
    assert "end" not in example or verdict.end == datetime.fromisoformat(example["end"])


def test_every_rule_has_an_example() -> None:
    assert {case["answer"] for case in CASES} == {*get_args(RuleCode), "offered"}
