"""A real SMTP server on loopback that keeps what it gets, and can be told to misbehave."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session


def text_of(mail: EmailMessage) -> str:
    """The text part, with line ends as they were written."""
    return _part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return _part(mail, "html")


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


class Mailbox:
    """`answers` are given to the next DATA commands instead of accepting; `hang_up` closes the connection
    after the content instead of answering. `envelopes` are the senders by Message-ID, `raw` the very
    bytes."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.envelopes: dict[str, str | None] = {}
        self.raw: dict[str, bytes] = {}
        self.answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.hang_up = False
        self._server: asyncio.Server | None = None

    host = "127.0.0.1"

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def settings(self) -> dict[str, Any]:
        """For reminders, so that the practices of tests send to it."""
        return {"smtp_host": self.host, "smtp_port": self.port, "test_practices_send_email": True}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="mailbox"), self.host, 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.kept.append(mail)
        self.envelopes[str(mail["Message-ID"])] = envelope.mail_from
        self.raw[str(mail["Message-ID"])] = envelope.content
        if self.hang_up and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 Message accepted for delivery"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.kept if mail["To"] == address]
