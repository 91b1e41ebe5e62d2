"""The committed documents say what the code does, and released messages still parse (PART-10)."""

import importlib
import json
from pathlib import Path

import pytest
from contracts.recording import EXAMPLES

from vetagenda_contracts.events import EVENT_TYPES, CloudEvent
from vetagenda_gateway.contracts import __main__ as contracts
from vetagenda_gateway.contracts import documents

for service in contracts.SERVICES:
    importlib.import_module(f"vetagenda_contracts.{service.replace('-', '_')}")

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


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_released_message_still_parses(path: Path) -> None:
    envelope = CloudEvent.model_validate_json(path.read_text())
    assert envelope.type == path.parent.name
    event = envelope.event()
    for name, value in envelope.data.items():
        assert json.loads(event.model_dump_json())[name] == value, "what was said then is still understood"


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_every_event_type_has_an_example(name: str) -> None:
    assert list((EXAMPLES / name).glob("*.json")), "run: pytest -p contracts.recording tests"


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_an_event_is_named_after_its_publisher_and_what_has_happened(name: str) -> None:
    publisher, noun, participle = name.split(".")
    assert publisher in contracts.SERVICES
    assert noun
    assert participle.endswith(("ed", "due", "sent"))


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_events_carry_no_personal_data(name: str) -> None:
    """Ids and times: names, phones, addresses and free text are fetched at use, and gone once erased."""
    personal = {
        "name", "given_name", "family_name", "owner_name", "phone", "email", "address", "title",
        "description", "notes", "text", "body", "subject", "reason", "recipient",
    }  # fmt: skip
    schema = json.dumps(EVENT_TYPES[name].model_json_schema())
    found = [word for word in sorted(personal) if f'"{word}": {{' in schema]
    assert not found
