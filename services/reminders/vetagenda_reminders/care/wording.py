"""What a step says: its own text, read when the message leaves. Pure."""

from collections.abc import Iterable

from vetagenda_reminders.care.schemas import CareStep
from vetagenda_reminders.templates.messages import Texts


def words_of(rule: str, steps: Iterable[CareStep]) -> Texts | None:
    """None for a step that is no more."""
    step = next((one for one in steps if one.rule == rule), None)
    return Texts(step.text, step.subject) if step else None
