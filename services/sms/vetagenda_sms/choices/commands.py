"""Changes a practice's choices, told with what they were before."""

from typing import Any

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import SettingsUpdated
from vetagenda_kit import outbox, public_holidays
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version, parse_if_match
from vetagenda_kit.problems import InvalidRequest
from vetagenda_sms.choices import queries
from vetagenda_sms.choices.schemas import SmsSettings
from vetagenda_sms.choices.tables import Choices
from vetagenda_sms.messages.replanning import Hours, plan_again
from vetagenda_sms.practices import Practice


async def choose(
    session: WriteSession, practice: Practice, choices: SmsSettings, actor: Actor, if_match: str | None
) -> int:
    """The new version; `if_match` can be left out the first time. Raises StaleVersion, VersionRequired, and
    InvalidRequest for a subdivision that the practice's country has not."""
    _check_subdivision(practice.country, choices.subdivision)
    row = await session.get(Choices, practice.id, with_for_update=True)
    if row is not None or if_match is not None:
        check_version(parse_if_match(if_match), row.version if row else 0)
    before = queries.shown(row) if row else None
    if row is None:
        row = Choices(practice_id=practice.id, texts_kept_days=choices.texts_kept_days)
        session.add(row)
    for name, value in choices.model_dump().items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    if (before or SmsSettings()).subdivision != choices.subdivision:
        ways = await queries.ways_of(session, practice.id, practice.country)
        hours = Hours(practice.zone, ways.holidays, practice.now, practice.virtual)
        await plan_again(session, practice.id, hours)
    outbox.add(session, _updated(row, before, choices, actor))
    return row.version


def _updated(row: Choices, before: SmsSettings | None, after: SmsSettings, actor: Actor) -> SettingsUpdated:
    """Free text stays out of events: of the sender only that it is another."""
    changed = set(before or SmsSettings()) ^ set(after)
    return SettingsUpdated(
        practice_id=row.practice_id,
        actor=actor,
        aggregate_id=row.practice_id,
        version=row.version,
        before=_without_text(before) if before else None,
        after=_without_text(after),
        fields=sorted({name for name, _ in changed}),
    )


def _without_text(choices: SmsSettings) -> dict[str, Any]:
    return choices.model_dump(mode="json", exclude={"sender"})


def _check_subdivision(country: str, subdivision: str | None) -> None:
    if subdivision is None:
        return
    try:
        public_holidays.check_country(country)
        public_holidays.check_subdivision(country, subdivision)
    except ValueError as unknown:
        raise InvalidRequest.at("/subdivision", str(unknown)) from unknown
