"""The problems that an operation may answer with, each with a whole one and a link to its paragraph. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from vetagenda_kit import problems
from vetagenda_kit.problems import MEDIA_TYPE, Problem

Json = dict[str, Any]
_LISTED = re.compile(r"`([a-z]+(?:-[a-z]+)*)`: ([^;]*)")
_REQUEST = "01a20890-1b2e-7228-9cfe-5c5b552bc835"
_TITLES = {
    kind.code: kind.title
    for kind in vars(problems).values()
    if isinstance(kind, type) and issubclass(kind, Problem)
}
_MEMBERS: dict[str, Json] = {
    "invalid-request": {"errors": [{"pointer": "/start", "detail": "Field required"}]},
    "scope-missing": {"scope": "agenda:write"},
    "slot-not-offered": {"rule": "closed"},
}


def show(answers: Iterable[tuple[str, Json]]) -> Json:
    """Name the examples at each (status, answer) that is a problem, and link its codes; changes the answers
    in place. Answers the examples themselves, by code: components of the document."""
    shown: Json = {}
    for status, answer in answers:
        if MEDIA_TYPE not in answer.get("content", {}):
            continue
        codes = dict(_LISTED.findall(answer["description"]))
        shown |= {code: _example(code, text, status) for code, text in codes.items()}
        references = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
        answer["content"][MEDIA_TYPE]["examples"] = references
        answer["description"] = _LISTED.sub(r"[`\1`](/docs/problems#\1): \2", answer["description"])
    return dict(sorted(shown.items()))


def _example(code: str, text: str, status: str) -> Json:
    title = _TITLES.get(code, text)
    problem = {
        "type": f"/docs/problems#{code}",
        "title": title,
        "status": int(status),
        "detail": title,
        "instance": f"/v1/practices/{_REQUEST}/appointments",
        "code": code,
        "request_id": _REQUEST,
    }
    return {"summary": title, "value": problem | _MEMBERS.get(code, {})}
