"""Errors as RFC 9457 problem documents with a stable `type`, a `code` and the request's id."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One wrong field. `pointer` is a JSON Pointer into the body, or `?name` for a parameter."""

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457. Further members depend on `code` and are described with it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None


class Problem(Exception):
    """Raise to answer with a problem document. Extra keyword members are added to it."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.headers = dict(headers or {})
        self.members = members

    def document(self, instance: str, request_id: str) -> dict[str, Any]:
        return {
            "type": f"/docs/problems#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "request_id": request_id,
            **self.members,
        }


class InvalidRequest(Problem):
    """Give `errors=[{"pointer", "detail"}]` so that the caller knows the field."""

    status, code, title = 422, "invalid-request", "The request is not valid"

    @classmethod
    def at(cls, pointer: str, detail: str) -> "InvalidRequest":
        return cls(detail, errors=[{"pointer": pointer, "detail": detail}])


def summary(errors: Sequence[Mapping[str, str]]) -> str:
    """The first of a problem's `errors` as its `detail`."""
    first = errors[0]
    return f"{first['pointer']}: {first['detail']}" if first["pointer"] else first["detail"]


class Unauthenticated(Problem):
    status, code, title = 401, "unauthenticated", "No valid credentials were given"


class ScopeMissing(Problem):
    status, code, title = 403, "scope-missing", "The key lacks the scope for this"


class NotForApps(Problem):
    status, code, title = 403, "not-for-apps", "This is the practice's own, not for a partner's app"


class PartnerNotActivated(Problem):
    status, code, title = 403, "partner-not-activated", "The practice has not activated this partner"


class NotFound(Problem):
    status, code, title = 404, "not-found", "There is no such thing here"


class MethodNotAllowed(Problem):
    status, code, title = 405, "method-not-allowed", "This address does not offer that method"


class Conflict(Problem):
    status, code, title = 409, "conflict", "The request conflicts with what is there"


class StaleVersion(Problem):
    status, code, title = 412, "stale-version", "The thing has changed since you read it"


class VersionRequired(Problem):
    status, code, title = 428, "version-required", "Send the version you read in If-Match"


class TooLarge(Problem):
    status, code, title = 413, "too-large", "The request body is too large"


class UnsupportedMediaType(Problem):
    status, code, title = 415, "unsupported-media-type", "The request body is of another kind"


class IdempotencyMismatch(Problem):
    status, code, title = 422, "idempotency-mismatch", "The Idempotency-Key was used with another request"


class IdempotencyInFlight(Problem):
    status, code, title = 409, "idempotency-in-flight", "The first request with this key is still running"


class RateLimited(Problem):
    status, code, title = 429, "rate-limited", "Too many requests"


class ServiceUnavailable(Problem):
    status, code, title = 503, "service-unavailable", "A part of the platform is not reachable just now"


class InternalError(Problem):
    """Nothing of the cause is told outside; the log has it under the request's id."""


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """A route's `responses`: the problems that it may answer with, grouped by status."""
    listed: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = listed.setdefault(
            kind.status,
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
            },
        )
        text = f"`{kind.code}`: {kind.title}"
        entry["description"] = f"{entry['description']}; {text}" if entry["description"] else text
    return listed
