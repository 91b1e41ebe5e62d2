"""How a practice wants its calls handled (DESK-1, DESK-3 .. DESK-6)."""

from uuid import uuid4

import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import choose, chosen, pointers, together
from harness import House

SCRIPT = {"name": "Accueil", "steps": [{"id": "hello", "say": "Bonjour"}]}


async def test_nothing_chosen_is_the_agenda_and_afternoons_from_monday_to_friday(clinic: Clinic) -> None:
    found = (await clinic.http.get(f"{clinic.path}/desk/settings")).json()
    assert found["popup"] == "agenda"
    assert found["agenda_view"] == {"days": 7, "paging": "week"}
    assert found["messages"]["filter"] == "all"
    assert found["call_backs"]["hours"]["tuesday"] == [{"from": "14:00:00", "to": "18:00:00"}]
    assert found["call_backs"]["hours"]["saturday"] == []


async def test_what_was_chosen_is_answered_again(clinic: Clinic) -> None:
    made = await chosen(clinic, required_contact_fields=["email", "reason"], popup="messages")
    assert (await clinic.http.get(f"{clinic.path}/desk/settings")).json() == made
    assert made["required_contact_fields"] == ["email", "reason"]
    events = await clinic.house.events("agenda", clinic.id)
    assert events[-1]["type"] == "agenda.desk.updated"
    assert "required_contact_fields" in events[-1]["data"]["fields"]


async def test_of_two_who_choose_at_once_one_is_told(clinic: Clinic) -> None:
    await chosen(clinic, popup="messages")
    late = await clinic.http.put(f"{clinic.path}/desk/settings", json={"popup": "contacts"})
    assert (late.status_code, late.json()["code"]) == (428, "version-required")
    old = {"If-Match": '"0"'}
    late = await clinic.http.put(f"{clinic.path}/desk/settings", json={"popup": "contacts"}, headers=old)
    assert (late.status_code, late.json()["code"]) == (412, "stale-version")


@pytest.mark.parametrize("popup", ["script", "link"])
async def test_a_popup_needs_what_it_shows(clinic: Clinic, popup: str) -> None:
    assert pointers(await choose(clinic, popup=popup)) == [f"/{popup}_id"]
    gone = await choose(clinic, popup=popup, **{f"{popup}_id": str(uuid4())})
    assert gone.status_code == 404
    assert f"/{popup}_id" in gone.json()["detail"]


async def test_a_script_that_rings_up_is_not_deleted(clinic: Clinic) -> None:
    script = await clinic.make("desk/scripts", **SCRIPT)
    await chosen(clinic, popup="script", script_id=script["id"])
    path, headers = f"{clinic.path}/desk/scripts/{script['id']}", {"If-Match": '"1"'}
    refused = await clinic.http.delete(path, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "shown-on-calls")
    await chosen(clinic, popup="agenda")
    assert (await clinic.http.delete(path, headers=headers)).status_code == 204


@pytest.mark.parametrize(
    ("notify", "addresses", "named"),
    [
        (["email", "fax", "sms"], {}, ["/messages/notify/0", "/messages/notify/1", "/messages/notify/2"]),
        (["sms"], {"mobile": "06 12 34 56 78"}, []),
        (["fax", "sms"], {"mobile": "06 12 34 56 78"}, ["/messages/notify/0"]),
        (["email", "fax"], {"email": "desk@clinic.example", "fax": "01 44 55 66 77"}, []),
    ],
)
async def test_a_message_is_notified_only_where_the_address_exists(
    clinic: Clinic, notify: list[str], addresses: dict[str, str], named: list[str]
) -> None:
    answer = await choose(clinic, messages={"notify": notify, **addresses})
    assert ([] if answer.status_code == 200 else pointers(answer)) == named


async def test_the_practices_own_address_serves_for_email(house: House, clinic: Clinic) -> None:
    found = await clinic.http.get(clinic.path)
    patch = {"email": "clinique@example.org"}
    changed = await clinic.http.patch(clinic.path, json=patch, headers={"If-Match": found.headers["ETag"]})
    assert changed.status_code == 200
    await chosen(clinic, messages={"notify": ["email"]})


async def test_numbers_that_cannot_be_dialled_are_named(clinic: Clinic) -> None:
    answer = await choose(clinic, numbers=["01 44 55 66 99", "12"], messages={"fax": "0"})
    assert answer.status_code == 422
    assert pointers(await choose(clinic, numbers=["01 44 55 66 99", "123"])) == ["/numbers/1"]


@pytest.mark.parametrize(
    ("view", "allowed"),
    [
        ({"days": 1, "paging": "day"}, True),
        ({"days": 4, "paging": "week"}, False),
        ({"days": 5, "paging": "week"}, True),
        ({"days": 7, "paging": "day"}, True),
        ({"days": 8, "paging": "week"}, False),
        ({"days": 0, "paging": "day"}, False),
    ],
)
async def test_weeks_are_paged_from_five_days_on(
    clinic: Clinic, view: dict[str, object], allowed: bool
) -> None:
    answer = await choose(clinic, agenda_view=view)
    assert answer.status_code == (200 if allowed else 422), answer.text
    if not allowed:
        assert answer.json()["errors"][0]["pointer"].startswith("/agenda_view")


@pytest.mark.parametrize(
    ("view", "day", "shown", "following"),
    [
        ({"days": 7, "paging": "week"}, None, ("2031-03-03", "2031-03-09"), "2031-03-10"),
        ({"days": 5, "paging": "week"}, None, ("2031-03-03", "2031-03-07"), "2031-03-10"),
        ({"days": 3, "paging": "day"}, None, ("2031-03-04", "2031-03-06"), "2031-03-07"),
        ({"days": 7, "paging": "day"}, None, ("2031-03-04", "2031-03-10"), "2031-03-11"),
        ({"days": 5, "paging": "week"}, "2031-03-30", ("2031-03-24", "2031-03-28"), "2031-03-31"),
    ],
)
async def test_a_week_begins_on_monday_a_day_today(
    clinic: Clinic, view: dict[str, object], day: str | None, shown: tuple[str, str], following: str
) -> None:
    await chosen(clinic, agenda_view=view)
    params = {"day": day} if day else {}
    page = (await clinic.http.get(f"{clinic.path}/desk/agenda-view", params=params)).json()
    assert (page["first_day"], page["last_day"]) == shown
    assert page["next_first_day"] == following
    assert page["from"].startswith(shown[0])


async def test_nobody_shares_outside_of_their_organisation(clinic: Clinic, colleague: Clinic) -> None:
    wanted = {"share_messages_with": [str(colleague.id)], "share_contacts_with": [str(clinic.id)]}
    refused = await choose(clinic, **wanted)
    assert pointers(refused) == ["/share_messages_with/0", "/share_contacts_with/0"]
    await together(clinic.house, clinic.id, colleague.id)
    assert pointers(await choose(clinic, **wanted)) == ["/share_contacts_with/0"]
    await chosen(clinic, share_messages_with=[str(colleague.id)])


async def test_who_answers_the_telephone_does_not_decide_how(clinic: Clinic) -> None:
    """Deciding needs `practice:write`; messages and call-backs need `desk:write`."""
    agent = clinic.house.client("agenda", clinic.id, scopes=["desk:read", "desk:write"])
    for answer in (
        await agent.put(f"{clinic.path}/desk/settings", json={}),
        await agent.post(f"{clinic.path}/desk/scripts", json=SCRIPT),
        await agent.put(f"{clinic.path}/desk/custom-chart", json={"columns": []}),
    ):
        assert (answer.status_code, answer.json()["scope"]) == (403, "practice:write")
    assert (await agent.post(f"{clinic.path}/desk/messages", json={"subject": "Fax"})).status_code == 201
    assert (await agent.get(f"{clinic.path}/desk/settings")).status_code == 200
    assert (await agent.get(f"{clinic.path}/desk/contacts")).json()["scope"] == "agenda:read"
