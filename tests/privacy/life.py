"""Everything that can become known of one owner, in words that nothing else has."""

from datetime import timedelta
from typing import Any

import httpx
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.practice import at
from harness import eventually

from vetagenda_kit.clock import system_now

NAME, GIVEN, ANIMAL, BREED, WORDS = "Quetzalmark", "Xiomark", "Zibeluzmark", "Rassemark", "Wortmark"
EMAIL, STREET = "yggmark@example.org", "Rue Vexmark"
PHONE = "+33698712345"
MARKS = (NAME, GIVEN, ANIMAL, BREED, WORDS, EMAIL, STREET, PHONE, "0698712345", "06 98 71 23 45", "698712345")
KEY = {"Idempotency-Key": "once"}


class Life:
    """`owner` and `animal` are ids; the appointments are past, to come, typed on a phone, and contested."""

    def __init__(self, practice: DavPractice) -> None:
        self.practice, self.house, self.path = practice, practice.house, practice.path
        self.owner = self.animal = self.to_come = ""
        self.appointments: list[str] = []

    async def played(self) -> "Life":
        await self._records()
        await self._visits()
        await self._typed_on_a_phone()
        await self._waiting()
        await self._desk()
        await self._booking()
        await self._messages()
        await self._past()
        return self

    async def ask(self, service: str, method: str, path: str, **options: Any) -> httpx.Response:
        async with self.house.client(service, self.practice.id, test=True) as client:
            answer = await client.request(method, f"{self.path}/{path}", **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    async def _records(self) -> None:
        header = "external_id,family_name,given_name,phone,email"
        file = f"{header}\r\n{NAME}-17,{NAME},{GIVEN},06 98 71 23 45,{EMAIL}\r\n"
        body = {"format": "csv", "what": "owners", "content": file}
        await self.ask("agenda", "POST", "imports", json=body | {"dry_run": True}, headers=KEY)
        await self.ask("agenda", "POST", "imports", json=body | {"dry_run": False})
        found = await self.ask("agenda", "GET", "owners", params={"q": NAME})
        self.owner = found.json()["items"][0]["id"]
        more = {
            "address": {"street": f"3 {STREET}", "city": "Lyon"},
            "consents": dict.fromkeys(("sms", "email", "letter", "phone"), True),
            "remark": WORDS,
        }
        await self.ask("agenda", "PATCH", f"owners/{self.owner}", json=more, headers={"If-Match": "*"})
        animal = {"owner_id": self.owner, "name": ANIMAL, "species": "dog", "breed": BREED}
        made = await self.ask("agenda", "POST", "animals", json=animal, headers=KEY)
        self.animal = made.json()["id"]
        for whose in ({"owner_id": self.owner}, {"animal_id": self.animal}):
            await self.ask(
                "agenda",
                "POST",
                "documents",
                params={"name": f"{NAME}.txt", **whose},
                content=WORDS.encode(),
                headers={"Content-Type": "text/plain"},
            )

    async def book(self, start: str, **more: Any) -> str:
        words = {"title": f"VACCIN {WORDS}", "description": WORDS, "notes": f"{NAME} {WORDS}", "phone": PHONE}
        theirs = {"owner_id": self.owner, "animal_ids": [self.animal], "published": True}
        made = await self.practice.book(at(start), **(theirs | words | more))
        self.appointments.append(made["id"])
        return str(made["id"])

    async def _visits(self) -> None:
        """One is contested with the vet's calendar, one is cancelled with reasons."""
        await self.book("2026-11-24 10:00")
        contested = await self.book("2026-11-25 10:00")
        await self.practice.cycle()
        events = {each["id"]: each for each in self.practice.phone.sees()}
        mine = next(id for id, each in events.items() if "2026-11-25" in str(each["start"]))
        self.practice.phone.edit(mine, summary=f"{WORDS} du téléphone")
        await self.practice.edit(contested, title=f"{WORDS} de la clinique")
        await self.practice.cycle()
        cancelled = await self.book("2026-11-26 11:00")
        await self.practice.cycle()
        await self.practice.act(cancelled, "cancel", by="owner", reason=WORDS)
        await self.practice.cycle()
        self.to_come = await self.book("2026-12-15 10:00")
        await self.practice.cycle()

    async def _typed_on_a_phone(self) -> None:
        """Nobody has said whose it is: the number does."""
        self.practice.phone.type(f"{WORDS} $ 06 98 71 23 45", at("2026-11-27 15:00"), timedelta(minutes=30))
        await self.practice.cycle()
        typed = [each for each in await self.practice.appointments() if each["phone"] == PHONE]
        assert any(each["owner_id"] is None for each in typed), typed

    async def _waiting(self) -> None:
        await self.ask(
            "agenda", "PUT", "waitlist-settings", json={"enabled": True}, headers={"If-Match": "*"}
        )
        entry = {"appointment_type_id": self.practice.kind, "owner_id": self.owner}
        entry["available_from"] = at("2027-01-04 08:00").isoformat()
        await self.ask("agenda", "POST", "waitlist-entries", json=entry, headers=KEY)

    async def _desk(self) -> None:
        """What agents wrote down: with the record, and with nothing but a number or an address."""
        contact = {"name": f"{GIVEN} {NAME}", "phone": "06 98 71 23 45", "email": EMAIL}
        for whose in ({"owner_id": self.owner}, {"contact": contact}):
            message = {"subject": f"{NAME} {WORDS}", "text": WORDS, **whose}
            await self.ask("agenda", "POST", "desk/messages", json=message)
        choices = {"call_backs": {"calendar_ids": [self.practice.vet]}}
        await self.ask("agenda", "PUT", "desk/settings", json=choices, headers={"If-Match": "*"})
        asking = {"over": "email", "email": EMAIL, "name": NAME, "reason": WORDS}
        made = (await self.ask("agenda", "POST", "desk/call-backs", json=asking, headers=KEY)).json()
        start = {"start": at("2026-12-16 15:00").isoformat()}
        agree = f"desk/call-backs/{made['id']}/agree"
        agreed = (await self.ask("agenda", "POST", agree, json=start)).json()
        self.appointments.append(agreed["agreed"]["appointment_id"])

    async def _booking(self) -> None:
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        profile = {"opening_hours": dict.fromkeys(days, "08:00-20:00"), "horizon_days": 60}
        await self.ask("booking", "PUT", "booking-profile", json=profile, headers={"If-Match": "*"})
        kind = {"name": "CONTROLE", "duration_minutes": 20}
        kind |= {"requires": [{"kind": "practitioner", "any_of": [self.practice.vet]}]}
        made = (await self.ask("agenda", "POST", "appointment-types", json=kind)).json()
        wanted = {
            "appointment_type_id": made["id"],
            "start": at("2026-12-02 10:00").isoformat(),
            "owner_id": self.owner,
            "animals": [{"name": ANIMAL, "species": "dog", "breed": BREED}],
            "description": WORDS,
        }
        await self.ask("booking", "POST", "booking-requests", json=wanted, headers=KEY)

    async def _messages(self) -> None:
        message = {"to": PHONE, "text": f"Bonjour {NAME}, {WORDS}"}
        await self.ask("sms", "POST", "sms/messages", json=message, headers=KEY)
        await self.practice.settle()
        words = {"send_on": "2026-12-20", "text": f"{WORDS}, {NAME}"}
        personal = {"owner_id": self.owner, "channels": ["sms"], **words}  # of no visit: found by the owner
        await self.ask("reminders", "POST", "reminders", json=personal)

    async def _past(self) -> None:
        """The first visit passes; confirmations and reminders leave on the way."""
        await self.practice.set_clock("2026-11-24T20:00:00+01:00")

        async def told() -> bool:
            rows = (await self.ask("reminders", "GET", "reminders", params={"limit": 100})).json()["items"]
            return any(each["status"] == "sent" for each in rows)

        assert await eventually(told), system_now()
        await self.practice.cycle()
