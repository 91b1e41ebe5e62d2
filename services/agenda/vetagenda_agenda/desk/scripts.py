"""Call scripts: what is said and asked, step by step, and what each answer leads to (DESK-1). Pure, but for
the shapes on the wire."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from vetagenda_agenda.desk.messages.rules import MessageKind
from vetagenda_agenda.schemas import Phone
from vetagenda_kit.models import LongText, Name, RequestModel
from vetagenda_kit.problems import InvalidRequest

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"), Field(examples=["urgent"])]
MOST_STEPS = 100


class Does(StrEnum):
    """What a front-end does for the agent: `offer_slot` asks `P/desk/slots`, `take_message` and `call_back`
    open their forms, `transfer` dials `number`, `open_link` shows a link, `end` hangs up."""

    OFFER_SLOT = "offer_slot"
    TAKE_MESSAGE = "take_message"
    CALL_BACK = "call_back"
    TRANSFER = "transfer"
    OPEN_LINK = "open_link"
    END = "end"


_NEEDED = {Does.OFFER_SLOT: "appointment_type_id", Does.TRANSFER: "number", Does.OPEN_LINK: "link_id"}


class Action(RequestModel):
    """`offer_slot` needs `appointment_type_id`, `transfer` a `number`, `open_link` a `link_id`;
    `take_message` can say of which kind."""

    does: Does
    appointment_type_id: UUID | None = None
    number: Phone | None = None
    link_id: UUID | None = None
    message_kind: MessageKind | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        needed = _NEEDED.get(self.does)
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"{self.does.value} needs `{needed}`")
        return self


class Answer(RequestModel):
    """What the caller answers: `next` is the step that follows, none ends the script."""

    label: Name
    next: StepId | None = None
    action: Action | None = None


class ScriptStep(RequestModel):
    """`say` is read out or asked. Without `answers` `next` follows by itself."""

    id: StepId
    say: LongText
    answers: Annotated[tuple[Answer, ...], Field(max_length=20)] = ()
    next: StepId | None = None
    action: Action | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "reason",
                    "say": "Is the animal in danger?",
                    "answers": [
                        {"label": "Yes", "action": {"does": "transfer", "number": "+33142000000"}},
                        {"label": "No", "next": "offer"},
                    ],
                }
            ]
        }
    )


Steps = Annotated[list[ScriptStep], Field(min_length=1, max_length=MOST_STEPS)]


def check_steps(steps: Sequence[ScriptStep]) -> None:
    """It begins with the first step, every step can be reached and every way ends with somebody's answer.

    Raises InvalidRequest, which names each step that is wrong.
    """
    errors = [{"pointer": at, "detail": detail} for at, detail in _wrong(steps)]
    if errors:
        raise InvalidRequest(errors[0]["detail"], errors=errors)


def actions(steps: Sequence[ScriptStep]) -> Iterator[tuple[str, Action]]:
    """Each with the pointer to it."""
    for number, step in enumerate(steps):
        at = f"/steps/{number}"
        if step.action is not None:
            yield f"{at}/action", step.action
        for place, answer in enumerate(step.answers):
            if answer.action is not None:
                yield f"{at}/answers/{place}/action", answer.action


def _wrong(steps: Sequence[ScriptStep]) -> Iterator[tuple[str, str]]:
    places = {step.id: number for number, step in reversed(list(enumerate(steps)))}
    for number, step in enumerate(steps):
        at = f"/steps/{number}"
        if places[step.id] != number:
            yield f"{at}/id", "another step has this id"
        if step.answers and step.next is not None:
            yield f"{at}/next", "the answers say what is next"
        for pointer, following in _ways(step, at):
            if following not in places:
                yield pointer, "there is no such step"
    reached = _reached(steps)
    for number, step in enumerate(steps):
        if step.id not in reached:
            yield f"/steps/{number}", "no step leads here"
        if _goes_round(step, steps):
            yield f"/steps/{number}/next", "from here the script goes round without asking anything"


def _ways(step: ScriptStep, at: str) -> Iterator[tuple[str, str]]:
    if step.next is not None:
        yield f"{at}/next", step.next
    for place, answer in enumerate(step.answers):
        if answer.next is not None:
            yield f"{at}/answers/{place}/next", answer.next


def _reached(steps: Sequence[ScriptStep]) -> set[str]:
    by_id = {step.id: step for step in steps}
    reached, left = set[str](), [steps[0].id]
    while left:
        step_id = left.pop()
        if step_id in by_id and step_id not in reached:
            reached.add(step_id)
            left += [following for _, following in _ways(by_id[step_id], "")]
    return reached


def _goes_round(step: ScriptStep, steps: Sequence[ScriptStep]) -> bool:
    by_id = {each.id: each for each in steps}
    seen, current = {step.id}, step
    while not current.answers and current.next in by_id:
        current = by_id[current.next]
        if current.id in seen:
            return True
        seen.add(current.id)
    return False
