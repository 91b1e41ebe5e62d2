"""Opt-outs on the wire: never a number."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.pages import Page
from vetagenda_sms.opt_outs.tables import Scope, Source


class AskedNumber(RequestModel):
    """`to` is E.164 or as people of the practice's country dial it."""

    to: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class OptOutView(ViewModel):
    """`source` is who said so: the owner by `reply`, the `carrier` or the `practice`. Whose number it is,
    nobody can tell from it."""

    id: UUID
    scope: Scope
    source: Source
    opted_out_at: datetime


class OptOuts(Page[OptOutView]):
    """`count` is of all of them."""

    count: int


class CheckedNumber(ViewModel):
    """Whether a number has opted out, and `since` when."""

    opted_out: bool
    since: datetime | None = None
    source: Source | None = None
