"""Nobody is let wait for what cannot come (AGD-7)."""

from typing import Any

import httpx
import pytest
from agenda.waitlist.conftest import TUESDAY, Waiting

OVER = {"available_from": "2031-03-03T09:00:00Z", "available_to": "2031-03-03T12:00:00Z"}
SHORT = {"available_from": f"{TUESDAY}T09:00:00Z", "available_to": f"{TUESDAY}T09:15:00Z"}


async def entered(waiting: Waiting, **more: Any) -> httpx.Response:
    body = {
        "appointment_type_id": waiting.clinic.vaccination,
        "owner_id": waiting.clinic.owner,
        "available_from": f"{TUESDAY}T09:00:00Z",
    }
    return await waiting.clinic.http.post(waiting.path, json=body | more)


async def changed(waiting: Waiting, entry: dict[str, Any], **body: Any) -> httpx.Response:
    path = f"{waiting.path}/{entry['id']}"
    return await waiting.clinic.http.patch(path, json=body, headers={"If-Match": "*"})


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["detail"]


@pytest.mark.parametrize(
    ("available", "pointer", "said"),
    [
        (OVER, "/available_to", "the slice is over"),
        ({"available_from": "2031-03-03T09:00:00Z"}, "/available_from", "the slice is over"),
        (SHORT, "/available_to", "a visit of 20 minutes does not fit"),
        (
            {"available_from": f"{TUESDAY}T06:00:00Z", "available_to": f"{TUESDAY}T08:15:00Z"},
            "/available_to",
            f"from {TUESDAY}T08:00Z to {TUESDAY}T08:15Z",
        ),
    ],
)
async def test_a_slice_that_cannot_be_served_is_refused(
    waiting: Waiting, available: dict[str, str], pointer: str, said: str
) -> None:
    """By the practice's clock: it is 08:00."""
    entry = await waiting.enter()
    for answer in (await entered(waiting, **available), await changed(waiting, entry, **SHORT | available)):
        status, _, detail = refused(answer)
        assert status == 422
        assert "slice" in detail
    status, at, detail = refused(await entered(waiting, **available))
    assert (status, at) == (422, pointer)
    assert said in detail
    assert (await waiting.clinic.http.get(f"{waiting.path}/{entry['id']}")).json()["version"] == 1


async def test_moving_a_slice_into_the_past_names_what_moved_it(waiting: Waiting) -> None:
    entry = await waiting.enter()
    answer = await changed(waiting, entry, available_from="2031-03-03T09:00:00Z")
    assert refused(answer)[:2] == (422, "/available_from")


async def test_the_vet_who_is_asked_for_sets_how_long_it_takes(waiting: Waiting) -> None:
    quick, slow = waiting.clinic.vets
    durations = [{"calendar_id": quick, "minutes": 10}, {"calendar_id": slow, "minutes": 30}]
    kind = await waiting.clinic.make(
        "appointment-types", name="CONTRÔLE", duration_minutes=20, durations=durations
    )
    wish = {"appointment_type_id": kind["id"], **SHORT}
    assert refused(await entered(waiting, **wish, calendar_ids=[slow]))[1] == "/available_to"
    entry = await entered(waiting, **wish, calendar_ids=[quick])
    assert entry.status_code == 201, entry.text
    status, at, said = refused(await changed(waiting, entry.json(), calendar_ids=[slow]))
    assert (status, at) == (422, "/calendar_ids")
    assert "30 minutes" in said
    assert (await entered(waiting, **wish)).status_code == 201, "anybody may do it"


async def test_what_is_left_as_it_is_is_not_judged_again(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.advance("PT12H")
    answer = await changed(waiting, entry, animal_ids=[])
    assert (answer.status_code, answer.json()["animal_ids"]) == (200, [])
    answer = await changed(waiting, entry, calendar_ids=[waiting.clinic.vets[0]])
    assert answer.status_code == 200, answer.text


async def test_calendars_that_cannot_take_the_type_are_refused(waiting: Waiting) -> None:
    """Nobody could ever be offered anything there: who waits hears it at once."""
    clinic = waiting.clinic
    first, second = clinic.vets
    with_first = await clinic.make(
        "appointment-types",
        name="DENTAIRE",
        duration_minutes=20,
        requires=[{"kind": "practitioner", "any_of": [first]}],
    )
    wish = {"appointment_type_id": with_first["id"]}
    for wrong in ([clinic.room], [second], [second, clinic.room]):
        answer = await entered(waiting, **wish, calendar_ids=wrong)
        assert refused(answer)[:2] == (422, "/calendar_ids"), wrong
    for right in ([first], [first, second], []):
        entry = await entered(waiting, **wish, calendar_ids=right)
        assert entry.status_code == 201, entry.text
        answer = await changed(waiting, entry.json(), calendar_ids=[clinic.room])
        assert refused(answer)[:2] == (422, "/calendar_ids")
        assert (await changed(waiting, entry.json(), calendar_ids=[first])).status_code == 200
    read = await clinic.http.get(f"{waiting.path}/{entry.json()['id']}")
    assert read.json()["calendar_ids"] == [first]


async def test_a_type_for_which_there_is_no_calendar_yet_is_waited_for(waiting: Waiting) -> None:
    clinic = waiting.clinic
    scan = await clinic.make(
        "appointment-types", name="SCANNER", duration_minutes=20, requires=[{"kind": "device", "any_of": []}]
    )
    answer = await entered(waiting, appointment_type_id=scan["id"], calendar_ids=[clinic.vets[0]])
    assert answer.status_code == 201, answer.text
