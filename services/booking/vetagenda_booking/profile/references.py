"""The calendars and types that a profile names are the practice's own; only the agenda knows."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.profile.schemas import Profile
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_kit.service import Service


async def _checked(
    practice_id: UUID,
    profile: Profile,
    request: Request,
    caller: Annotated[Caller, Depends(requires("practice:write"))],
) -> Profile:
    if repeated := [*_repeated(profile)]:
        raise InvalidRequest(f"{repeated[0]['pointer']}: {repeated[0]['detail']}", errors=repeated)
    named = [*_references(profile)]
    if named:
        service: Service = request.app.state.service
        agenda = Agenda(service.peers, practice_id, caller.actor)
        known = await agenda.known(
            [each for _, kind, each in named if kind == "calendar"],
            [each for _, kind, each in named if kind == "appointment type"],
        )
        own = {*known["calendar_ids"], *known["appointment_type_ids"]}
        for pointer, kind, each in named:
            if str(each) not in own:
                raise NotFound(f"{pointer}: there is no such {kind}")
    return profile


def _references(profile: Profile) -> Iterator[tuple[str, str, UUID]]:
    for position, restriction in enumerate(profile.types):
        pointer = f"/types/{position}/appointment_type_id"
        yield pointer, "appointment type", restriction.appointment_type_id
    for position, calendar in enumerate(profile.calendars):
        yield f"/calendars/{position}/calendar_id", "calendar", calendar.calendar_id


def _repeated(profile: Profile) -> Iterator[dict[str, str]]:
    """Two entries for the same would contradict each other: which of them counts, nobody could know."""
    keys: dict[str, list[object]] = {
        "types/{}/appointment_type_id": [each.appointment_type_id for each in profile.types],
        "calendars/{}/calendar_id": [each.calendar_id for each in profile.calendars],
        "exceptions/{}/date": [each.date for each in profile.exceptions],
    }
    for pointer, given in keys.items():
        seen: set[object] = set()
        for position, key in enumerate(given):
            if key in seen:
                yield {
                    "pointer": f"/{pointer.format(position)}",
                    "detail": "there is an entry for this already",
                }
            seen.add(key)


CheckedProfile = Annotated[Profile, Depends(_checked)]
"""A profile that names nothing strange. Goes before the session: no transaction waits for a peer."""
