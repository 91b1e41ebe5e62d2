"""REM-10: what an owner withdraws without an account."""

from typing import Any
from uuid import uuid4

from agenda.conftest import Clinic


async def withdraw(clinic: Clinic, owner: str, **wish: Any) -> tuple[int, Any]:
    path = f"/internal/practices/{clinic.id}/owners/{owner}/consents"
    async with clinic.house.internal("agenda", clinic.id, caller="reminders") as reminders:
        answer = await reminders.post(path, json=wish)
    return answer.status_code, answer.json()


async def test_only_e_mail_is_withdrawn_and_told_once(clinic: Clinic) -> None:
    given = {"sms": True, "email": True, "letter": True, "phone": False}
    owner = (await clinic.make("owners", family_name="Plutôt", consents=given))["id"]
    for _twice in range(2):
        assert await withdraw(clinic, owner, email=False) == (200, given | {"email": False})
    kept = (await clinic.http.get(f"{clinic.path}/owners/{owner}")).json()
    assert (kept["consents"], kept["version"]) == (given | {"email": False}, 2)
    (told,) = [
        event
        for event in await clinic.house.events("agenda", clinic.id)
        if event["type"] == "agenda.owner.updated"
    ]
    assert told["data"]["after"]["consents"] == given | {"email": False}


async def test_nothing_is_given_this_way(clinic: Clinic) -> None:
    """Without an account nobody gives a consent, nor withdraws another one."""
    for wish in ({"email": True}, {"sms": False}, {}):
        assert (await withdraw(clinic, clinic.owner, **wish))[0] == 422


async def test_nobody_is_there_who_is_not(clinic: Clinic) -> None:
    assert (await withdraw(clinic, str(uuid4()), email=False))[0] == 404


async def test_it_is_no_route_for_keys(clinic: Clinic) -> None:
    path = f"/internal/practices/{clinic.id}/owners/{clinic.owner}/consents"
    assert (await clinic.http.post(path, json={"email": False})).status_code == 404
