"""Lists that mean a set: the order may count, saying a thing twice is a mistake."""

from collections.abc import Hashable, Sequence
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

_TWICE = PydanticCustomError("named_twice", "this is named twice")


class EachOnce:
    """`Annotated[list[UUID], EachOnce()]`: a repeated entry is refused with the pointer to itself."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_each_once, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core) | {"uniqueItems": True}


def _each_once(entries: Sequence[Hashable]) -> Sequence[Hashable]:
    repeated = [number for number, entry in enumerate(entries) if entry in entries[:number]]
    if repeated:
        details = [InitErrorDetails(type=_TWICE, loc=(number,), input=entries[number]) for number in repeated]
        raise ValidationError.from_exception_data("list", details)
    return entries
