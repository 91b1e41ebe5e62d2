"""BOOK-1: the profile on the wire, normalised, and errors that name the field."""

from typing import Any

import pytest
from booking.clinic import PROFILE, Clinic, open_clinic

HALF_HOURS = [
    f"{hour:02}:{start}-{hour:02}:{end}" for hour in range(24) for start, end in (("00", "29"), ("30", "59"))
]


async def test_a_practice_without_a_profile_is_closed(clinic: Clinic) -> None:
    practice_id = await clinic.house.practice()
    async with clinic.house.client("booking", practice_id) as client:
        profile = (await client.get(f"/v1/practices/{practice_id}/booking-profile")).json()
    assert (profile["version"], profile["opening_hours"]["monday"]) == (0, [])


async def test_the_text_form_is_normalised(clinic: Clinic) -> None:
    answer = await clinic.client.get(clinic.path("/booking-profile"))
    profile = answer.json()
    assert profile["opening_hours"]["monday"] == [
        {"from": "10:00", "to": "12:00", "kind": "appointment"},
        {"from": "14:00", "to": "18:00", "kind": "appointment"},
    ]
    assert profile["opening_hours"]["sunday"] == []
    assert (profile["lead_time_hours"], profile["horizon_days"], profile["cancel_limit_hours"]) == (2, 60, 24)
    assert profile["holidays"] == [{"from": "2026-03-10", "to": "2026-03-11"}]
    assert answer.headers["etag"] == '"1"'
    written = {name: value for name, value in profile.items() if name != "version"}
    seen = {"If-Match": answer.headers["etag"]}
    again = await clinic.client.put(clinic.path("/booking-profile"), json=written, headers=seen)
    assert again.json() == profile | {"version": 2}


async def test_only_the_first_put_needs_no_version(clinic: Clinic) -> None:
    """Two who edit the profile at once: the second does not undo the first unseen."""
    practice_id = await clinic.house.practice()
    path = f"/v1/practices/{practice_id}/booking-profile"
    async with clinic.house.client("booking", practice_id) as client:
        assert (await client.put(path, json={"horizon_days": 10})).status_code == 200
        blind = await client.put(path, json={"horizon_days": 20})
        assert (blind.status_code, blind.json()["code"]) == (428, "version-required")
        kept = await client.get(path)
        assert kept.json()["horizon_days"] == 10
        seen = {"If-Match": kept.headers["etag"]}
        assert (await client.put(path, json={"horizon_days": 20}, headers=seen)).status_code == 200


async def test_a_stale_version_is_refused(clinic: Clinic) -> None:
    path = clinic.path("/booking-profile")
    assert (await clinic.client.put(path, json=PROFILE, headers={"If-Match": '"1"'})).status_code == 200
    stale = await clinic.client.put(path, json=PROFILE, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    assert (await clinic.events()).count("booking.profile.updated") == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"opening_hours": {"monday": "10:00"}}, "/opening_hours/monday"),
        ({"opening_hours": {"monday": "10:00-12:00, 11:00-13:00"}}, "/opening_hours/monday"),
        ({"opening_hours": {"monday": [{"from": "10:00", "to": "25:00"}]}}, "/opening_hours/monday/0/to"),
        ({"opening_hours": {"monday": [{"from": "12:00", "to": "10:00"}]}}, "/opening_hours/monday/0"),
        ({"opening_hours": {"monday": ", ".join(HALF_HOURS[:25])}}, "/opening_hours/monday"),
        ({"opening_hours": {"montag": "10:00-12:00"}}, "/opening_hours/montag"),
        (
            {"opening_hours": {"monday": [{"from": "10:00", "to": "12:00", "kind": "x"}]}},
            "/opening_hours/monday/0/kind",
        ),
        ({"opening_hours": {"monday": [{"from": 600, "to": "12:00"}]}}, "/opening_hours/monday/0/from"),
        ({"exceptions": [{"date": "2026-03-04"}] * 2}, "/exceptions/1/date"),
        ({"species": ["dog", " "]}, "/species/1"),
        ({"species": ["ß" * 101]}, "/species/0"),
        ({"species": [f"species {number}" for number in range(101)]}, "/species"),
        ({"lead_time_hours": -1}, "/lead_time_hours"),
        ({"slot_step_minutes": 0}, "/slot_step_minutes"),
        ({"holidays": [{"from": "2026-03-11", "to": "2026-03-10"}]}, "/holidays/0"),
        ({"public_holidays": {"country": "XX"}}, "/public_holidays/country"),
        ({"public_holidays": {"country": "FR", "subdivision": "BY"}}, "/public_holidays"),
        ({"paused_until": "soon"}, "/paused_until"),
        ({"surprise": True}, "/surprise"),
    ],
)
async def test_wrong_input_names_the_field(clinic: Clinic, changes: dict[str, Any], pointer: str) -> None:
    answer = await clinic.put_profile(**changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_contradicting_entries_are_refused_at_the_second(clinic: Clinic) -> None:
    kind, vet = clinic.types["VACCINATION"], clinic.vets[0]
    types = [{"appointment_type_id": kind, "daily_cap": cap} for cap in (1, 2)]
    calendars = [{"calendar_id": vet, "opening_hours": {"monday": hours}} for hours in ("", "10:00-11:00")]
    answer = await clinic.put_profile(types=types, calendars=calendars)
    assert answer.status_code == 422, answer.text
    pointers = [each["pointer"] for each in answer.json()["errors"]]
    assert pointers == ["/types/1/appointment_type_id", "/calendars/1/calendar_id"]


@pytest.mark.parametrize("cap", ["daily_cap", "weekly_cap"])
async def test_a_cap_is_a_number_of_appointments(clinic: Clinic, cap: str) -> None:
    for wrong in (-1, 10**30, 2.5):
        restriction = {"appointment_type_id": clinic.types["VACCINATION"], cap: wrong}
        answer = await clinic.put_profile(types=[restriction])
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == f"/types/0/{cap}"


async def test_what_is_named_is_the_practices_own(clinic: Clinic) -> None:
    """ADR 5: an id that this practice does not have is 404, naming the field."""
    stranger = await open_clinic(clinic.house)
    theirs = {"appointment_type_id": stranger.types["VACCINATION"], "daily_cap": 1}
    own = {"appointment_type_id": clinic.types["VACCINATION"], "daily_cap": 1}
    hours = {"calendar_id": stranger.vets[0], "opening_hours": {}}
    for changes, pointer in (
        ({"types": [own, theirs]}, "/types/1/appointment_type_id"),
        ({"calendars": [hours]}, "/calendars/0/calendar_id"),
    ):
        answer = await clinic.put_profile(**changes)
        assert answer.status_code == 404, answer.text
        assert answer.json()["detail"].startswith(f"{pointer}: ")
    assert (await clinic.put_profile(types=[own])).status_code == 200


async def test_blanks_and_capitals_make_no_other_species(clinic: Clinic) -> None:
    answer = await clinic.put_profile(species=[" Dog", "CAT "])
    assert answer.json()["species"] == ["dog", "cat"]
    start = "2026-03-04T10:00:00+01:00"
    assert (await clinic.explain(start, species="DOG "))["offered"]
    refused = await clinic.explain(start, species=" Horse ")
    assert (refused["rule"], refused["detail"]) == ("species", "Not offered for horse.")


async def test_every_rule_of_the_profile_reaches_the_slots(clinic: Clinic) -> None:
    day, start = "2026-03-04", "2026-03-04T10:00:00+01:00"
    assert (await clinic.explain(start))["offered"]
    cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        ({"paused_until": "2026-03-03T09:00:00+01:00"}, {}, "paused"),
        ({"exceptions": [{"date": day}]}, {}, "override-closed"),
        ({"species": ["chat"]}, {"species": "Chien"}, "species"),
        ({"owner_kinds": ["known"]}, {"owner_kind": "new"}, "owner"),
        ({"calendars": [{"calendar_id": vet, "opening_hours": {}} for vet in clinic.vets]}, {}, "calendar"),
        (
            {"opening_hours": {"wednesday": [{"from": "09:00", "to": "12:00", "kind": "walk_in"}]}},
            {},
            "walk-in",
        ),
    ]
    for changes, inputs, rule in cases:
        await clinic.put_profile(**changes)
        assert (await clinic.explain(start, **inputs))["rule"] == rule
        assert await clinic.slots(day, **inputs) == []
