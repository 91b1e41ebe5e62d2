"""Templates on the wire. Merge fields are `{animal}`, `{when}`...: the closed list of `templates.rules`."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from vetagenda_kit.models import Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_reminders.tables import Template
from vetagenda_reminders.templates.foreign import unknown_forms
from vetagenda_reminders.templates.rules import FIELDS, LONGEST_FALLBACK, described


def says_something(text: str) -> str:
    """Raises ValueError for a text of spaces."""
    if not text.strip():
        raise ValueError("this has nothing but spaces")
    return text


_MERGE_FIELDS = (
    f"Merge fields: {described(FIELDS)}. In a reminder of a product those of appointments become nothing, "
    "and the other way round; `{animal|votre animal}` has another text (at most "
    f"{LONGEST_FALLBACK} characters) for a field without a value."
)
LONGEST_BODY = 8_000
LONGEST_SUBJECT = 200
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_BODY),
    AfterValidator(says_something),
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

    def parts(self) -> Iterator[tuple[str, str]]:
        """Every text with its JSON pointer."""
        for channel, text in self.model_dump(exclude_none=True).items():
            for part, words in text.items():
                yield f"/texts/{channel}/{part}", words


class TextWarningView(ViewModel):
    """`text` looks like another system's merge field that is not known here: owners would read it so."""

    pointer: str
    text: str


def warnings_of(texts: Texts) -> list[TextWarningView]:
    return [
        TextWarningView(pointer=at, text=form) for at, words in texts.parts() for form in unknown_forms(words)
    ]


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
    warnings: list[TextWarningView] = []

    @classmethod
    def of(cls, template: Template) -> Self:
        view = cls.model_validate(template)
        return view.model_copy(update={"warnings": warnings_of(view.texts)})
