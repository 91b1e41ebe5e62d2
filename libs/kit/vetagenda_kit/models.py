"""The kinds of Pydantic models on the wire, and the types that their fields share."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic.types import StringConstraints
from pydantic_core import CoreSchema, core_schema

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"  # letters of Hangul and Braille that fill space
_TEMPORAL = {"date", "datetime", "time", "timedelta"}


def written_out(value: Any) -> Any:
    """Pydantic takes a number for seconds since 1970. Here it is a mistake: 2027 is no day."""
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value.strip())):
        raise ValueError("write it as ISO 8601 text, not as a number")
    return value


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    if "\x00" in text:
        raise ValueError("the NUL character is not allowed")
    return text


def _exact(schema: Any) -> Any:
    """The same core schema without conversions between JSON's types ("yes" is no boolean, "5" no number), and
    with texts that can be kept."""
    if isinstance(schema, dict):
        exact = {key: value if key == "metadata" else _exact(value) for key, value in schema.items()}
        kind = exact.get("type")
        if kind in ("bool", "int", "float"):
            return {**exact, "strict": True}
        if kind == "str":
            return core_schema.no_info_after_validator_function(_storable, exact)
        if kind in _TEMPORAL:
            return core_schema.no_info_before_validator_function(written_out, exact)
        return exact
    if isinstance(schema, list | tuple):
        return type(schema)(_exact(each) for each in schema)
    return schema


class RequestModel(BaseModel):
    """Input: unknown fields are refused, so that a typing error is never silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _exact(handler(source))  # type: ignore[no-any-return]


class PatchModel(RequestModel):
    """What a PATCH may change: each field optional with the default None, which means "as it is".

    A null is refused where it is sent, except for the fields in `clearable`, which it empties (RFC 7396).
    """

    clearable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _not_emptied(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.clearable:
            raise ValueError("this cannot be empty")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Documents null only where it is taken."""
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name, field in cls.model_fields.items():
            if name not in cls.clearable:
                alias = field.alias or name
                properties[alias] = _without_null(properties[alias])
        return schema

    def changes(self, *, exclude: set[str] | None = None) -> dict[str, Any]:
        """What was sent, by field."""
        return self.model_dump(exclude_unset=True, exclude=exclude)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in schema.items() if key not in ("default", "anyOf")}
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    if len(kinds) == 1:
        return {**kinds[0], **rest}
    return {**rest, "anyOf": kinds} if kinds else rest


class ViewModel(BaseModel):
    """Output."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def _visible(text: str) -> str:
    """Something to read: not only separators, control and format characters, and signs drawn as nothing."""
    if not any(unicodedata.category(sign)[0] not in "ZCM" and sign not in _BLANKS for sign in text):
        raise ValueError("at least one visible character is needed")
    return text


_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _one_line(text: str) -> str:
    """What is read on screens, letters and telephones: nothing that moves a cursor or turns the text."""
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") or sign in _TURNING for sign in text):
        raise ValueError("one line without control characters is expected")
    return text


ShortText = Annotated[str, StringConstraints(max_length=200)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_visible),
    AfterValidator(_one_line),
]
Line = Annotated[ShortText, AfterValidator(_one_line)]
"""A name or a title that may be empty."""
LongText = Annotated[str, StringConstraints(max_length=8_000)]


Dated = TypeVar("Dated", bound=date)


def within_reason(day: Dated) -> Dated:
    """Far enough from the ends of the calendar to count from."""
    if not 1900 <= day.year <= 9000:
        raise ValueError("the year must lie between 1900 and 9000")
    return day


def _in_utc(instant: datetime) -> datetime:
    return within_reason(instant).astimezone(UTC)


WALL_CLOCK = WithJsonSchema(
    {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "examples": ["08:30"]}
)
"""Documents a time of day: JSON Schema's `time` is one with an offset (RFC 3339)."""

Day = Annotated[date, BeforeValidator(written_out), AfterValidator(within_reason)]
"""A calendar date, far enough from the ends of the calendar to count from."""

Instant = Annotated[AwareDatetime, BeforeValidator(written_out), AfterValidator(_in_utc)]
"""RFC 3339 with an offset; kept and answered in UTC."""
