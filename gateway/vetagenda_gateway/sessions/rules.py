"""What a session is made of, and when it ends. Pure: no SQL, no HTTP, no clock.

Tokens are opaque: a prefix that tells the kind, and 256 random bits. An unsalted SHA-256 is enough to store.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vetagenda_gateway.keys.rules import digest
from vetagenda_gateway.staff.rules import folded
from vetagenda_kit.problems import InvalidRequest, Problem, Unauthenticated

ACCESS, REFRESH, LINK = "vas_", "var_", "val_"
ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=14)
SESSION_LIFE = timedelta(days=90)
LINK_LIFE = timedelta(minutes=15)
GRACE = timedelta(seconds=30)
PASSWORD_BY_LINK_WITHIN = timedelta(minutes=10)
SHORTEST_PASSWORD = 10
_WIDESPREAD = frozenset(
    {
        "0123456789",
        "1234567890",
        "12345678910",
        "123456789a",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "abcdefghij",
        "azertyuiop",
        "changeme123",
        "motdepasse",
        "motdepasse1",
        "passw0rd123",
        "password12",
        "password123",
        "password1234",
        "passwort123",
        "qwertyuiop",
        "qwertz12345",
        "qwertzuiop",
        "veterinaire",
    }
)
"""Of those that are long enough the ones that are tried first."""
_TOKEN_CHARACTERS = 43


class NeedsSession(Problem):
    status, code, title = 403, "needs-a-session", "This is for people who have signed in, not for keys"


class NeedsKey(Problem):
    status, code, title = 403, "needs-a-key", "This is for API keys, not for people who have signed in"


class SignInRefused(Unauthenticated):
    """One answer for a wrong password, an unknown address, a disabled member and a used link."""

    code, title = "sign-in-refused", "That does not sign anybody in"


class SessionEnded(Unauthenticated):
    code, title = "session-ended", "The session has ended: sign in again"


class PasswordNeeded(Problem):
    status, code, title = 403, "password-needed", "Changing the password needs the current one"


@dataclass(frozen=True)
class Token:
    """`secret` is handed out once, `digest` is stored."""

    secret: str
    digest: bytes


def generate(prefix: str) -> Token:
    secret = prefix + secrets.token_urlsafe(32)
    return Token(secret, digest(secret))


def is_well_formed(secret: str, prefix: str) -> bool:
    """What fails here is never looked up."""
    return secret.startswith(prefix) and len(secret) == len(prefix) + _TOKEN_CHARACTERS and secret.isascii()


class Refresh(StrEnum):
    """What a refresh token that is shown does."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    END = "end"


def judge(shown: int, current: int, rotated_at: datetime, now: datetime) -> Refresh:
    """The newest token rotates. The one before it, shown again at once, is a client that lost the answer: it
    gets another token of the same generation, and only one of the two can go on from there. Anything older
    was copied: the session ends for both."""
    if shown == current:
        return Refresh.ROTATE
    if shown == current - 1 and now - rotated_at <= GRACE:
        return Refresh.REPEAT
    return Refresh.END


def check_password(password: str, email: str, name: str) -> None:
    """NIST SP 800-63B: long enough, not what everybody knows of you, no rules of composition."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRequest.at("/password", f"at least {SHORTEST_PASSWORD} characters are needed")
    if len(set(password)) < 3:
        raise InvalidRequest.at("/password", "one or two characters repeated are no password")
    plain = folded(password)
    if plain in _WIDESPREAD:
        raise InvalidRequest.at("/password", "this is among the first that anybody tries")
    if plain in {folded(email), folded(email).partition("@")[0], folded(name)}:
        raise InvalidRequest.at("/password", "your name and address are known to others: take something else")


def may_set_without_current(*, by_link: bool, started_at: datetime, now: datetime) -> bool:
    return by_link and now - started_at <= PASSWORD_BY_LINK_WITHIN
