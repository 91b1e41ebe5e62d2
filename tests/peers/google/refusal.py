"""An answer of Google's that is no success, in the shape of its error documents."""

from typing import Any


class Refusal(Exception):
    def __init__(
        self, status: int, reason: str, message: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {reason} {message}")
        self.status, self.reason, self.message = status, reason, message or reason
        self.headers = headers or {}

    def document(self) -> dict[str, Any]:
        error = {"domain": "calendar", "reason": self.reason, "message": self.message}
        return {"error": {"errors": [error], "code": self.status, "message": self.message}}


def bad_request(message: str) -> Refusal:
    return Refusal(400, "badRequest", message)


def not_found() -> Refusal:
    return Refusal(404, "notFound", "Not Found")


def deleted() -> Refusal:
    return Refusal(410, "deleted", "Resource has been deleted")


def taken() -> Refusal:
    return Refusal(409, "duplicate", "The requested identifier already exists.")


def stale() -> Refusal:
    return Refusal(412, "conditionNotMet", "Precondition Failed")
