"""Signing in, on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from vetagenda_gateway.staff.rules import Role
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import RequestModel, ViewModel

Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000),
    Field(json_schema_extra={"format": "password"}),
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SignIn(RequestModel):
    """Either `email` and `password`, or the `token` of a sign-in link."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "chloe@example.org", "password": "correct horse battery staple"}]
        }
    )

    email: EmailAddress | None = None
    password: Password | None = None
    token: Secret | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_password = self.email is not None and self.password is not None
        neither = self.email is None and self.password is None
        if not (neither if self.token is not None else by_password):
            raise ValueError("send email and password, or the token of a link")
        return self


class LinkOrder(RequestModel):
    email: EmailAddress


class RefreshOrder(RequestModel):
    refresh_token: Secret


class NewPassword(RequestModel):
    """`current_password` may be left out within ten minutes of a sign-in by link."""

    password: Password
    current_password: Password | None = None


class AccountView(ViewModel):
    id: UUID
    email: str
    name: str
    has_password: bool


class PracticeOfPerson(ViewModel):
    practice_id: UUID
    role: Role
    scopes: list[str]


class SessionView(ViewModel):
    """Who has signed in, and what they may in which practice."""

    account: AccountView
    practices: list[PracticeOfPerson]


class Tokens(SessionView):
    """`access_token` goes into `Authorization: Bearer`, for `expires_in` seconds. `refresh_token` is good
    for one refresh."""

    access_token: str
    expires_in: int
    refresh_token: str
