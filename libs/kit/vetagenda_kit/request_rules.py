"""What every route refuses before it runs: parameters that it does not know, text that is no UTF-8 or that
PostgreSQL cannot hold, and a body of a kind that it does not read."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from vetagenda_kit.problems import InvalidRequest, NotFound, UnsupportedMediaType, summary

FURTHER_PARAMETERS = {"x-further-parameters": True}
"""`openapi_extra` of a route whose callers follow another standard: what it does not know is ignored."""

_NOTHING = (b"", b"{}")


@dataclass(frozen=True)
class RequestRules:
    """`parameters`: the names that may stand in the query once, `further`: or any other. `json`: whether the
    body is read as JSON, `raw`: or by the route itself."""

    parameters: Set[str]
    further: bool
    json: bool
    raw: bool

    @classmethod
    def of(cls, route: APIRoute) -> "RequestRules":
        extra = route.openapi_extra or {}
        return cls(
            parameters=frozenset(
                each.alias
                for each in get_flat_params(route.dependant)
                if isinstance(each.field_info, params.Query)
            ),
            further=bool(extra.keys() & FURTHER_PARAMETERS.keys()),
            json=route.body_field is not None,
            raw="requestBody" in extra,
        )

    async def check(self, request: Request) -> None:
        """Raises InvalidRequest at `?name`, NotFound for an impossible path, UnsupportedMediaType."""
        self._check_query(request)
        if any("\x00" in str(part) for part in request.path_params.values()):
            raise NotFound
        if self.json:
            _check_is_json(request)
        elif not self.raw and (await request.body()).strip() not in _NOTHING:
            raise InvalidRequest.at("", "no body is read here: send none")

    def _check_query(self, request: Request) -> None:
        given = request.query_params.multi_items()
        times = Counter(name for name, _ in given)
        garbled = _garbled(request.scope["query_string"])
        refused = {name: self._refused(name, value, times[name], name in garbled) for name, value in given}
        errors = [{"pointer": f"?{name}", "detail": detail} for name, detail in refused.items() if detail]
        if errors:
            raise InvalidRequest(summary(errors), errors=errors)

    def _refused(self, name: str, value: str, times: int, garbled: bool) -> str | None:
        if name not in self.parameters:
            if self.further:
                return None
            offered = ", ".join(sorted(self.parameters)) or "none"
            return f"there is no such parameter here; known: {offered}"
        if times > 1:
            return "this is given twice"
        if garbled:
            return "this is not UTF-8, percent-encoded"
        return "the NUL character is not allowed" if "\x00" in value else None


def _garbled(query: bytes) -> Set[str]:
    """The names of the parameters that would be read as something else than was sent.

    Starlette puts U+FFFD for what is no UTF-8, and reads bytes that are not percent-encoded as Latin-1.
    """
    pairs = (pair for pair in query.split(b"&") if not _is_encoded_text(pair))
    return {parse_qsl(pair.decode("latin-1"), keep_blank_values=True)[0][0] for pair in pairs}


def _is_encoded_text(pair: bytes) -> bool:
    try:
        unquote_to_bytes(pair).decode()
    except UnicodeDecodeError:
        return False
    return pair.isascii()


def _check_is_json(request: Request) -> None:
    """RFC 8259: JSON is UTF-8. Raises UnsupportedMediaType; an empty body is the schema's affair."""
    if request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers:
        return
    if "content-encoding" in request.headers:
        raise UnsupportedMediaType("send the body as it is, without Content-Encoding")
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    subtype = message.get_content_subtype()
    is_json = message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )
    if not is_json or message.get_content_charset("utf-8") not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType("send the body as JSON in UTF-8, with Content-Type: application/json")
