"""What all tables of all services are made of."""

from copy import copy
from functools import cache
from typing import Any

from sqlmodel import SQLModel


class RowModel(SQLModel):
    """A row that is made as one that is loaded is: its columns are not set one by one through two libraries,
    which takes ten times as long. As in all tables of SQLModel, values are not checked."""

    def __init__(self, **values: Any) -> None:
        unknown = values.keys() - type(self).model_fields.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        defaults = {name: copy(default) for name, default in _defaults(type(self))}
        self.__dict__.update(defaults | values)


@cache
def _defaults(table: type[SQLModel]) -> tuple[tuple[str, Any], ...]:
    fields = table.model_fields.items()
    return tuple((name, field.get_default()) for name, field in fields if not field.is_required())
