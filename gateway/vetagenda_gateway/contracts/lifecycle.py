"""Which versions of the API there are, and what becomes of an operation that is to end (PLAT-4).

An operation says in its own route that it is deprecated (`operation_marks.deprecated`); once it is taken out
of the code it stands in `GONE`, so that who still calls it is told what to call instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any, Literal

from vetagenda_kit.problems import Problem

RawHeaders = tuple[tuple[bytes, bytes], ...]
Status = Literal["current", "deprecated", "gone"]
PAGE = "/docs/versions"


class OperationGone(Problem):
    """`since` is the day on which it ended, `successor` the path of what took its place, if there is any."""

    status, code, title = 410, "operation-gone", "This operation does not exist any more"


@dataclass(frozen=True)
class Version:
    """A version of the whole API. `sunset` is the day on which it ends."""

    name: str
    status: Status
    since: date
    sunset: date | None = None


@dataclass(frozen=True)
class Ending:
    """An operation that is deprecated or gone."""

    method: str
    path: str
    status: Status
    since: date
    sunset: date
    successor: str | None = None


VERSIONS = (Version("v1", "current", date(2026, 11, 1)),)
GONE: tuple[Ending, ...] = ()


def deprecated(document: Mapping[str, Any]) -> Iterator[Ending]:
    """The operations of the merged document that are to end."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "x-sunset" in operation:
                yield Ending(
                    method.upper(),
                    path,
                    "deprecated",
                    date.fromisoformat(operation["x-deprecated-since"]),
                    date.fromisoformat(operation["x-sunset"]),
                    operation.get("x-successor"),
                )


def headers(operation: Mapping[str, Any]) -> RawHeaders:
    """`Deprecation` (RFC 9745, a date as Unix seconds), `Sunset` (RFC 8594, an HTTP date) and where to read
    on; nothing for an operation that stays."""
    if "x-sunset" not in operation:
        return ()
    since, sunset = (_midnight(operation[name]) for name in ("x-deprecated-since", "x-sunset"))
    links = [f'<{PAGE}>; rel="deprecation"; type="text/html"']
    if successor := operation.get("x-successor"):
        links.append(f'<{successor}>; rel="successor-version"')
    return (
        (b"deprecation", b"@%d" % since.timestamp()),
        (b"sunset", format_datetime(sunset, usegmt=True).encode()),
        (b"link", ", ".join(links).encode()),
    )


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def check_not_gone(method: str, path: str, gone: tuple[Ending, ...]) -> None:
    """Raises OperationGone for what was there once."""
    for each in gone:
        if each.method == method and _is_of(path, each.path):
            said = f"it ended on {each.sunset.isoformat()}"
            raise OperationGone(said, since=each.sunset.isoformat(), successor=each.successor)


def _is_of(path: str, template: str) -> bool:
    parts, wanted = path.split("/"), template.split("/")
    return len(parts) == len(wanted) and all(
        part == one or (one.startswith("{") and part) for part, one in zip(parts, wanted, strict=True)
    )


def table(document: Mapping[str, Any], gone: tuple[Ending, ...]) -> dict[str, Any]:
    """As `/v1/versions.json` answers it."""
    endings = [*deprecated(document), *gone]
    return {
        "versions": [_told(each) for each in VERSIONS],
        "operations": [_told(each) for each in endings],
    }


def _told(one: Version | Ending) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in vars(one).items()
    }
