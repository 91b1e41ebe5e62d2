"""Undoing changes together: which ones, and what came of each appointment."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from vetagenda_contracts.events import ActorKind
from vetagenda_kit.models import Instant, Name, RequestModel, ViewModel

Outcome = Literal["undone", "unchanged", "kept"]
Action = Literal["cancel", "restore", "move", "edit"]
Reason = Literal["changed-since", "time-taken", "not-undoable", "reference-gone"]


class Undo(RequestModel):
    """One actor's changes (a key, a person, a sync run by its id), those of [from, to), or both.

    `from` and `to` are instants of the practice's clock. `dry_run` answers what would happen.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"from": "2026-11-25T08:00:00Z", "to": "2026-11-25T09:00:00Z", "dry_run": True}]
        }
    )

    actor_kind: ActorKind | None = None
    actor_id: Name | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _something_named(self) -> Self:
        if (self.actor_kind is None) != (self.actor_id is None):
            raise ValueError("an actor has a kind and an id")
        if self.actor_id is None and (self.from_ is None or self.to is None):
            raise ValueError("name an actor, or an interval with both ends")
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise ValueError("the interval ends after it begins")
        return self


class Difference(ViewModel):
    now: Any
    undone: Any


class UndoneItem(ViewModel):
    """`changes` holds each field with its value before and after the undo; `kept` the fields that somebody
    else has changed since. An appointment that is `kept` as a whole says why by `reason`."""

    appointment_id: UUID
    version: int
    outcome: Outcome
    action: Action | None
    reason: Reason | None
    changes: dict[str, Difference]
    kept: list[str]


class UndoneView(ViewModel):
    dry_run: bool
    undone: int
    items: list[UndoneItem]
