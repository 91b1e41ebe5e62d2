"""Files as other programs write them, and the way they are imported."""

from typing import Any

import httpx
from agenda.conftest import Clinic


def event(uid: str = "a@elsewhere", *lines: str, start: str = "20310304T100000Z", end: str = "") -> str:
    end = end or "20310304T103000Z"
    times = [
        f"DTSTART{start if start[0] in ':;' else ':' + start}",
        f"DTEND{end if end[0] in ':;' else ':' + end}",
    ]
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", *times, *lines, "END:VEVENT", ""))


def calendar(*events: str) -> str:
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\n" + "".join(events) + "END:VCALENDAR\r\n"


async def imported(clinic: Clinic, content: str, **more: Any) -> httpx.Response:
    body: dict[str, Any] = {"format": "ics", "content": content}
    if more.get("what", "appointments") == "appointments":
        body["calendar_id"] = clinic.vets[0]
    return await clinic.http.post(f"{clinic.path}/imports", json=body | more)


async def applied(clinic: Clinic, content: str, **more: Any) -> dict[str, Any]:
    answer = await imported(clinic, content, dry_run=False, **more)
    assert answer.status_code == 201, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def appointments(clinic: Clinic) -> list[dict[str, Any]]:
    answer = await clinic.http.get(f"{clinic.path}/appointments", params={"limit": 100})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def exported(clinic: Clinic, what: str, **params: Any) -> str:
    answer = await clinic.http.get(f"{clinic.path}/exports/{what}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content.decode()
