"""OAuth 2.0 with Google (RFC 6749, PKCE by RFC 7636): the consent page, the code, the tokens.

The state is sealed with the platform's key: it names the link, carries the verifier, lives ten minutes and
works once.
"""

import asyncio
import base64
import hashlib
import http.client as http_client
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet

from vetagenda_calendar_sync.google.scopes import as_parameter, missing
from vetagenda_calendar_sync.links.rules import ConsentFailed, GoogleAway
from vetagenda_calendar_sync.settings import Settings
from vetagenda_kit.clock import system_now
from vetagenda_kit.outward_calls import Meter

STATE_LIFE_SECONDS = 600
_KIND = "google-state"


@dataclass(frozen=True)
class State:
    """`on_page`: it was made for a person on the set-up page."""

    practice_id: UUID
    link_id: UUID
    verifier: str
    issued_at: datetime
    on_page: bool = False

    def sealed(self, cipher: MultiFernet) -> str:
        ids = str(self.practice_id), str(self.link_id)
        text = json.dumps([_KIND, *ids, self.verifier, self.issued_at.isoformat(), self.on_page])
        return cipher.encrypt(text.encode()).decode()

    @classmethod
    def opened(cls, sealed: str, cipher: MultiFernet) -> Self:
        """Raises ConsentFailed for a state that is not ours or too old."""
        try:
            return cls._read(cipher.decrypt(sealed.encode(), ttl=STATE_LIFE_SECONDS))
        except (InvalidToken, UnicodeEncodeError) as error:
            raise ConsentFailed("the state is not valid or too old: start again") from error

    @classmethod
    def told(cls, sealed: str, cipher: MultiFernet) -> Self | None:
        """Whose it is and where it was made, however old it is: it allows nothing. None if not ours."""
        try:
            return cls._read(cipher.decrypt(sealed.encode()))
        except (InvalidToken, UnicodeEncodeError):
            return None

    @classmethod
    def _read(cls, text: bytes) -> Self:
        kind, *known = json.loads(text)
        if kind != _KIND:
            raise InvalidToken
        practice_id, link_id, verifier, issued_at, on_page = known
        return cls(UUID(practice_id), UUID(link_id), verifier, datetime.fromisoformat(issued_at), on_page)

    def check_unused(self, used_until: datetime | None) -> None:
        """A state works once, and none that is older than one that was used. Raises ConsentFailed."""
        if used_until is not None and self.issued_at <= used_until:
            raise ConsentFailed("this consent was used already: start again")


@dataclass(frozen=True)
class GoogleTokens:
    """Kept encrypted. `expires_at` is the access token's end, ISO 8601 in UTC; `scope` what was granted."""

    refresh_token: str
    access_token: str
    expires_at: str
    scope: str = ""

    def sealed(self, cipher: MultiFernet) -> bytes:
        return cipher.encrypt(json.dumps(asdict(self)).encode())

    @classmethod
    def opened(cls, sealed: bytes, cipher: MultiFernet) -> Self:
        return cls(**json.loads(cipher.decrypt(sealed)))

    @property
    def expiry(self) -> datetime:
        """As google-auth wants it: UTC without saying so."""
        return datetime.fromisoformat(self.expires_at).astimezone(UTC).replace(tzinfo=None)


def new_state(practice_id: UUID, link_id: UUID, *, on_page: bool) -> State:
    return State(practice_id, link_id, secrets.token_urlsafe(48), system_now(), on_page)


def consent_address(
    settings: Settings,
    redirect: str,
    state: State,
    scopes: frozenset[str],
    cipher: MultiFernet,
    account: str | None = None,
) -> str:
    """`account` is the one that Google is to propose."""
    digest = hashlib.sha256(state.verifier.encode()).digest()
    query = {
        "client_id": settings.google_client_id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": as_parameter(scopes),
        "access_type": "offline",  # a refresh token, since nobody is there at the next cycle
        "prompt": "consent",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "state": state.sealed(cipher),
    }
    hint = {"login_hint": account} if account else {}
    return f"{settings.google_auth_url}?{urlencode(query | hint)}"


async def exchange(
    settings: Settings, code: str, redirect: str, state: State, scopes: frozenset[str], meter: Meter
) -> GoogleTokens:
    """The code of the consent for tokens. Raises ConsentFailed, GoogleAway."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": settings.google_client_id,
        "client_secret": settings.google_client_secret,
        "redirect_uri": redirect,
        "code_verifier": state.verifier,
    }
    status, answer = await asyncio.to_thread(post_form, settings, settings.google_token_url, form, meter)
    if status == 0 or status >= 500:
        raise GoogleAway("Google does not answer as it should: start again in a few minutes")
    if status != 200:
        raise ConsentFailed(f"Google refused the code: {answer.get('error', status)}")
    if "refresh_token" not in answer:
        raise ConsentFailed("Google gave no lasting access: start again")
    if missing(scopes, answer.get("scope", "")):
        raise ConsentFailed("not all boxes of Google's page were ticked: start again and leave them ticked")
    expires_at = system_now() + timedelta(seconds=int(answer.get("expires_in", 0)))
    return GoogleTokens(
        answer["refresh_token"],
        answer["access_token"],
        expires_at.isoformat(),
        answer.get("scope") or as_parameter(scopes),
    )


async def revoke(settings: Settings, tokens: GoogleTokens, meter: Meter) -> bool:
    """RFC 7009. True when Google has ended the access, or knows of none any more."""
    form = {"token": tokens.refresh_token}
    status, answer = await asyncio.to_thread(post_form, settings, settings.google_revoke_url, form, meter)
    return status == 200 or (status == 400 and answer.get("error") == "invalid_token")


def post_form(settings: Settings, url: str, form: dict[str, str], meter: Meter) -> tuple[int, dict[str, Any]]:
    """In a thread. Status 0 when there was no answer that could be read."""
    import httplib2

    from vetagenda_calendar_sync.google.metered import MeteredHttp

    http = MeteredHttp(meter, timeout=settings.google_timeout.total_seconds())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        response, content = http.request(url, "POST", urlencode(form), headers)
        answer = json.loads(content or b"{}")
    except (OSError, httplib2.HttpLib2Error, http_client.HTTPException, ValueError):
        return 0, {}
    finally:
        http.close()
    return int(response.status), answer if isinstance(answer, dict) else {}
