"""One HTTP exchange with a carrier, and what its end says of the message: taken, refused, or nobody knows.

Every exchange has a connection of its own: on a kept one that the carrier has just closed, a message would
end in doubt for nothing. Nothing is repeated here, no redirect is followed and no proxy is guessed.
"""

import ssl
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import httpx

from vetagenda_kit.logs import logger
from vetagenda_kit.outward_calls import OutwardCalls
from vetagenda_sms.carriers.port import NotSubmitted

log = logger("sms")
KIND = "sms"

_BEFORE_THE_FIRST_BYTE = (
    httpx.ConnectError,  # no such name, refused, no TLS
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_REFUSES_US = frozenset({401, 407})
_NOT_HEARD_OUT = 408


class NoClearAnswer(Exception):
    """The carrier may have it or not."""


@cache
def _tls() -> ssl.SSLContext:
    """Loading the authorities takes longer than the exchange."""
    return httpx.create_ssl_context(trust_env=False)


class Line:
    """`connect` and `answer` are how long to wait for each. `carrier` names it in our logs."""

    def __init__(self, carrier: str, connect: timedelta, answer: timedelta, outward: OutwardCalls) -> None:
        self._carrier, self._outward = carrier, outward
        self._patience = httpx.Timeout(answer.total_seconds(), connect=connect.total_seconds())

    async def exchange(self, practice_id: UUID, method: str, url: str, **content: Any) -> httpx.Response:
        """A 2xx, or the refusal of this one message. Raises NotSubmitted and NoClearAnswer."""
        try:
            response = await self._counted(practice_id, method, url, **content)
        except _BEFORE_THE_FIRST_BYTE as error:
            log.warning("sms_carrier_not_reached", carrier=self._carrier, error=type(error).__name__)
            raise NotSubmitted from None
        except httpx.TransportError as error:
            raise NoClearAnswer(type(error).__name__) from None
        return self._judged(response)

    async def _counted(
        self, practice_id: UUID, method: str, url: str, auth: tuple[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        failed, received = True, 0
        async with httpx.AsyncClient(
            timeout=self._patience, verify=_tls(), trust_env=False, auth=auth
        ) as client:
            request = client.build_request(method, url, **content)
            sent = len(request.url.query) + len(request.content)  # a GET says all in its address
            try:
                response = await client.send(request)
                failed, received = not response.is_success, len(response.content)
            finally:
                self._outward.of(practice_id, KIND).note(failed=failed, sent=sent, received=received)
        return response

    def _judged(self, response: httpx.Response) -> httpx.Response:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise NotSubmitted
        if status in _REFUSES_US or response.is_redirect:
            self.refuses_us(status)
        if status >= 500 or status == _NOT_HEARD_OUT or response.is_informational:
            raise NoClearAnswer(str(status))
        return response

    def refuses_us(self, status: int) -> None:
        """It is not about the message: the settings are wrong, and when they are mended it can leave."""
        log.error("sms_carrier_refuses_us", carrier=self._carrier, status=status)
        raise NotSubmitted
