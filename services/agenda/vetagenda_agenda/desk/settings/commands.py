"""Changes how a practice wants its calls handled."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from vetagenda_agenda import history
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.calls.popups import Popup
from vetagenda_agenda.desk.messages.rules import check_channels
from vetagenda_agenda.desk.organisations import queries as organisations
from vetagenda_agenda.desk.settings.schemas import DeskSettings
from vetagenda_agenda.desk.tables import DeskNumber, DeskSetting, Link, Script
from vetagenda_agenda.phones import e164
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Calendar, Practice, Record
from vetagenda_contracts.desk import DeskUpdated
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version, parse_if_match
from vetagenda_kit.problems import InvalidRequest, NotFound


async def choose(
    session: WriteSession, practice_id: UUID, choices: DeskSettings, context: Context, if_match: str | None
) -> int:
    """The new version; `if_match` can be left out the first time. Raises StaleVersion, VersionRequired,
    NotFound, and InvalidRequest for what leads nowhere."""
    row = await session.get(DeskSetting, practice_id, with_for_update=True)
    if row is not None or if_match is not None:
        check_version(parse_if_match(if_match), row.version if row else 0)
    practice = await practices.practice(session, practice_id)
    numbers = _numbers(choices, practice)
    check_channels(choices.messages.notify, addresses(choices, practice), at="/messages/notify")
    await _check_popup(session, choices)
    await _check_calendars(session, choices.call_backs.calendar_ids)
    await _check_sharing(session, practice_id, choices)
    if row is None:
        row = DeskSetting(practice_id=practice_id)
        session.add(row)
    before, row.choices = row.choices, choices.model_dump(mode="json", by_alias=True)
    row.version += 1
    await session.execute(delete(DeskNumber).where(col(DeskNumber.practice_id) == practice_id))
    session.add_all(DeskNumber(practice_id=practice_id, number=each) for each in numbers)
    _tell(session, row, before, context)
    return row.version


def addresses(choices: DeskSettings, practice: Practice) -> dict[str, str | None]:
    """Where the practice is told of its messages."""
    said = choices.messages
    return {
        "email": said.email or practice.email,
        "fax": e164(said.fax, practice.country),
        "mobile": e164(said.mobile, practice.country),
    }


def _numbers(choices: DeskSettings, practice: Practice) -> list[str]:
    read = {f"/numbers/{place}": e164(each, practice.country) for place, each in enumerate(choices.numbers)}
    read |= {f"/messages/{name}": e164(number, practice.country) for name, number in _dialled(choices)}
    if wrong := [at for at, number in read.items() if number is None]:
        detail = "this is no telephone number that can be dialled"
        raise InvalidRequest(detail, errors=[{"pointer": at, "detail": detail} for at in wrong])
    return sorted({number for at, number in read.items() if number and at.startswith("/numbers")})


def _dialled(choices: DeskSettings) -> list[tuple[str, str]]:
    told = (("fax", choices.messages.fax), ("mobile", choices.messages.mobile))
    return [(name, number) for name, number in told if number is not None]


async def _check_popup(session: WriteSession, choices: DeskSettings) -> None:
    needed: dict[Popup, tuple[str, UUID | None]] = {
        Popup.SCRIPT: ("/script_id", choices.script_id),
        Popup.LINK: ("/link_id", choices.link_id),
    }
    at, chosen = needed.get(choices.popup, ("", None))
    if at and chosen is None:
        raise InvalidRequest.at(at, f"the pop-up {choices.popup.value} needs one to show")
    await _check_living(session, Script, choices.script_id, "/script_id", "script")
    await _check_living(session, Link, choices.link_id, "/link_id", "link")


async def _check_living(
    session: WriteSession, table: type[Record], record_id: UUID | None, at: str, noun: str
) -> None:
    if record_id is None:
        return
    found = await session.get(table, record_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(f"{at}: there is no such {noun}")


async def _check_calendars(session: WriteSession, calendar_ids: Collection[UUID]) -> None:
    query = select(col(Calendar.id)).where(
        col(Calendar.id).in_(calendar_ids), col(Calendar.deleted_at).is_(None)
    )
    living = set(await session.scalars(query))
    for place, each in enumerate(calendar_ids):
        if each not in living:
            raise NotFound(f"/call_backs/calendar_ids/{place}: there is no such calendar")


async def _check_sharing(session: WriteSession, practice_id: UUID, choices: DeskSettings) -> None:
    """Raises InvalidRequest, which names each that is not of the same organisation."""
    others = await organisations.others_of(session, practice_id)
    detail = "it is no other practice of the same organisation"
    errors = [
        {"pointer": f"/{name}/{place}", "detail": detail}
        for name in ("share_messages_with", "share_contacts_with")
        for place, each in enumerate(getattr(choices, name))
        if each not in others
    ]
    if errors:
        raise InvalidRequest(detail, errors=errors)


_OF_PEOPLE = {"numbers", "messages"}


def _facts(choices: Any) -> dict[str, Any]:
    """Addresses, numbers and texts stay here."""
    return {name: value for name, value in choices.items() if name not in _OF_PEOPLE}


def _tell(session: WriteSession, row: DeskSetting, before: Any, context: Context) -> None:
    event = DeskUpdated(
        practice_id=row.practice_id,
        actor=context.actor,
        aggregate_id=row.practice_id,
        version=row.version,
        before=_facts(before) if before else None,
        after=_facts(row.choices),
        fields=sorted(name for name, value in row.choices.items() if before.get(name) != value),
    )
    history.tell(session, event, kind="desk", at=context.now, before=before or None, after=row.choices)
