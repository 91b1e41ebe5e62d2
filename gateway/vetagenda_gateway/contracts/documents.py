"""The committed documents, which the platform is built from: `libs/contracts/openapi`."""

import json
from pathlib import Path
from typing import Any

import vetagenda_contracts

FOLDER = Path(vetagenda_contracts.__file__).parent / "openapi"


def load(name: str) -> dict[str, Any]:
    """`gateway` is the merged OpenAPI document, `asyncapi` that of the events."""
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return document


def content(document: dict[str, Any]) -> str:
    """A document as it is committed and served: the same document always gives the same bytes."""
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
