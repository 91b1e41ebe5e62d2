"""JSON as RFC 8259 means it: UTF-8, no NaN, and each name once in an object (I-JSON, RFC 7493, 2.3)."""

import json
from typing import Any, NoReturn

from fastapi import Request

from vetagenda_kit.problems import InvalidRequest


class JsonRequest(Request):
    """A request whose body is read strictly: of a name that stands twice, the second is not just taken."""

    async def json(self) -> Any:
        """Raises InvalidRequest, and JSONDecodeError for what is no JSON."""
        if not hasattr(self, "_json"):
            self._json = parse(await self.body())
        return self._json


def parse(body: bytes) -> Any:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest.at("", f"the body is not UTF-8 at byte {error.start}") from error
    try:
        return json.loads(text, object_pairs_hook=_each_name_once, parse_constant=_no_number)
    except RecursionError as error:
        raise InvalidRequest.at("", "it is nested too deeply") from error


def _each_name_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidRequest.at("", f"{twice[:100]!r} is named twice in one object")
    return found


def _no_number(name: str) -> NoReturn:
    raise InvalidRequest.at("", f"{name} is not a number in JSON")
