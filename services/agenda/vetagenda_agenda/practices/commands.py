from typing import Any

from vetagenda_agenda import history
from vetagenda_agenda.practices.schemas import NewPractice, PracticePatch
from vetagenda_agenda.tables import Practice
from vetagenda_contracts.agenda import PracticeCreated, PracticeUpdated
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest

_PERSONAL = ("phone", "email", "address")


def _snapshot(row: Practice) -> dict[str, Any]:
    return row.model_dump(mode="json")


def _facts(row: Practice) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"name", *_PERSONAL})


async def create(session: WriteSession, request: NewPractice, actor: Actor) -> Practice:
    if request.now is not None and not request.test:
        raise InvalidRequest.at("/now", "only a test practice has a clock of its own")
    now = system_now()
    practice = Practice(
        **request.model_dump(mode="json", exclude={"now"}),
        id=uuid7(),
        virtual_now=(request.now or now.replace(microsecond=0)) if request.test else None,
        created_at=now,
    )
    await session.also_see(practice.id)
    session.add(practice)
    event = PracticeCreated(
        practice_id=practice.id, actor=actor, aggregate_id=practice.id, version=1, after=_facts(practice)
    )
    history.tell(session, event, kind="practice", at=now, before=None, after=_snapshot(practice))
    return practice


async def update(session: WriteSession, practice: Practice, patch: PracticePatch, actor: Actor) -> Practice:
    before, facts_before = _snapshot(practice), _facts(practice)
    changes = patch.changes()
    for name, value in changes.items():
        setattr(practice, name, value)
    practice.version += 1
    event = PracticeUpdated(
        practice_id=practice.id,
        actor=actor,
        aggregate_id=practice.id,
        version=practice.version,
        before=facts_before,
        after=_facts(practice),
        fields=sorted(changes),
    )
    at = practice.virtual_now or system_now()
    history.tell(session, event, kind="practice", at=at, before=before, after=_snapshot(practice))
    return practice
