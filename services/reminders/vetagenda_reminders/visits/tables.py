"""A visit and its lines. A line's reminders are those of its administration."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.products.rules import Kind
from vetagenda_reminders.tables import RemindersTable, ids, stored
from vetagenda_reminders.visits.rules import State


def texts() -> Any:
    return Field(default=[], sa_column=Column(ARRAY(Text), nullable=False))


class Visit(RemindersTable, table=True):
    __tablename__ = "visit"
    __table_args__ = (Index("visit_of_animals", "animal_ids", postgresql_using="gin"),)

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    version: int = 1
    appointment_id: UUID | None = Field(default=None, index=True)
    owner_id: UUID | None = Field(default=None, index=True)
    animal_ids: list[UUID] = ids()
    visited_on: date


class VisitLine(RemindersTable, table=True):
    """A product or an act of a visit, and what was selected for it.

    `rule_id` is the selected rule, also one that was selected by being the only choice: what the catalogue
    offers later changes no line. `state` is what the line was when somebody last wrote it; what it is now is
    asked of `rules.status_of`. `look_again`: the catalogue has changed since a red line was judged.
    """

    __tablename__ = "visit_line"
    __table_args__ = (
        Index("visit_line_again", "practice_id", postgresql_where=text("look_again")),
        Index("visit_line_red", "practice_id", postgresql_where=text("state = 'red'")),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    visit_id: UUID = Field(index=True)
    kind: Kind = Field(sa_type=stored(Kind))
    product_id: UUID
    animal_id: UUID
    given_on: date
    also_first: bool = False
    rule_id: UUID | None = None
    without: bool = False
    custom_on: date | None = None
    custom_channels: list[str] = texts()
    custom_template_id: UUID | None = None
    custom_delivery: Delivery = Field(default=Delivery.ALL, sa_type=stored(Delivery))
    custom_step_hours: int = 48
    state: State = Field(default=State.NONE, sa_type=stored(State))
    administration_id: UUID | None = Field(default=None, index=True)
    look_again: bool = False
