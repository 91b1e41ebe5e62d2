"""SMS-5: whom the practice may write to, in pages of plain rows."""

from typing import Any
from uuid import UUID, uuid4

from agenda.conftest import Clinic

AGREED = {"sms": True, "email": False, "letter": False, "phone": False}


async def page(clinic: Clinic, practice_id: UUID | None = None, **params: Any) -> tuple[int, Any]:
    path = f"/internal/practices/{practice_id or clinic.id}/owners/sms-recipients"
    async with clinic.house.internal("agenda", practice_id or clinic.id, caller="sms") as sms:
        answer = await sms.get(path, params=params)
    return answer.status_code, answer.json()


async def owner(clinic: Clinic, name: str, *animals: str, **fields: Any) -> tuple[str, list[str]]:
    usual = {"phone": "06 12 34 56 78", "consents": AGREED}
    owner_id = (await clinic.make("owners", family_name=name, **(usual | fields)))["id"]
    made = [await clinic.make("animals", owner_id=owner_id, name=each) for each in animals]
    return owner_id, [each["id"] for each in made]


async def test_living_animals_of_owners_who_agreed(clinic: Clinic) -> None:
    """SMS-5: neither the dead, nor the deleted, nor whoever refused or has no number."""
    owner_id, (milou, rex, dead, gone) = await owner(
        clinic, "Plutôt", "Milou", "Rex", "Feu", "Parti", given_name="Ève", locale="de"
    )
    await owner(clinic, "Refus", "Non", consents=AGREED | {"sms": False})
    await owner(clinic, "Muet", "Non", phone=None)
    deleted, _animals = await owner(clinic, "Effacé", "Non")
    path, any_version = f"{clinic.path}/animals", {"If-Match": "*"}
    died = await clinic.http.patch(f"{path}/{dead}", json={"deceased_on": "2020-01-01"}, headers=any_version)
    assert died.status_code == 200, died.text
    for what in (f"{path}/{gone}", f"{clinic.path}/owners/{deleted}"):
        assert (await clinic.http.delete(what, headers=any_version)).status_code == 204
    status, answer = await page(clinic)
    assert status == 200
    mine = [row for row in answer["items"] if row[0] == owner_id]
    assert mine == [
        [owner_id, "Ève", "Plutôt", "+33612345678", "de", animal_id, name, None]
        for animal_id, name in ((milou, "Milou"), (rex, "Rex"))
    ]
    assert {row[2] for row in answer["items"]}.isdisjoint({"Refus", "Muet", "Effacé"})


async def test_pages_of_owners_end_and_miss_nobody(clinic: Clinic) -> None:
    """SMS-5: also those without an animal take their place in a page."""
    made = [await owner(clinic, f"Lambert {number}", *["Un", "Deux"][: number % 3]) for number in range(5)]
    expected = {animal for _owner, animals in made for animal in animals}
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        _status, answer = await page(clinic, **params)
        seen += [row[5] for row in answer["items"]]
        if answer["next"] is None:
            break
        params["after"] = answer["next"]
    assert len(seen) == len(set(seen))
    assert expected <= set(seen)


async def test_another_practice_has_other_owners(clinic: Clinic) -> None:
    """SMS-5."""
    await owner(clinic, "Lambert", "Milou")
    other = await clinic.house.practice()
    assert await page(clinic, other) == (200, {"items": [], "next": None})
    assert (await page(clinic, uuid4()))[0] in (200, 404)
