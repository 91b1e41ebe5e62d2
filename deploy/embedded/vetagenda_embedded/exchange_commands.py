"""`vetagenda import` and `vetagenda export`: a practice's records from and into files."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vetagenda_embedded.operator_client import OperatorClient, Refused
from vetagenda_embedded.readable import readable

_SHOWN = ("line", "external_id", "action", "id", "field", "reason", "kept")


def import_file(client: OperatorClient, order: argparse.Namespace) -> int:
    """Without `--apply` only what would be done. For people: the counts, then every line with something to
    say; for scripts the whole answer. Lines that are no records make it a failure: they were left out."""
    imports = f"/v1/practices/{order.practice}/imports"
    if order.undo is not None:
        done = client.public("POST", f"{imports}/{order.undo}/undo")
    else:
        done = client.public("POST", imports, _wanted(order))
    print(json.dumps(done) if order.json else readable(list(_told(done))))
    if not (invalid := done["counts"].get("invalid", 0)):
        return 0
    print(f"vetagenda: {invalid} of {len(done['lines'])} lines are invalid", file=sys.stderr)
    return 1


def _wanted(order: argparse.Namespace) -> dict[str, Any]:
    """Raises Refused for a file that cannot be read."""
    try:
        content = order.file.read_bytes().decode(order.encoding)
    except OSError as error:
        raise Refused(f"{order.file} cannot be read: {error.strerror}") from error
    except LookupError as error:
        raise Refused(f"the encoding {order.encoding} is not known: name one as cp1252 or utf-8") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{order.file} is not in {order.encoding}: give its --encoding, as cp1252") from error
    wanted = {
        "format": order.format or order.file.suffix.removeprefix(".").lower(),
        "what": order.what,
        "content": content,
        "mapping": dict(each.split("=", 1) for each in order.map),
        "calendar_id": order.calendar,
        "time_zone": order.time_zone,
        "date_format": order.date_format,
        "dry_run": not order.apply,
        "allow_overlap": order.allow_overlap,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _told(done: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield {"import": done["id"], "status": done["status"], **done["counts"]}
    for line in done["lines"]:
        if line["action"] != "unchanged":
            notes = {"notes": "; ".join(line["notes"])} if line["notes"] else {}
            yield {name: line[name] for name in _SHOWN if line[name] is not None} | notes


def export(client: OperatorClient, order: argparse.Namespace) -> int:
    """Into a file, which is there only when it is whole, or to standard output."""
    query = {"from": order.from_, "to": order.to, "calendar_id": order.calendar}
    if order.bom:
        query["bom"] = "true"
    parts = client.download(f"/v1/practices/{order.practice}/exports/{order.what}", **query)
    if order.output is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return 0
    try:
        _write_whole(order.output, parts)
    except OSError as error:
        raise Refused(f"{order.output} cannot be written: {error.strerror}") from error
    return 0


def _write_whole(path: Path, parts: Iterable[bytes]) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            file.writelines(parts)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
