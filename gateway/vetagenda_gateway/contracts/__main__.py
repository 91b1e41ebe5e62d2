"""Writes the documents of all services: `python -m vetagenda_gateway.contracts [--check]`.

The services are found by name and asked for their documents; nothing of them is imported where the gateway
runs. `--check` changes nothing and fails when a committed document is not what the code says.
"""

import importlib
import sys
import tempfile
from pathlib import Path

from fastapi import FastAPI

from vetagenda_contracts.gateway import NOTICES
from vetagenda_contracts.language import EVENT_TYPES
from vetagenda_gateway.contracts import asyncapi, documents, merge
from vetagenda_kit.service import VERSION

SERVICES = ("agenda", "booking", "reminders", "sms", "calendar-sync", "gateway")


def generated() -> dict[str, str]:
    """File name -> content: a document per service, the merged one, and the events'."""
    with tempfile.TemporaryDirectory() as folder:
        apart = {service: app_of(service, Path(folder)).openapi() for service in SERVICES}
    whole = {f"{service}.json": apart[service] for service in SERVICES if service != "gateway"}
    whole["gateway.json"] = merge.merge(apart, VERSION)
    whole["asyncapi.json"] = asyncapi.document({**EVENT_TYPES, **NOTICES}, VERSION)
    return {name: documents.content(document) for name, document in whole.items()}


def app_of(service: str, folder: Path) -> FastAPI:
    """The service's own app, with its keys in the folder. Building one opens no connection."""
    app_module = importlib.import_module(f"vetagenda_{_module(service)}.app")
    settings_module = importlib.import_module(f"vetagenda_{_module(service)}.settings")
    create = app_module.own_app if service == "gateway" else app_module.create
    settings = settings_module.Settings(
        database_url="postgresql+asyncpg://nobody@localhost/none", keys_file=folder / "keys.json"
    )
    app: FastAPI = create(settings)
    return app


def _module(service: str) -> str:
    return service.replace("-", "_")


def stale(folder: Path) -> list[str]:
    """The names of the documents that are missing or not what the code says."""
    wanted = generated()
    there = {path.name for path in folder.glob("*.json")}
    outdated = {name for name in wanted if name in there and (folder / name).read_text() != wanted[name]}
    return sorted(outdated | (wanted.keys() ^ there))


def write(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in generated().items():
        (folder / name).write_text(content)


def main(arguments: list[str]) -> int:
    if arguments != ["--check"]:
        write(documents.FOLDER)
        return 0
    outdated = stale(documents.FOLDER)
    if outdated:
        sys.stderr.write(f"not what the code says: {', '.join(outdated)} (run: make contracts)\n")
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
