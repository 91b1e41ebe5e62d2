"""Kannel, the SMS gateway: its `sendsms` (User's Guide 1.4.5, chapter 6).

It counts nothing and cannot be asked afterwards: what becomes of a message is told at the address that each
submission carries. Long texts are cut by Kannel (`concatenation = true` and `max-messages = 255` in its
configuration, or it cuts them off and says "Accepted").
"""

from datetime import UTC, datetime

import httpx
from pydantic import SecretStr

from vetagenda_kit.clock import system_now
from vetagenda_kit.keys import KeyRing
from vetagenda_sms.carriers.called_back import CalledBack
from vetagenda_sms.carriers.line import Line
from vetagenda_sms.carriers.port import Answer, Doubt, Submission
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.receipts.signatures import receipt_url
from vetagenda_sms_text import STANDARD, Encoding

EVERY_REPORT = "31"
_FILLED_IN_BY_KANNEL = "&status=%d&id=%F"
_CODINGS = {Encoding.GSM7: "0", Encoding.UCS2: "2"}
_MINUTE_SECONDS = 60


class Kannel(CalledBack):
    """`url` is the whole address of sendsms, `callback_url` the platform's as Kannel reaches it."""

    name = "kannel"
    profile = STANDARD
    looks_up = False
    settles_after = None

    def __init__(
        self, line: Line, url: str, username: str, password: SecretStr, callback_url: str, ring: KeyRing
    ) -> None:
        self._line, self._url, self._callback_url, self._ring = line, url, callback_url, ring
        self._username, self._password = username, password

    async def submit(self, submission: Submission) -> Answer:
        try:
            response = await self._line.exchange(
                submission.practice_id, "GET", self._url, params=self._asked(submission)
            )
        except httpx.InvalidURL:  # longer than an address can be
            return Answer(Status.REJECTED)
        if response.is_success:
            return Answer(Status.ACCEPTED)
        if response.status_code == httpx.codes.FORBIDDEN and response.text.startswith("Authorization"):
            self._line.refuses_us(response.status_code)
        return Answer(Status.REJECTED)

    def _asked(self, submission: Submission) -> dict[str, str]:
        reference = submission.reference
        asked = {
            "username": self._username,
            "password": self._password.get_secret_value(),
            "to": submission.to,
            "text": submission.text,
            "coding": _CODINGS[submission.encoding],
            "charset": "UTF-8",  # without it Kannel would take our octets for UCS-2
            "dlr-mask": EVERY_REPORT,
            "dlr-url": receipt_url(
                self._callback_url, self.name, reference, self._ring, _FILLED_IN_BY_KANNEL
            ),
        }
        if submission.sender:
            asked["from"] = submission.sender
        if submission.valid_until:
            asked["validity"] = str(minutes_left(submission.valid_until, system_now()))
        return asked

    async def find(self, doubt: Doubt) -> Answer | None:
        """Kannel cannot be asked, and `looks_up` says so: nobody calls this."""
        raise NotImplementedError


def minutes_left(until: datetime, now: datetime) -> int:
    """At least one: Kannel takes 0 for no limit."""
    return max(1, int((until.astimezone(UTC) - now).total_seconds()) // _MINUTE_SECONDS)
