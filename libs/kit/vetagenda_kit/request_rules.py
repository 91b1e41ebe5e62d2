"""What every route refuses before it runs: parameters that it does not know, text that PostgreSQL cannot
hold, and a body of a kind that it does not read."""

from collections.abc import Set
from dataclasses import dataclass

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from vetagenda_kit.problems import InvalidRequest, NotFound, UnsupportedMediaType

FURTHER_PARAMETERS = {"x-further-parameters": True}
"""`openapi_extra` of a route whose callers follow another standard: what it does not know is ignored."""


@dataclass(frozen=True)
class RequestRules:
    """`parameters`: the names that may stand in the query, `further`: or any other. `json`: whether the
    body is read as JSON."""

    parameters: Set[str]
    further: bool
    json: bool

    @classmethod
    def of(cls, route: APIRoute) -> "RequestRules":
        queried = [
            each for each in get_flat_params(route.dependant) if isinstance(each.field_info, params.Query)
        ]
        further = bool((route.openapi_extra or {}).keys() & FURTHER_PARAMETERS.keys())
        return cls(frozenset(each.alias for each in queried), further, route.body_field is not None)

    def check(self, request: Request) -> None:
        """Raises InvalidRequest at `?name`, NotFound for an impossible path, UnsupportedMediaType."""
        errors = [
            {"pointer": f"?{name}", "detail": detail}
            for name, value in request.query_params.multi_items()
            if (detail := self._refused(name, value))
        ]
        if errors:
            raise InvalidRequest(f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors)
        if any("\x00" in str(part) for part in request.path_params.values()):
            raise NotFound
        if self.json and _has_body(request) and not _says_json(request.headers.get("content-type", "")):
            raise UnsupportedMediaType("send the body as JSON, with Content-Type: application/json")

    def _refused(self, name: str, value: str) -> str | None:
        if name not in self.parameters and not self.further:
            offered = ", ".join(sorted(self.parameters)) or "none"
            return f"there is no such parameter here; known: {offered}"
        return "the NUL character is not allowed" if "\x00" in value else None


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _says_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    kind, _, subtype = media_type.partition("/")
    return kind == "application" and (subtype == "json" or subtype.endswith("+json"))
