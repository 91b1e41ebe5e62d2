"""The organisation chart, and the table that a practice writes itself (DESK-1, DESK-2)."""

import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import pointers, together
from harness import House

LINE = {
    "service": "Chirurgie",
    "name": "Dr Lefèvre",
    "function": "Chirurgienne",
    "phones": ["06 11 22 33 44"],
}


async def test_a_practice_of_no_organisation_has_its_own_lines(clinic: Clinic) -> None:
    await clinic.make("desk/chart-lines", **LINE, email="lefevre@clinic.example", remark="Sauf le lundi")
    chart = (await clinic.http.get(f"{clinic.path}/desk/organisation-chart")).json()
    assert chart["organisation_id"] is None
    (line,) = chart["lines"]
    assert (line["service"], line["name"], line["function"]) == ("Chirurgie", "Dr Lefèvre", "Chirurgienne")
    assert (line["phones"], line["email"], line["remark"]) == (
        ["06 11 22 33 44"],
        "lefevre@clinic.example",
        "Sauf le lundi",
    )
    assert line["account"] == clinic.path
    assert line["send_message"] == f"{clinic.path}/desk/messages"


async def test_of_the_others_it_shows_what_they_share(clinic: Clinic, colleague: Clinic) -> None:
    await clinic.make("desk/chart-lines", **LINE)
    await colleague.make("desk/chart-lines", service="Accueil", name="Mme Roy", shared=True)
    await colleague.make("desk/chart-lines", service="Comptabilité", name="M. Petit")
    path = f"{clinic.path}/desk/organisation-chart"
    assert len((await clinic.http.get(path)).json()["lines"]) == 1
    organisation = await together(clinic.house, clinic.id, colleague.id)
    chart = (await clinic.http.get(path)).json()
    assert chart["name"] == "Groupe vétérinaire"
    assert [(each["service"], each["practice_name"]) for each in chart["lines"]] == [
        ("Accueil", "Cabinet Colleague"),
        ("Chirurgie", "Clinique du Test"),
    ]
    async with clinic.house.admin() as operator:
        left = await operator.patch(
            f"/v1/desk/organisations/{organisation['id']}",
            json={"practice_ids": [str(clinic.id)]},
            headers={"If-Match": '"1"'},
        )
        assert left.status_code == 200, left.text
    assert len((await clinic.http.get(path)).json()["lines"]) == 1
    told = [each["type"] for each in await clinic.house.events("agenda", colleague.id)]
    assert told[-1] == "agenda.organisation.left"
    assert "agenda.organisation.joined" in told


async def test_a_practice_is_of_one_organisation(house: House, clinic: Clinic, colleague: Clinic) -> None:
    await together(house, clinic.id)
    async with house.admin() as operator:
        body = {"name": "Autre", "practice_ids": [str(colleague.id), str(clinic.id)]}
        assert pointers(await operator.post("/v1/desk/organisations", json=body)) == ["/practice_ids/1"]
    practices = house.client("agenda", clinic.id, scopes=["practice:write", "desk:write"])
    keys = await practices.post("/v1/desk/organisations", json={"name": "Autre"})
    assert (keys.status_code, keys.json()["scope"]) == (403, "admin")


CHART = {
    "columns": ["Besoin", "Qui", "Quand"],
    "rows": [
        ["Ordonnance", "Dr Lefèvre", "le matin"],
        ["Résultats d'analyse", "Mme Roy", "l'après-midi"],
        ["Facture", "M. Petit", "lundi"],
    ],
}


@pytest.mark.parametrize(
    ("q", "found"),
    [("", 3), ("lefevre", 1), ("RESULTATS roy", 1), ("roy lundi", 0), ("l'apres", 1), ("e", 3)],
)
async def test_every_word_is_looked_for_in_the_row(clinic: Clinic, q: str, found: int) -> None:
    put = await clinic.http.put(f"{clinic.path}/desk/custom-chart", json=CHART)
    assert put.status_code == 200, put.text
    answer = await clinic.http.get(f"{clinic.path}/desk/custom-chart", params={"q": q})
    assert answer.json()["columns"] == CHART["columns"]
    assert len(answer.json()["rows"]) == found


async def test_a_row_has_a_cell_for_every_column(clinic: Clinic) -> None:
    crooked = {"columns": ["Besoin", "Qui"], "rows": [["Ordonnance"]]}
    answer = await clinic.http.put(f"{clinic.path}/desk/custom-chart", json=crooked)
    assert answer.status_code == 422
    assert "row 1 has 1 cells" in answer.text
