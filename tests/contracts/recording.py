"""Keeps one real message of every event type that has no example yet.

    pytest -p contracts.recording tests

writes `libs/contracts/examples/<event type>/<release>.json` from what the tests cause. An example that is
there is never overwritten: it stands for all the messages of its shape that consumers may still hold.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from vetagenda_contracts.events import Event
from vetagenda_kit import outbox
from vetagenda_kit.service import VERSION

EXAMPLES = Path(__file__).parents[2] / "libs" / "contracts" / "examples"


def pytest_configure(config: pytest.Config) -> None:
    row = outbox._row

    def recorded(event: Event, trace: str | None) -> tuple[Any, ...]:
        made = row(event, trace)
        keep(json.loads(made[outbox._COLUMNS.index("contents")]))
        return made

    outbox._row = recorded


def keep(message: dict[str, Any]) -> None:
    folder = EXAMPLES / message["type"]
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / f"{VERSION}.json").write_text(json.dumps(message, indent=2, ensure_ascii=False) + "\n")
