"""The committed documents say what the code does, and released messages still parse (PART-10)."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contracts.recording import EXAMPLES

from vetagenda_contracts.events import EVENT_TYPES, CloudEvent
from vetagenda_gateway.contracts import __main__ as contracts
from vetagenda_gateway.contracts import documents
from vetagenda_gateway.contracts.problem_texts import EXPLAINED

for service in contracts.SERVICES:
    importlib.import_module(f"vetagenda_contracts.{service.replace('-', '_')}")

_CODE = re.compile(r"[A-Za-z0-9_.:/+#-]{0,80}")
MESSAGES = sorted(EXAMPLES.glob("*/*.json"))


def test_the_committed_documents_are_what_the_code_says() -> None:
    assert contracts.stale(documents.FOLDER) == [], "run: make contracts"


def test_a_document_that_differs_or_is_missing_is_found(tmp_path: Path) -> None:
    contracts.write(tmp_path)
    assert contracts.stale(tmp_path) == []
    (tmp_path / "agenda.json").write_text("{}\n")
    (tmp_path / "sms.json").unlink()
    (tmp_path / "forgotten.json").write_text("{}\n")
    assert contracts.stale(tmp_path) == ["agenda.json", "forgotten.json", "sms.json"]


def test_every_problem_that_is_documented_is_explained() -> None:
    """PLAT-4: the `type` of each problem points to its paragraph in /docs/problems."""
    said = [
        answer.get("description", "")
        for operations in documents.load("gateway")["paths"].values()
        for operation in operations.values()
        for answer in operation["responses"].values()
    ]
    documented = set(re.findall(r"\[`([a-z]+(?:-[a-z]+)*)`\]\(/docs/problems#\1\): ", " ".join(said)))
    assert documented
    assert documented <= EXPLAINED.keys()


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_released_message_still_parses(path: Path) -> None:
    envelope = CloudEvent.model_validate_json(path.read_text())
    assert envelope.type == path.parent.name
    event = envelope.event()
    now = json.loads(event.model_dump_json())
    assert still_says(now, envelope.data), "what was said then is still understood"


def still_says(now: Any, then: Any) -> bool:
    """A field may have been added, with its default."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(name in now and still_says(now[name], value) for name, value in then.items())
    return bool(now == then)


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_message_holds_only_ids_times_and_codes(path: Path) -> None:
    """What a person wrote has spaces sooner or later; no value that we publish has any."""
    data = json.loads(path.read_text())["data"]
    for value in _texts(data):
        assert _CODE.fullmatch(value) or value in _names_of_types(path.parent.name, data), value


def _names_of_types(event_type: str, data: dict[str, Any]) -> list[str]:
    """What an appointment type is called ("vaccination") says nothing about a person."""
    states = (
        [data.get("before"), data.get("after")] if event_type.startswith("agenda.appointment-type.") else []
    )
    return [state["name"] for state in states if state and "name" in state]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_every_event_type_has_an_example(name: str) -> None:
    assert list((EXAMPLES / name).glob("*.json")), "run: pytest -p contracts.recording tests"


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_an_event_is_named_after_its_publisher_and_what_has_happened(name: str) -> None:
    publisher, noun, participle = name.split(".")
    assert publisher in contracts.SERVICES
    assert noun
    assert participle.endswith(("ed", "due", "made", "sent", "withdrawn", "chosen", "done", "read", "left"))


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_events_carry_no_personal_data(name: str) -> None:
    """Ids and times: names, phones, addresses and free text are fetched at use, and gone once erased."""
    personal = {
        "name", "given_name", "family_name", "owner_name", "phone", "email", "address", "title",
        "description", "notes", "text", "body", "subject", "recipient",
    }  # fmt: skip
    schema = json.dumps(EVENT_TYPES[name].model_json_schema())
    found = [word for word in sorted(personal) if f'"{word}": {{' in schema]
    assert not found
