"""Which service serves which public path, from the merged OpenAPI document.

A trie over path segments: a literal wins over a parameter. Segments are compared as they were sent; a path
that could be read in two ways (an encoded slash, a dot segment) is nobody's.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vetagenda_gateway.contracts import lifecycle
from vetagenda_gateway.contracts.lifecycle import RawHeaders

METHODS = ("get", "put", "post", "delete", "patch", "options", "trace")
_PARAMETER = re.compile(r"^([^{]*)\{([^}]+)\}(.*)$")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_AMBIGUOUS = re.compile(rb"%(2f|5c|00|2e)|[^\x21-\x7e]|\\|#", re.IGNORECASE)


@dataclass(frozen=True)
class Operation:
    """One method of one path. `practice_at` is the index of `practice_id` among the path's parameters.

    `public` operations need no key (`security: []`). `x-max-body-bytes` and `x-answer-timeout-seconds` in the
    document change the gateway's own limits for one operation; `x-called-by: carriers` has its calls counted
    apart. `family` is what it is counted with too, `lifecycle` the headers of one that is deprecated.
    """

    service: str
    path: str
    practice_at: int | None
    public: bool
    called_by_carriers: bool
    max_body_bytes: int | None
    answer_timeout_seconds: float | None
    family: str | None = None
    lifecycle: RawHeaders = ()

    @classmethod
    def of(cls, template: str, practice_at: int | None, document: Mapping[str, Any]) -> "Operation":
        return cls(
            service=document["x-service"],
            path=template,
            practice_at=practice_at,
            public=document.get("security") == [],
            called_by_carriers=document.get("x-called-by") == "carriers",
            max_body_bytes=document.get("x-max-body-bytes"),
            answer_timeout_seconds=document.get("x-answer-timeout-seconds"),
            family=document.get("x-rate-limit-family"),
            lifecycle=lifecycle.headers(document),
        )


@dataclass
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameters: dict[tuple[str, str], "_Node"] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """The operations of a path by method, and the values of its parameters in order."""

    operations: Mapping[str, Operation]
    values: tuple[str, ...]

    def practice(self, operation: Operation) -> str | None:
        return None if operation.practice_at is None else self.values[operation.practice_at]

    def subjects(self) -> tuple[UUID, ...]:
        """The ids in the path, without the practice's."""
        first = next(iter(self.operations.values()))
        return tuple(
            UUID(value)
            for place, value in enumerate(self.values)
            if place != first.practice_at and _ID.fullmatch(value)
        )


class RouteTable:
    """`find` is on the way of every request: no regular expression over the routes, one walk."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """`document` is the merged OpenAPI document, whose operations name their service (`x-service`)."""
        self._root = _Node()
        for template, item in document["paths"].items():
            self._add(template, item)

    def _add(self, template: str, item: Mapping[str, Any]) -> None:
        node, names = self._root, list[str]()
        for segment in template[1:].split("/"):
            if parameter := _PARAMETER.match(segment):
                names.append(parameter[2])
                node = node.parameters.setdefault((parameter[1], parameter[3]), _Node())
            else:
                node = node.literals.setdefault(segment, _Node())
        practice_at = names.index("practice_id") if "practice_id" in names else None
        node.operations = {
            method.upper(): Operation.of(template, practice_at, item[method])
            for method in METHODS
            if method in item
        }

    def find(self, raw_path: bytes) -> Match | None:
        """None when no service has the path. A path with operations may still lack the method."""
        if _AMBIGUOUS.search(raw_path):
            return None
        segments = raw_path.decode("ascii").split("/")
        if segments[0] or "." in segments or ".." in segments:
            return None
        return _walk(self._root, segments, 1, ())


def _walk(node: _Node, segments: list[str], at: int, values: tuple[str, ...]) -> Match | None:
    if at == len(segments):
        return Match(node.operations, values) if node.operations else None
    segment = segments[at]
    if (literal := node.literals.get(segment)) and (match := _walk(literal, segments, at + 1, values)):
        return match
    for (start, end), child in node.parameters.items():
        value = _between(segment, start, end)
        if value and (match := _walk(child, segments, at + 1, (*values, value))):
            return match
    return None


def _between(segment: str, start: str, end: str) -> str:
    if not (start or end):
        return segment
    fits = segment.startswith(start) and segment.endswith(end) and len(segment) > len(start) + len(end)
    return segment[len(start) : len(segment) - len(end)] if fits else ""


def allow(methods: Collection[str]) -> str:
    """The value of an `Allow` header (RFC 9110): where there is GET there is HEAD."""
    return ", ".join(sorted({*methods, "HEAD"} if "GET" in methods else methods))
