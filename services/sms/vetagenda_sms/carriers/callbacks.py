"""What a carrier sends when it calls us: members of the address, of a form, or of a JSON object.

Each carrier has its own way, so the routes read for themselves what others leave to a schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request

from vetagenda_kit.json_bodies import parse
from vetagenda_kit.problems import InvalidRequest, UnsupportedMediaType
from vetagenda_kit.request_rules import FURTHER_PARAMETERS
from vetagenda_kit.service import Service
from vetagenda_sms.receipts.signatures import is_twilios
from vetagenda_sms.settings import Settings

MOST_FIELDS = 100
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_UTF16 = frozenset({"utf-16be", "utf16-be", "ucs-2", "ucs-2be"})


def documented(json: Mapping[str, Any]) -> dict[str, Any]:
    """`openapi_extra` of a route that carriers call: no key, parameters of their own, a form or JSON."""
    content = {_FORM: {"schema": {"type": "object"}}, _JSON: {"schema": dict(json)}}
    body = {"required": False, "content": content}
    return {"security": [], "x-called-by": "carriers", "requestBody": body} | FURTHER_PARAMETERS


@dataclass(frozen=True)
class Call:
    """`query` and `form` in order; `json` is the object of a JSON body. `url` is the address that was called,
    as the carrier knows it."""

    url: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    json: Mapping[str, Any] | None
    twilio_signature: str

    @property
    def fields(self) -> dict[str, str]:
        return dict(self.query) | dict(self.form)

    def is_signed_by_twilio(self, settings: Settings) -> bool:
        token = settings.sms_twilio_token
        return token is not None and is_twilios(
            token.get_secret_value(), self.url, self.form, self.twilio_signature
        )


async def received(request: Request) -> Call:
    """Raises InvalidRequest and UnsupportedMediaType."""
    service: Service = request.app.state.service
    body, kind = await request.body(), request.headers.get("content-type", "").partition(";")[0].strip()
    if body and kind not in (_FORM, _JSON):
        raise UnsupportedMediaType("send a form or a JSON object")
    query = request.scope["query_string"].decode("latin-1")
    return Call(
        url=_address(service.settings, request, query),
        query=_pairs(query, ""),
        form=_pairs(body.decode("latin-1"), "/") if kind == _FORM else (),
        json=_object(body) if body and kind == _JSON else None,
        twilio_signature=request.headers.get("x-twilio-signature", ""),
    )


def _address(settings: Settings, request: Request, query: str) -> str:
    return settings.callback_url + request.url.path + (f"?{query}" if query else "")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = parse(body)
    except ValueError as error:
        raise InvalidRequest.at("", "the body is not valid JSON") from error
    if not isinstance(found, dict):
        raise InvalidRequest.at("", "the body must be an object")
    return found


def _pairs(encoded: str, where: str) -> tuple[tuple[str, str], ...]:
    """Percent-decoded; Kannel says in `charset` which octets its text is made of."""
    try:
        octets = parse_qsl(encoded, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InvalidRequest.at(where, f"at most {MOST_FIELDS} fields") from error
    known = dict(octets)
    if len(known) < len(octets):
        raise InvalidRequest.at(where, "a name is given twice")
    charset = known.get("charset", "").lower()
    return tuple((_text(name, ""), _text(value, charset if name == "text" else "")) for name, value in octets)


def _text(octets: str, charset: str) -> str:
    raw = octets.encode("latin-1", "replace")
    for encoding in ("utf-16-be",) if charset in _UTF16 else ("utf-8", "latin-1"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
