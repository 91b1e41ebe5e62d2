"""Templates on the wire. Merge fields are `{animal}`, `{when}`...: the closed list of `templates.rules`."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from vetagenda_kit.models import Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_reminders.templates.rules import FIELDS, described


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("this has nothing but spaces")
    return text


_MERGE_FIELDS = (
    f"Merge fields: {described(FIELDS)}. In a reminder of a product those of appointments become nothing, "
    "and the other way round."
)
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=8_000),
    AfterValidator(_says_something),
    Field(description=_MERGE_FIELDS),
]
Subject = Annotated[ShortText, Field(description=_MERGE_FIELDS)]


class PlainText(RequestModel):
    body: Body


class EmailText(RequestModel):
    """Without a subject the default one is taken."""

    subject: Subject | None = None
    body: Body


class Texts(RequestModel):
    """One text per channel; a channel without one says the default sentence."""

    sms: PlainText | None = None
    email: EmailText | None = None
    letter: PlainText | None = None
    phone: PlainText | None = None


class NewTemplate(RequestModel):
    """`category` is the category of acts that the texts are for."""

    name: Name
    category: ShortText | None = None
    texts: Texts


class TemplateChange(PatchModel):
    """Only the fields that are given change; `texts` is replaced as a whole."""

    clearable: ClassVar[frozenset[str]] = frozenset({"category"})

    name: Name | None = None
    category: ShortText | None = None
    texts: Texts | None = None


class TemplateView(ViewModel):
    id: UUID
    version: int
    name: str
    category: str | None
    texts: Texts = Field(default_factory=Texts)
