"""What a practice decides is made, read, changed and taken out of use, each told once (DESK-1, DESK-2)."""

from typing import Any

import pytest
from agenda.conftest import Clinic

KINDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "scripts": ("script", {"name": "Accueil", "steps": [{"id": "a", "say": "Bonjour"}]}, {"name": "Soir"}),
    "instructions": ("instruction", {"title": "Urgences", "content": "Au 15"}, {"content": "Au 112"}),
    "links": ("desk-link", {"title": "Plan", "url": "https://clinic.example/plan"}, {"page": "outside"}),
    "chart-lines": ("chart-line", {"service": "Accueil", "name": "Mme Roy"}, {"shared": True}),
}


@pytest.mark.parametrize("path", KINDS)
async def test_its_life_is_told(clinic: Clinic, path: str) -> None:
    noun, body, patch = KINDS[path]
    made = await clinic.make(f"desk/{path}", **body)
    one = f"{clinic.path}/desk/{path}/{made['id']}"
    changed = await clinic.http.patch(one, json=patch, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert {**made, **patch, "version": 2} == changed.json()
    listed = (await clinic.http.get(f"{clinic.path}/desk/{path}")).json()["items"]
    assert listed == [changed.json()]
    assert (await clinic.http.delete(one, headers={"If-Match": '"2"'})).status_code == 204
    assert (await clinic.http.get(one)).status_code == 404
    told = [each for each in await clinic.house.events("agenda", clinic.id) if each["subject"] == made["id"]]
    assert [each["type"] for each in told] == [
        f"agenda.{noun}.{done}" for done in ("created", "updated", "deleted")
    ]
    words = next(each for each in body.values() if isinstance(each, str))
    assert words not in str(told)


@pytest.mark.parametrize(
    ("path", "body", "at"),
    [
        ("links", {"title": "x", "url": "javascript:alert(1)"}, "/url"),
        ("links", {"title": "", "url": "https://x.example"}, "/title"),
        ("chart-lines", {"service": "x", "name": "x", "email": "nobody"}, "/email"),
        ("scripts", {"name": "x", "steps": []}, "/steps"),
        (
            "instructions",
            {"title": "x", "content": "", "from_at": "2031-03-05T00:00:00Z", "until": "2031-03-04T00:00:00Z"},
            "/until",
        ),
    ],
)
async def test_what_is_wrong_is_named(clinic: Clinic, path: str, body: dict[str, Any], at: str) -> None:
    answer = await clinic.http.post(f"{clinic.path}/desk/{path}", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == at
