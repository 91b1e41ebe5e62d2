"""Answers on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_sms.messages.schemas import MessageView
from vetagenda_sms.replies.rules import Meaning

ReplyText = Annotated[str, StringConstraints(max_length=4_000)]
Sender = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(alias="from")]


class ToldReply(RequestModel):
    """As a carrier tells it. `id` is the carrier's own: the same one again changes nothing."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    sender: Sender
    text: ReplyText


class PlayedReply(RequestModel):
    """What the owner of a test practice answers. `from` is the number that was written to, in E.164 or as
    people of the practice's country dial it."""

    sender: Sender
    text: ReplyText


class ReplyView(ViewModel):
    """`meaning` is `yes` (one word of confirmation), `stop`,
    `start` or `other`. `text` is forgotten after a while."""

    id: UUID
    message_id: UUID
    meaning: Meaning
    text: str | None
    received_at: datetime


class AnsweredMessageView(MessageView):
    """A message with what was answered to it, oldest first."""

    replies: list[ReplyView] = []
