"""Google's consent page and token endpoint: the person always agrees, at once."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from peers.google.refusal import Refusal

Form = dict[str, str]


@dataclass(frozen=True)
class Grant:
    account: str
    client_id: str
    scope: str
    redirect_uri: str = ""
    challenge: str = ""

    @property
    def scopes(self) -> set[str]:
        return set(self.scope.split())


class Authorization:
    """Codes, refresh tokens and access tokens. `signed_in` is who looks at the consent page, `chosen` the
    account that is picked instead of the one proposed, `unticked` the scopes whose boxes are cleared there;
    `rotates` gives a new refresh token at every refresh."""

    def __init__(self, client_id: str, client_secret: str, signed_in: str) -> None:
        self.client_id, self.client_secret, self.signed_in = client_id, client_secret, signed_in
        self.codes: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}
        self.access: dict[str, Grant] = {}
        self.expires_in_seconds = 3599
        self.unticked: set[str] = set()
        self.chosen: str | None = None
        self.rotates = False
        self.asked: list[Form] = []

    def consent(self, query: Form) -> str:
        """The address to which the browser is sent back, with a code and the state."""
        if query.get("client_id") != self.client_id or query.get("response_type") != "code":
            raise Refusal(400, "invalid_request")
        self.asked.append(query)
        code = "4/" + secrets.token_urlsafe(24)
        account = self.chosen or query.get("login_hint", self.signed_in)
        self.codes[code] = Grant(
            account,
            query["client_id"],
            " ".join(each for each in query["scope"].split() if each not in self.unticked),
            query["redirect_uri"],
            query.get("code_challenge", ""),
        )
        back = {"code": code, "scope": query["scope"], "state": query.get("state", "")}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: Form) -> dict[str, object]:
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refusal(401, "invalid_client")
        if form.get("grant_type") == "authorization_code":
            return self.exchange(form)
        grant = self.refresh.get(form.get("refresh_token", ""))
        if form.get("grant_type") != "refresh_token" or grant is None:
            raise Refusal(400, "invalid_grant", "Token has been expired or revoked.")
        if not self.rotates:
            return self.fresh(grant)
        del self.refresh[form["refresh_token"]]
        return self.fresh(grant) | {"refresh_token": self.lasting(grant)}

    def exchange(self, form: Form) -> dict[str, object]:
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or grant.redirect_uri != form.get("redirect_uri"):
            raise Refusal(400, "invalid_grant", "Malformed auth code.")
        if grant.challenge and grant.challenge != challenge_of(form.get("code_verifier", "")):
            raise Refusal(400, "invalid_grant", "Invalid code verifier.")
        return self.fresh(grant) | {"refresh_token": self.lasting(grant)}

    def lasting(self, grant: Grant) -> str:
        token = "1//" + secrets.token_urlsafe(24)
        self.refresh[token] = grant
        return token

    def fresh(self, grant: Grant) -> dict[str, object]:
        token = "ya29." + secrets.token_urlsafe(24)
        self.access[token] = grant
        answer: dict[str, object] = {"access_token": token, "expires_in": self.expires_in_seconds}
        return answer | {"scope": grant.scope, "token_type": "Bearer"}

    def grant_of(self, header: str | None) -> Grant:
        grant = self.access.get((header or "").removeprefix("Bearer "))
        if grant is None:
            raise Refusal(401, "authError", "Invalid Credentials")
        return grant

    def revoked(self, token: str) -> None:
        """RFC 7009, as Google does it: any token of a person ends all that the person gave to this client."""
        grant = self.refresh.get(token) or self.access.get(token)
        if grant is None:
            raise Refusal(400, "invalid_token", "Token expired or revoked")
        self.revoke(grant.account)

    def expire_access(self) -> None:
        self.access.clear()

    def revoke(self, account: str) -> None:
        """The person takes the consent back in the settings of the Google account."""
        self.refresh = {t: g for t, g in self.refresh.items() if g.account != account}
        self.access = {t: g for t, g in self.access.items() if g.account != account}


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
