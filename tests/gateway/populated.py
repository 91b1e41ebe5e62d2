"""A practice with one of everything that the public routes can make, each marked to be known again."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from harness import eventually

from vetagenda_kit.clock import system_now

# The public half of some browser's key: the generator of P-256.
P256DH = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
NOWHERE = "http://127.0.0.1:9/hook"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


PARTNER = {
    "name": "around.pet",
    "terms_version": "1",
    "terms_url": "https://around.pet/terms",
    "invitation_url": "https://app.around.pet/{token}",
}


@dataclass
class App:
    """A partner's app: the partner's id, and a client with its key."""

    partner: str
    client: httpx.AsyncClient


@dataclass
class Populated:
    """`ids[collection]` is the id of the one thing in `P/{collection}`; `mark` is in its names and texts."""

    practice: UUID
    client: httpx.AsyncClient
    mark: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/v1/practices/{self.practice}"

    def named(self, name: str) -> str:
        """The id for a field of this name: `owner_id`, `animal_ids`, `from_calendar_id`."""
        if "practice" in name:
            return str(self.practice)
        word = name.removesuffix("s").removesuffix("_id").replace("_", "-")
        fitting = [kind for kind in self.ids if kind.removesuffix("s").endswith(word)]
        return self.ids[fitting[0]] if fitting else self.ids["calendars"]

    async def post(self, rest: str, **body: Any) -> dict[str, Any]:
        answer = await self.client.post(f"{self.path}/{rest}", json=body)
        assert answer.status_code == 201, f"{rest}: {answer.text}"
        made: dict[str, Any] = answer.json()
        return made

    async def make(self, collection: str, **body: Any) -> str:
        self.ids[collection] = (await self.post(collection, **body))["id"]
        return self.ids[collection]

    async def get(self, rest: str, **params: Any) -> dict[str, Any]:
        answer = await self.client.get(f"{self.path}/{rest}", params=params)
        assert answer.status_code == 200, f"{rest}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found


async def populate(client: httpx.AsyncClient, practice: UUID, mark: str, app: App) -> Populated:
    there = Populated(practice, client, mark)
    await _records(there)
    await _partners(there, app)
    await _bookings(there)
    await _waiting_list(there)
    await _reminders(there)
    await _import(there)
    await _desk(there)
    link = await there.make("calendar-links", calendar_id=there.ids["calendars"])
    there.ids["calendar-links/{link_id}/conflicts"] = link  # without a remote calendar there is none
    await there.make("calendar-feeds", calendar_id=there.ids["calendars"])
    await there.make("sms/messages", to="+33612345678", text=f"{mark} message")
    await _webhook(there)
    email = f"{practice}@example.org"
    await there.make("staff", email=email, name=f"{mark} member", role="collaborator")
    return there


async def _webhook(there: Populated) -> None:
    """It is disabled, so that its message waits as it is."""
    endpoint = await there.make("webhook-endpoints", url=NOWHERE, description=f"{there.mark} webhook")
    path = f"{there.path}/webhook-endpoints/{endpoint}"
    answer = await there.client.post(f"{path}/test")
    assert answer.status_code == 202, answer.text
    off = await there.client.patch(path, json={"enabled": False}, headers={"If-Match": "*"})
    assert off.status_code == 200, off.text
    there.ids["webhook-endpoints/{endpoint_id}/deliveries"] = answer.json()["id"]


async def _records(there: Populated) -> None:
    mark, tomorrow = there.mark, system_now() + timedelta(days=1)
    calendar = await there.make("calendars", name=f"{mark} calendar", kind="practitioner")
    requires = [{"kind": "practitioner", "any_of": [calendar]}]
    await there.make(
        "appointment-types", name=f"{mark} type", duration_minutes=20, requires=requires, mode="request"
    )
    consents = dict.fromkeys(("sms", "email", "letter", "phone"), True)
    owner = await there.make(
        "owners", given_name=mark, family_name=f"{mark} owner", phone="+33611223344", consents=consents
    )
    await there.make("animals", owner_id=owner, name=f"{mark} animal", species="dog", born_on="2020-01-01")
    later = [(tomorrow + timedelta(days=days)).isoformat() for days in (90, 91)]
    await there.make("absences", calendar_id=calendar, start=later[0], end=later[1], reason=f"{mark} absence")
    await there.make("closures", start=later[0], end=later[1], reason=f"{mark} closure")
    answer = await there.client.post(
        f"{there.path}/documents",
        params={"name": f"{mark}.txt", "owner_id": owner},
        content=mark.encode(),
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 201, answer.text
    there.ids["documents"] = answer.json()["id"]


async def _partners(there: Populated, app: App) -> None:
    """An owner with a record is invited; one like them connects, so that they may be known twice."""
    text = await there.client.put(f"{there.path}/privacy-text", json={"content": f"{there.mark} text"})
    assert text.status_code == 200, text.text
    wanted = {"partner_id": app.partner, "terms_version": "1", "accepted_by": there.mark}
    await there.make("partner-activations", **wanted)
    there.ids["/v1/partners"] = app.partner
    known = {"given_name": there.mark, "family_name": f"{there.mark} known", "phone": "+33611223366"}
    known |= {"email": "known@example.org"}
    owner = (await there.post("owners", **known))["id"]
    await there.make("invitations", partner_id=app.partner, owner_id=owner)
    address = {"street": there.mark, "postal_code": "75011", "city": "Paris"}
    newcomer = {"owner": known | {"address": address}, "privacy_text_number": text.json()["number"]}
    answer = await app.client.post(f"{there.path}/connections", json=newcomer)
    assert answer.status_code == 201, answer.text
    there.ids["connections"] = answer.json()["id"]
    there.ids["owner-duplicates"] = (await there.get("owner-duplicates"))["items"][0]["id"]
    visit = await there.post(
        "appointments",
        calendar_ids=[there.ids["calendars"]],
        start=(system_now() + timedelta(days=200)).isoformat(),
        end=(system_now() + timedelta(days=200, minutes=20)).isoformat(),
        owner_id=answer.json()["owner_id"],
        description=there.mark,
        published=True,
    )
    there.ids["connected-appointments"] = visit["id"]


async def _desk(there: Populated) -> None:
    """With a script that rings up, and a call that was agreed. Organisations are an operator's."""
    mark = there.mark
    there.ids["/v1/desk/organisations"] = str(there.practice)
    script = await there.make("desk/scripts", name=f"{mark} script", steps=[{"id": "hello", "say": mark}])
    await there.make("desk/instructions", title=f"{mark} instruction", content=mark)
    await there.make("desk/links", title=f"{mark} link", url=f"https://localhost/{quote(mark)}")
    await there.make("desk/chart-lines", service=f"{mark} service", name=f"{mark} person", shared=True)
    chosen = {"popup": "script", "script_id": script, "numbers": ["+33144556699"]}
    calls = {"calendar_ids": [there.ids["calendars"]], "hours": {day: [_ALL_DAY] for day in DAYS}}
    charts = {"columns": [f"{mark} column"], "rows": [[f"{mark} cell"]]}
    for path, body in (("settings", chosen | {"call_backs": calls}), ("custom-chart", charts)):
        put = await there.client.put(f"{there.path}/desk/{path}", json=body, headers={"If-Match": "*"})
        assert put.status_code == 200, put.text
    contact = {"name": f"{mark} contact", "phone": "+33611223377"}
    await there.make("desk/messages", subject=f"{mark} subject", text=mark, contact=contact)
    waiting = await there.make("desk/call-backs", **contact, reason=f"{mark} reason")
    times = await there.client.get(f"{there.path}/desk/call-back-times")
    last = {"start": times.json()[-1]["start"]}
    agreed = await there.client.post(f"{there.path}/desk/call-backs/{waiting}/agree", json=last)
    assert agreed.status_code == 200, agreed.text


_ALL_DAY = {"from": "08:00", "to": "20:00"}


async def _import(there: Populated) -> None:
    file = f"external_id,family_name\r\n{there.mark}-17,{there.mark} imported\r\n"
    await there.make("imports", format="csv", what="owners", content=file, dry_run=False)


async def _bookings(there: Populated) -> None:
    """A request by its own owner, which is also an appointment and an update; and a hold beside it."""
    hours = dict.fromkeys(DAYS, "08:00-20:00")
    answer = await there.client.put(
        f"{there.path}/booking-profile", json={"opening_hours": hours}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    tomorrow = system_now() + timedelta(days=1)
    wanted = {"appointment_type_id": there.ids["appointment-types"]}
    until = (tomorrow + timedelta(days=2)).isoformat()
    slots = (await there.get("slots", **wanted, **{"from": tomorrow.isoformat(), "to": until}))["items"]
    owner = {"given_name": there.mark, "family_name": f"{there.mark} new", "phone": "+33611223355"}
    animals = [{"name": f"{there.mark} puppy", "species": "dog"}]
    request = await there.post(
        "booking-requests", **wanted, start=slots[0]["start"], owner=owner, animals=animals, notes=there.mark
    )
    there.ids |= {"booking-requests": request["id"], "appointments": request["appointment_id"]}
    await there.make("holds", **wanted, start=slots[-1]["start"])
    updates = (await there.get("updates"))["items"]
    there.ids["updates"] = updates[0]["id"]


async def _waiting_list(there: Populated) -> None:
    """An entry to which a time that has just become free is offered."""
    answer = await there.client.put(
        f"{there.path}/waitlist-settings", json={"enabled": True}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    start = system_now() + timedelta(days=60)
    kind, calendar = there.ids["appointment-types"], there.ids["calendars"]
    entry = await there.make(
        "waitlist-entries",
        appointment_type_id=kind,
        owner_id=there.ids["owners"],
        available_from=start.isoformat(),
    )
    booked = await there.post(
        "appointments",
        calendar_ids=[calendar],
        start=start.isoformat(),
        end=(start + timedelta(hours=1)).isoformat(),
        title=there.mark,
    )
    cancelled = await there.client.post(f"{there.path}/appointments/{booked['id']}/cancel", json={})
    assert cancelled.status_code == 200, cancelled.text
    offer = (await there.get(f"waitlist-entries/{entry}"))["offer"]
    there.ids["waitlist-entries/{entry_id}/offers"] = offer["id"]


async def _reminders(there: Populated) -> None:
    mark = there.mark
    template = await there.make("templates", name=f"{mark} template", texts={"sms": {"body": f"{mark} text"}})
    month = {"count": 3, "unit": "month"}
    rule = await there.make(
        "reminder-rules", name=f"{mark} rule", offset=month, channels=["sms", "phone"], template_id=template
    )
    product = await there.make("products", name=f"{mark} product", rule_ids=[rule])
    await there.make("administrations", product_id=product, animal_id=there.ids["animals"])
    await _visit(there, await there.make("acts", name=f"{mark} act", rule_ids=[rule]))
    await _care(there)
    await _browser(there)

    for kind, channel in (("reminders", "sms"), ("phone-tasks", "phone")):
        there.ids[kind] = await _planned(there, channel)


async def _care(there: Populated) -> None:
    """Of a type of its own: the plan's events are about its type."""
    kind = (await there.post("appointment-types", name=f"{there.mark} surgery", duration_minutes=90))["id"]
    there.ids["care-plans"] = kind
    step = {"name": f"{there.mark} step", "when": {"hours": -2}, "channels": ["sms"], "text": there.mark}
    answer = await there.client.put(f"{there.path}/care-plans/{kind}", json={"steps": [step]})
    assert answer.status_code == 200, answer.text


async def _browser(there: Populated) -> None:
    keys = {"p256dh": P256DH, "auth": "A" * 22}
    await there.make(
        "push-subscriptions",
        owner_id=there.ids["owners"],
        endpoint=f"https://localhost/{quote(there.mark)}",
        keys=keys,
    )


async def _visit(there: Populated, act: str) -> None:
    animal = there.ids["animals"]
    visit = await there.make("visits", animal_ids=[animal])
    line = await there.post(f"visits/{visit}/lines", act_id=act, animal_id=animal)
    there.ids["visits/{visit_id}/lines"] = line["id"]


async def _planned(there: Populated, channel: str) -> str:
    async def planned() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await there.get("reminders", channel=channel))["items"]
        return items

    return str((await eventually(planned))[0]["id"])
