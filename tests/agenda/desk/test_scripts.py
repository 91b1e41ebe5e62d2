"""Call scripts: every way through one leads somewhere (DESK-1)."""

import json
from typing import Any
from uuid import uuid4

import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import chosen, pointers

from vetagenda_agenda.desk.scripts import ScriptStep, check_steps
from vetagenda_kit.problems import InvalidRequest


def _step(step_id: str, *answers: str, then: str | None = None) -> dict[str, Any]:
    return {
        "id": step_id,
        "say": step_id,
        "answers": [{"label": f"to {each}", "next": each} for each in answers],
        "next": then,
    }


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([_step("a")], []),
        ([_step("a", "b", "c"), _step("b", then="c"), _step("c")], []),
        ([_step("a", "b"), _step("b", "a")], []),  # back to a question is no trap: somebody answers
        ([_step("a", "x")], ["/steps/0/answers/0/next"]),
        ([_step("a", then="x")], ["/steps/0/next"]),
        ([_step("a"), _step("b")], ["/steps/1"]),
        ([_step("a", then="a")], ["/steps/0/next"]),
        ([_step("a", then="b"), _step("b", then="a")], ["/steps/0/next", "/steps/1/next"]),
        ([_step("a", "a"), _step("a", "a")], ["/steps/1/id"]),
        ([{**_step("a", "b"), "next": "b"}, _step("b")], ["/steps/0/next"]),
    ],
)
def test_every_step_is_reached_and_ends(steps: list[dict[str, Any]], named: list[str]) -> None:
    parsed = [ScriptStep.model_validate_json(json.dumps(each)) for each in steps]
    if not named:
        check_steps(parsed)
        return
    with pytest.raises(InvalidRequest) as refused:
        check_steps(parsed)
    assert [each["pointer"] for each in refused.value.members["errors"]] == named


async def test_a_script_is_kept_with_its_actions(clinic: Clinic) -> None:
    link = await clinic.make("desk/links", title="Tarifs", url="https://clinic.example/tarifs")
    offer = {"does": "offer_slot", "appointment_type_id": clinic.vaccination}
    steps = [
        {
            "id": "reason",
            "say": "De quoi s'agit-il ?",
            "answers": [
                {"label": "Vaccin", "action": offer},
                {"label": "Urgence", "action": {"does": "transfer", "number": "01 44 55 66 77"}},
                {"label": "Prix", "next": "prices"},
            ],
        },
        {"id": "prices", "say": "Voici", "action": {"does": "open_link", "link_id": link["id"]}},
    ]
    made = await clinic.make("desk/scripts", name="Accueil", steps=steps)
    read = (await clinic.http.get(f"{clinic.path}/desk/scripts/{made['id']}")).json()
    assert read == made
    assert read["steps"][0]["answers"][0]["action"]["appointment_type_id"] == clinic.vaccination
    kept = await clinic.http.delete(f"{clinic.path}/desk/links/{link['id']}", headers={"If-Match": '"1"'})
    assert kept.status_code == 409
    assert "Accueil" in kept.json()["detail"]


@pytest.mark.parametrize(
    ("action", "at"),
    [
        ({"does": "offer_slot"}, "/steps/0/action"),
        ({"does": "transfer"}, "/steps/0/action"),
        ({"does": "open_link"}, "/steps/0/action"),
    ],
)
async def test_an_action_says_what_it_needs(clinic: Clinic, action: dict[str, str], at: str) -> None:
    body = {"name": "x", "steps": [{"id": "a", "say": "", "action": action}]}
    named = pointers(await clinic.http.post(f"{clinic.path}/desk/scripts", json=body))
    assert all(each.startswith(at) for each in named), named


async def test_an_action_on_what_does_not_exist_is_named(clinic: Clinic) -> None:
    action = {"does": "offer_slot", "appointment_type_id": str(uuid4())}
    body = {"name": "x", "steps": [{"id": "a", "say": "", "action": action}]}
    answer = await clinic.http.post(f"{clinic.path}/desk/scripts", json=body)
    assert answer.status_code == 404
    assert "/steps/0/action/appointment_type_id" in answer.json()["detail"]


async def test_a_link_shown_on_calls_stays_so(clinic: Clinic) -> None:
    link = await clinic.make("desk/links", title="Info", url="https://clinic.example", on_calls=True)
    await chosen(clinic, popup="link", link_id=link["id"])
    path = f"{clinic.path}/desk/links/{link['id']}"
    hidden = await clinic.http.patch(path, json={"on_calls": False}, headers={"If-Match": '"1"'})
    assert (hidden.status_code, hidden.json()["code"]) == (409, "shown-on-calls")
