"""What each role may do. Pure: no SQL, no HTTP, no clock."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from vetagenda_gateway.keys.rules import ADMIN, ungrantable
from vetagenda_kit.caller import SCOPES
from vetagenda_kit.problems import Conflict, ScopeMissing


class Role(StrEnum):
    PRACTICE_ACCOUNT = "practice_account"
    COLLABORATOR = "collaborator"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"


_EVERYTHING = SCOPES - {ADMIN}
_DAILY_WORK = frozenset(
    f"{area}:{right}"
    for area in ("agenda", "booking", "reminders", "sms", "documents", "desk")
    for right in ("read", "write")
)

SCOPES_OF: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.PRACTICE_ACCOUNT: _EVERYTHING,
        Role.MANAGER: _EVERYTHING - {"keys:write"},
        Role.SUPERVISOR: frozenset(each for each in _EVERYTHING if each.endswith(":read")) | {"desk:write"},
        Role.COLLABORATOR: _DAILY_WORK | {"calendar:read", "events:read", "practice:read"},
    }
)
"""The one table of roles. Who reads it for a request has looked the role up for the practice in its path."""


class AlreadyMember(Conflict):
    """One e-mail address is one person, and a person has one role in a practice."""

    code, title = "already-a-member", "Somebody with this e-mail address is a member of the practice"


def check_grants(own: Collection[str], *roles: Role, at: str) -> None:
    """Nobody gives, changes or ends a role that may more than they do themselves. Raises ScopeMissing.

    `at` is the pointer to what the caller wrote.
    """
    wanted = frozenset[str]().union(*(SCOPES_OF[role] for role in roles))
    if missing := ungrantable(wanted, own):
        names = ", ".join(missing)
        detail = f"this role may more than you: you lack {names}"
        raise ScopeMissing(f"{at}: {detail}", scope=names, errors=[{"pointer": at, "detail": detail}])


def folded(email: str) -> str:
    """Two spellings of one address are one account."""
    return email.casefold()
