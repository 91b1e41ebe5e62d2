"""PART-10: every operation answers as its document says, whatever is sent, with a full and a foreign key.

Schemathesis makes the requests from the merged document: some that should be taken and some that should not,
with the ids of a practice that has one of everything.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import requests
import schemathesis
from gateway.conftest import Front, front
from gateway.populated import Populated, populate
from gateway.walking import OPEN, PRACTICE, SERVICES, app_of, operations, practice_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 3
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NOT_TRIED = ("/stream", "/google/start")
"""A stream does not end, and Google is asked for a page."""
NOTHING_TOLD = (400, 401, 404, 405)
"""The first two of requests that are no HTTP, or without the key that they came with."""
MARK = "Plutôt-Conforme"
LAST = ("DELETE", "/revoke", "/rotate", "/test/clock", "/test/year")
ORDERED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Operation = APIOperation[Any, Any, Any, Any]


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("conformance")
    async with front(folder, *SERVICES, nats_url=nats_url, **OPEN) as running:
        yield running


@pytest.fixture(scope="module")
async def there(platform: Front) -> AsyncIterator[Populated]:
    practice = await practice_of(platform, MARK)
    async with platform.client(await platform.key(practice)) as client, app_of(platform, practice) as app:
        yield await populate(client, practice, MARK, app)


@dataclass
class Walk:
    """One pass over all operations with one key. `answers` are (operation, status, text)."""

    platform: Front
    there: Populated
    key: str
    failures: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, int, str]] = field(default_factory=list)

    def run(self) -> None:
        document = {**self.platform.document, "paths": dict(self._paths())}
        schema = schemathesis.openapi.from_dict(document)
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self.key}"
            for operation in sorted(map(_readable, schema.get_all_operations()), key=_gently):
                for mode in GenerationMode:
                    self._try(operation, mode, session)

    def told(self) -> str:
        return "\n".join(f"{label}: {failure}" for label, failure in self.failures.items())

    def _paths(self) -> Iterator[tuple[str, Any]]:
        for path, item in self.platform.document["paths"].items():
            served = [each["x-service"] for each in item.values() if isinstance(each, dict)]
            if "behind" not in served and not path.endswith(NOT_TRIED):
                yield path, item

    def _try(self, operation: Operation, mode: GenerationMode, session: requests.Session) -> None:
        label = f"{operation.method.upper()} {operation.path}"

        @ORDERED
        @given(case=operation.as_strategy(generation_mode=mode))
        def conforms(case: schemathesis.Case[Any]) -> None:
            case.path_parameters = self._ids(operation.path, case.path_parameters)
            answer = case.call(base_url=self.platform.url, session=session)
            self.answers.append((label, answer.status_code, answer.text))
            case.validate_response(answer, checks=CHECKS)

        try:
            conforms()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, f"{label}: nothing fits its schemas"  # it takes anything
        except (Failure, FailureGroup, ExceptionGroup) as wrong:
            told = wrong.exceptions if isinstance(wrong, ExceptionGroup) else [wrong]
            self.failures[f"{label} ({mode.value})"] = "; ".join(" ".join(str(each).split()) for each in told)

    def _ids(self, path: str, generated: dict[str, Any] | None) -> dict[str, Any]:
        """Real ids where the practice has one, else what was generated."""
        found = dict(generated or {})
        for name in found:
            collection = path.partition("/{practice_id}/")[2].rpartition(f"/{{{name}}}")[0]
            found[name] = self.there.ids.get(collection, found[name])
        return found | ({"practice_id": str(self.there.practice)} if "practice_id" in found else {})


def _readable(found: Any) -> Operation:
    """Raises the schema's fault, if it has one."""
    operation: Operation = found.ok()
    return operation


def _gently(operation: Operation) -> tuple[bool, bool, str]:
    """What ends something comes last: until then there is something to be read and changed."""
    label = f"{operation.method.upper()} {operation.path}"
    return any(each in label for each in LAST), operation.method != "get", label


async def walked(platform: Front, there: Populated, key: str) -> Walk:
    walk = Walk(platform, there, key)
    await asyncio.to_thread(walk.run)
    return walk


async def test_with_a_full_key_every_answer_is_as_documented(platform: Front, there: Populated) -> None:
    walk = await walked(platform, there, await platform.key(there.practice))
    assert not walk.failures, walk.told()
    taken = {label for label, status, _ in walk.answers if status < 300}
    assert len(taken) > 60, "it gets past the doors"


async def test_with_a_foreign_key_nothing_is_told_and_every_answer_is_documented(
    platform: Front, there: Populated
) -> None:
    practice = await practice_of(platform, "foreign")
    before = await content(there)
    walk = await walked(platform, there, await platform.key(practice))
    assert not walk.failures, walk.told()
    closed = {f"{method} {path}" for path, method, _ in operations(platform.document) if PRACTICE in path}
    inside = [each for each in walk.answers if each[0] in closed]
    assert len(inside) > 500
    told = [each for each in inside if each[1] not in NOTHING_TOLD]
    assert not told, "\n".join(map(str, told[:10]))
    assert MARK not in "".join(text for _, _, text in walk.answers)
    assert await content(there) == before


async def content(there: Populated) -> str:
    lists = ("owners", "animals", "appointments", "calendars", "documents", "templates", "reminders")
    return json.dumps([await there.get(each) for each in lists], sort_keys=True)


def test_ids_are_found_by_their_collection() -> None:
    there = Populated(UUID(int=1), None, "", {"owners": "a", "visits/{visit_id}/lines": "b", "visits": "c"})  # type: ignore[arg-type]
    walk = Walk(None, there, "")  # type: ignore[arg-type]
    path = "/v1/practices/{practice_id}/visits/{visit_id}/lines/{line_id}"
    generated = {"practice_id": "x", "visit_id": "y", "line_id": "z"}
    assert walk._ids(path, generated) == {"practice_id": str(UUID(int=1)), "visit_id": "c", "line_id": "b"}
