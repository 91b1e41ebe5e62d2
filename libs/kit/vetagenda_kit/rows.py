"""What all tables of all services are made of."""

from copy import copy
from functools import cache
from typing import Any

from sqlalchemy.orm.attributes import set_attribute
from sqlmodel import SQLModel


class RowModel(SQLModel):
    """A row that is made as one that is loaded is, and changed as SQLAlchemy's own are: not column by column
    through two libraries, which takes ten times as long. As in all tables of SQLModel, values are not
    checked."""

    def __init__(self, **values: Any) -> None:
        unknown = values.keys() - type(self).model_fields.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        defaults = {name: copy(default) for name, default in _defaults(type(self))}
        self.__dict__.update(defaults | values)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_sa_instance_state":
            self.__dict__[name] = value
        else:
            set_attribute(self, name, value)


@cache
def _defaults(table: type[SQLModel]) -> tuple[tuple[str, Any], ...]:
    fields = table.model_fields.items()
    return tuple((name, field.get_default()) for name, field in fields if not field.is_required())
