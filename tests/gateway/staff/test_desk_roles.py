"""What each role may do at the desk (DESK-8)."""

from typing import Any

import pytest
from gateway.staff.conftest import Team

EVERYBODY = {"practice_account", "manager", "supervisor", "collaborator"}
DECIDE = {"practice_account", "manager"}
SCRIPT = {"name": "Accueil", "steps": [{"id": "hello", "say": "Bonjour"}]}
TABLE: list[tuple[str, str, Any, set[str]]] = [
    ("GET", "calls", None, EVERYBODY),
    ("GET", "settings", None, EVERYBODY),
    ("GET", "messages", None, EVERYBODY),
    ("GET", "contacts", None, EVERYBODY),
    ("GET", "call-backs", None, EVERYBODY),
    ("GET", "scripts", None, EVERYBODY),
    ("GET", "organisation-chart", None, EVERYBODY),
    ("POST", "messages", {"subject": "Fax"}, EVERYBODY),
    ("POST", "call-backs", {"phone": "+33612345678"}, EVERYBODY),
    ("PUT", "settings", {"popup": "messages"}, DECIDE),
    ("PUT", "custom-chart", {"columns": ["Qui"]}, DECIDE),
    ("POST", "scripts", SCRIPT, DECIDE),
    ("POST", "instructions", {"title": "x", "content": "x"}, DECIDE),
    ("POST", "links", {"title": "x", "url": "https://clinic.example"}, DECIDE),
    ("POST", "chart-lines", {"service": "x", "name": "x"}, DECIDE),
]


@pytest.mark.parametrize("role", sorted(EVERYBODY))
async def test_a_role_does_what_the_table_says_and_nothing_once_disabled(team: Team, role: str) -> None:
    person = await team.signed_in(role)
    async with person.client() as client:
        for method, path, body, may in TABLE:
            answer = await client.request(
                method, f"{team.path}/desk/{path}", json=body, headers={"If-Match": '"0"'}
            )
            assert answer.is_success == (role in may), f"{role} {method} {path}: {answer.text}"
            if role not in may:
                assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
        await team.patch(person, enabled=False)
        for method, path, body, _may in TABLE:
            refused = await client.request(method, f"{team.path}/desk/{path}", json=body)
            assert refused.status_code in (401, 404), f"{role} {method} {path}: {refused.status_code}"
