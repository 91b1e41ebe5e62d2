"""Practices and their records over HTTP, and the virtual clock of a test practice."""

from agenda.conftest import Clinic, furnished
from harness import House


async def test_only_an_operator_opens_practices(house: House, clinic: Clinic) -> None:
    async with house.client("agenda", clinic.id, scopes=["practice:read"]) as reader:
        answer = await reader.post("/v1/practices", json={"name": "x"})
        assert (answer.status_code, answer.json()["scope"]) == (403, "admin")
    async with house.admin() as operator:
        answer = await operator.post("/v1/practices", json={"name": "x", "time_zone": "Europe/Nowhere"})
        assert answer.json()["errors"][0]["pointer"] == "/time_zone"


async def test_a_practice_is_changed_by_its_version(clinic: Clinic) -> None:
    read = await clinic.http.get(clinic.path)
    assert read.headers["etag"] == '"1"'
    changed = await clinic.http.patch(
        clinic.path, json={"phone": "+33199887766"}, headers={"If-Match": '"1"'}
    )
    assert (changed.json()["phone"], changed.headers["etag"]) == ("+33199887766", '"2"')
    empty = await clinic.http.patch(clinic.path, json={"name": None}, headers={"If-Match": '"2"'})
    assert empty.json()["errors"][0]["pointer"] == "/name"


async def test_owners_are_found_by_name_phone_and_email(clinic: Clinic) -> None:
    await clinic.make("owners", given_name="Jürgen", family_name="Müller", email="juergen@example.org")
    for q, found in (
        ("müller", 1),
        ("plutôt élo", 1),
        ("+336123", 1),
        ("juergen@", 1),
        ("nobody", 0),
        ("%", 0),
        ("", 2),
    ):
        answer = await clinic.http.get(f"{clinic.path}/owners", params={"q": q})
        assert len(answer.json()["items"]) == found, q


async def test_families_share_a_phone(clinic: Clinic) -> None:
    """PART-3, the runners-up of R20: a number is not unique."""
    twin = await clinic.make("owners", given_name="Paul", family_name="Plutôt", phone="0612345667")
    assert twin["phone_e164"] == "+33612345667"


async def test_a_deleted_record_is_gone_and_a_calendar_in_use_stays(clinic: Clinic) -> None:
    any_version = {"If-Match": "*"}
    assert (
        await clinic.http.delete(f"{clinic.path}/animals/{clinic.animal}", headers=any_version)
    ).status_code == 204
    assert (await clinic.http.get(f"{clinic.path}/animals/{clinic.animal}")).status_code == 404
    await clinic.book("2031-03-04T10:00:00Z")
    kept = await clinic.http.delete(f"{clinic.path}/calendars/{clinic.vets[0]}", headers=any_version)
    assert (kept.status_code, kept.json()["code"]) == (409, "in-use")
    free = await clinic.http.delete(f"{clinic.path}/calendars/{clinic.vets[1]}", headers=any_version)
    assert free.status_code == 204


async def test_a_type_names_only_calendars_that_fit(clinic: Clinic) -> None:
    wrong = [{"kind": "room", "any_of": [clinic.vets[0]]}]
    body = {"name": "x", "duration_minutes": 30, "requires": wrong}
    answer = await clinic.http.post(f"{clinic.path}/appointment-types", json=body)
    assert answer.json()["errors"][0]["pointer"] == "/requires/0/any_of"
    shown = (await clinic.http.get(f"{clinic.path}/appointment-types/{clinic.surgery}")).json()
    assert shown["arrival_window"] == {"from": "08:00", "to": "09:00"}


async def test_a_period_must_end_after_it_begins(clinic: Clinic) -> None:
    body = {"calendar_id": clinic.vets[0], "start": "2031-03-04T10:00:00Z", "end": "2031-03-04T10:00:00Z"}
    answer = await clinic.http.post(f"{clinic.path}/absences", json=body)
    assert answer.json()["errors"][0]["pointer"] == "/end"
    naive = body | {"start": "2031-03-04T09:00:00"}
    assert (await clinic.http.post(f"{clinic.path}/absences", json=naive)).status_code == 422


async def test_a_test_practice_has_a_clock_that_stands(house: House) -> None:
    """PLAT-5."""
    clinic = await furnished(house, test=True, now="2027-03-02T08:00:00+01:00")
    moved = await clinic.http.post(f"{clinic.path}/test/clock", json={"advance": "PT90M"})
    assert (await clinic.http.get(clinic.path)).json()["virtual_now"] == moved.json()["now"]
    assert moved.json() == {"now": "2027-03-02T08:30:00Z", "ran": []}
    booked = (await clinic.book("2027-03-05T10:00:00Z")).json()
    history = (await clinic.http.get(f"{clinic.path}/appointments/{booked['id']}/history")).json()
    assert history[0]["at"] == "2027-03-02T08:30:00Z"
    both = await clinic.http.post(
        f"{clinic.path}/test/clock", json={"advance": "PT1M", "now": "2027-03-02T08:00:00Z"}
    )
    assert both.status_code == 422
    back = await clinic.http.post(f"{clinic.path}/test/clock", json={"now": "2023-01-04T08:00:00Z"})
    assert back.json()["now"] == "2023-01-04T08:00:00Z"


async def test_a_clock_is_advanced_only_as_far_as_the_calendar_goes(house: House) -> None:
    clinic = await furnished(house, test=True, now="2027-03-02T08:00:00Z")
    for advance, why in (
        ("P365000000D", "9000"),
        ("P3285000D", "9000"),
        ("P2555000D", "9000"),
        ("-P1095000D", "negative"),
        ("-P3649635D", "negative"),
        ("-PT1S", "negative"),
        ("P1M", "no length of its own"),
        ("p1y", "no length of its own"),
        ("P1Y2DT3H", "no length of its own"),
    ):
        answer = await clinic.http.post(f"{clinic.path}/test/clock", json={"advance": advance})
        assert answer.status_code == 422, advance
        (error,) = answer.json()["errors"]
        assert (error["pointer"], why in error["detail"]) == ("/advance", True), answer.text
    stands = await clinic.http.post(f"{clinic.path}/test/clock", json={"advance": "PT0S"})
    assert stands.json()["now"] == "2027-03-02T08:00:00Z"
    far = await clinic.http.post(f"{clinic.path}/test/clock", json={"advance": "P2190000D"})
    assert far.json()["now"].startswith("8"), far.text


async def test_a_live_practice_has_no_clock_to_move(clinic: Clinic) -> None:
    answer = await clinic.http.post(f"{clinic.path}/test/clock", json={"advance": "PT1M"})
    assert answer.status_code == 404


async def test_each_calendar_is_named_once_and_days_are_sane(clinic: Clinic) -> None:
    twice = await clinic.book("2031-03-04T10:00:00Z", calendar_ids=[clinic.vets[0]] * 2)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (422, "/calendar_ids/1")
    body = {"owner_id": clinic.owner, "name": "Mathusalem", "born_on": "0001-01-01"}
    ancient = await clinic.http.post(f"{clinic.path}/animals", json=body)
    assert (ancient.status_code, ancient.json()["errors"][0]["pointer"]) == (422, "/born_on")


NEVER_EMPTY = {
    "": ("name", "time_zone", "locale", "country"),
    "calendars": ("name", "kind"),
    "appointment-types": ("name", "duration_minutes", "durations", "requires", "mode", "hide_time"),
    "owners": ("given_name", "family_name", "consents"),
    "animals": ("owner_id", "name"),
    "absences": ("start", "end", "reason"),
    "closures": ("start", "end", "reason"),
    "appointments": ("title", "description", "notes", "published", "needs_completion", "animal_ids"),
    "waitlist-entries": ("calendar_ids", "animal_ids", "available_from", "available_to"),
}
EMPTIED = {
    "": ("phone", "email", "address"),
    "calendars": ("colour", "email"),
    "appointment-types": (
        "colour",
        "species",
        "arrival_window",
        "confirmation_template_id",
        "reminder_template_id",
    ),
    "owners": ("phone", "email", "address", "locale"),
    "animals": ("species", "breed", "born_on", "deceased_on"),
    "appointments": ("phone", "owner_name", "appointment_type_id", "owner_id"),
    "waitlist-entries": ("appointment_id",),
}


async def one_of_each(clinic: Clinic) -> dict[str, str]:
    """The address of a record by the kind of it."""
    day = {"start": "2031-03-05T10:00:00Z", "end": "2031-03-05T11:00:00Z"}
    await clinic.http.put(
        f"{clinic.path}/waitlist-settings", json={"enabled": True}, headers={"If-Match": "*"}
    )
    waits = {"owner_id": clinic.owner, "available_from": day["start"]}
    made = {
        "calendars": clinic.vets[1],
        "appointment-types": clinic.vaccination,
        "owners": clinic.owner,
        "animals": clinic.animal,
        "absences": (await clinic.make("absences", calendar_id=clinic.vets[1], **day))["id"],
        "closures": (await clinic.make("closures", **day))["id"],
        "appointments": (await clinic.book("2031-03-04T10:00:00Z")).json()["id"],
        "waitlist-entries": (
            await clinic.make("waitlist-entries", appointment_type_id=clinic.vaccination, **waits)
        )["id"],
    }
    return {"": clinic.path} | {kind: f"{clinic.path}/{kind}/{id_}" for kind, id_ in made.items()}


async def test_a_null_empties_what_may_be_empty_and_is_refused_elsewhere(clinic: Clinic) -> None:
    for kind, path in (await one_of_each(clinic)).items():
        for name in NEVER_EMPTY[kind]:
            refused = await clinic.http.patch(path, json={name: None}, headers={"If-Match": "*"})
            assert refused.status_code == 422, f"{kind} {name}: {refused.text}"
            assert refused.json()["errors"] == [{"pointer": f"/{name}", "detail": "this cannot be empty"}]
        for name in EMPTIED.get(kind, ()):
            emptied = await clinic.http.patch(path, json={name: None}, headers={"If-Match": "*"})
            assert (emptied.status_code, emptied.json().get(name, "?")) == (200, None), f"{kind} {name}"
