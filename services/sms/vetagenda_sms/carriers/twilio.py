"""Twilio's Programmable Messaging, and whatever speaks like it (API 2010-04-01).

A create carries no reference of ours and has no idempotency key. The reference is in the address at which
receipts are called, and a lost answer is looked up by number, words and time.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pydantic import SecretStr

from vetagenda_kit.clock import system_now
from vetagenda_kit.keys import KeyRing
from vetagenda_sms.carriers.called_back import CalledBack
from vetagenda_sms.carriers.line import Line, NoClearAnswer
from vetagenda_sms.carriers.port import Answer, Doubt, Submission
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.receipts.rules import TWILIO_STATUSES, counted
from vetagenda_sms.receipts.signatures import receipt_url
from vetagenda_sms_text import PROFILES

OPTED_OUT = 21610
PAGE_SIZE = 200
MOST_PAGES = 10
SHORTEST_VALIDITY_SECONDS, LONGEST_VALIDITY_SECONDS = 1, 36_000
_CLOCKS_DIFFER_BY = timedelta(seconds=60)


class Twilio(CalledBack):
    """`service` is a messaging service, which chooses the sender where we name none."""

    name = "twilio"
    profile = PROFILES["twilio"]
    looks_up = True

    def __init__(
        self,
        line: Line,
        url: str,
        account: str,
        token: SecretStr,
        callback_url: str,
        ring: KeyRing,
        *,
        settles_after: timedelta | None,
        service: str | None = None,
    ) -> None:
        self._line, self._account, self._token, self._service = line, account, token, service
        self._root = url.rstrip("/")
        self._callback_url, self._ring = callback_url, ring
        self.settles_after = settles_after

    @property
    def _messages(self) -> str:
        return f"{self._root}/2010-04-01/Accounts/{self._account}/Messages.json"

    @property
    def _auth(self) -> tuple[str, str]:
        return self._account, self._token.get_secret_value()

    async def submit(self, submission: Submission) -> Answer:
        if not (submission.sender or self._service):
            return Answer(Status.REJECTED)  # its own answer to that, without asking
        form = self._form(submission)
        response = await self._line.exchange(
            submission.practice_id, "POST", self._messages, data=form, auth=self._auth
        )
        said = _object(response)
        if response.is_success:
            return _answer(said)
        return Answer(Status.REJECTED, opted_out=said.get("code") == OPTED_OUT)

    def _form(self, submission: Submission) -> dict[str, str]:
        form = {
            "To": submission.to,
            "Body": submission.text,
            "SmartEncoded": "false",  # the words that were counted are the words that leave
            "StatusCallback": receipt_url(self._callback_url, self.name, submission.reference, self._ring),
        }
        if submission.sender:
            form["From"] = submission.sender
        if self._service:
            form["MessagingServiceSid"] = self._service
        if submission.valid_until:
            form["ValidityPeriod"] = str(_seconds_left(submission.valid_until))
        return form

    async def find(self, doubt: Doubt) -> Answer | None:
        """The oldest that fits. Its list is filtered by number only: the filter by date is about when a
        message was sent, which one that is still queued was not."""
        fitting = [said async for said in self._sent_to(doubt.submission) if _fits(said, doubt)]
        return _answer(min(fitting, key=_created)) if fitting else None

    async def _sent_to(self, submission: Submission) -> AsyncIterator[Mapping[str, Any]]:
        """Raises NoClearAnswer when there are more than can be read."""
        url = self._messages
        asked: dict[str, Any] = {"params": {"To": submission.to, "PageSize": PAGE_SIZE}}
        for _ in range(MOST_PAGES):
            response = await self._line.exchange(submission.practice_id, "GET", url, auth=self._auth, **asked)
            page = _object(response)
            if not response.is_success or "messages" not in page:
                raise NoClearAnswer(str(response.status_code))
            for said in page["messages"]:
                yield said
            if not page.get("next_page_uri"):
                return
            url, asked = self._root + page["next_page_uri"], {}
        raise NoClearAnswer("too many")


def _object(response: httpx.Response) -> Mapping[str, Any]:
    """The answer's object; nothing of one that is none."""
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _answer(said: Mapping[str, Any]) -> Answer:
    return Answer(
        TWILIO_STATUSES.get(str(said.get("status")), Status.ACCEPTED),
        said.get("sid"),
        counted(said.get("num_segments")),
    )


def _fits(said: Mapping[str, Any], doubt: Doubt) -> bool:
    """An account on trial puts words of its own in front of ours."""
    return (
        str(said.get("direction", "")).startswith("outbound")
        and said.get("sid") not in doubt.others
        and str(said.get("body", "")).strip().endswith(doubt.submission.text.strip())
        and _created(said) >= doubt.since - _CLOCKS_DIFFER_BY
    )


def _created(said: Mapping[str, Any]) -> datetime:
    return parsedate_to_datetime(str(said["date_created"]))


def _seconds_left(until: datetime) -> int:
    left = int((until - system_now()).total_seconds())
    return min(max(left, SHORTEST_VALIDITY_SECONDS), LONGEST_VALIDITY_SECONDS)
