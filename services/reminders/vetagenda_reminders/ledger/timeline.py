"""Why a message was sent, or was not: what happened to its row, oldest first (REM-14)."""

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import ReadSession
from vetagenda_kit.models import ViewModel
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_reminders.ladder.answers.rules import Came
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import SkipReason
from vetagenda_reminders.tables import ReminderStep

_SAID: dict[Step, str] = {
    Step.PLANNED: "It was planned.",
    Step.MOVED: "It was planned for another time.",
    Step.EDITED: "Its text was changed.",
    Step.POSTPONED: "It may not leave at this hour and waits.",
    Step.READY: "It is ready for a person: to be printed or called.",
    Step.CALLED: "Somebody called.",
    Step.CALLED_ANYWAY: "Somebody called, although the call was not to be made any more.",
    Step.SENT: "It was handed to its channel.",
    Step.DELIVERY: "The channel reported on it.",
    Step.SKIPPED: "It is not sent.",
    Step.FAILED: "It was not delivered.",
    Step.WITHDRAWN: "It was taken back: what it was about has changed or ended.",
    Step.CANCELLED: "A person took it out.",
    Step.RESENT: "A person had it sent again, as a reminder of its own.",
    Step.ANSWERED: "The owner answered.",
}
REASONS: dict[str, str] = {
    SkipReason.TOO_LATE: "What it says was over before it could leave.",
    SkipReason.SUPERSEDED: "The appointment, the offer or the owner is another by now.",
    SkipReason.GONE: "What it was about is no longer in the agenda.",
    SkipReason.INSIDE_WINDOW: "The appointment was booked later than it would have left.",
    SkipReason.MERGED: "The confirmation says it already.",
    SkipReason.ALREADY_SAID: "It left before the visit moved away and back.",
    SkipReason.KNOWN_CONTACT: "It is for new contacts only.",
    SkipReason.NO_OWNER: "There is no owner to tell.",
    SkipReason.NO_MOBILE: "The owner has no mobile number.",
    SkipReason.NO_EMAIL: "The owner has no e-mail address.",
    SkipReason.INVALID_EMAIL: "No e-mail can be addressed to what stands there.",
    SkipReason.NO_ADDRESS: "The owner has no complete postal address.",
    SkipReason.NO_PHONE: "The owner has no number that answers.",
    SkipReason.NO_DEVICE: "No browser or app of the owner takes pushes.",
    SkipReason.NO_CONSENT: "The owner has not agreed to this channel.",
    SkipReason.TOLD_OTHERWISE: "Another channel tells the same.",
    SkipReason.MERGED_VISIT: "Another visit's message says it.",
    SkipReason.DECEASED: "The animal has died.",
    SkipReason.NOT_PUBLISHED: "The appointment is not published.",
    SkipReason.EMAIL_NOT_CONFIGURED: "No mail server is set up.",
    SkipReason.ADDRESS_BOUNCED: "Mail to this address came back.",
    SkipReason.EMPTY_TEXT: "Nothing was left of the text.",
    SkipReason.TOO_LONG: "It makes more SMS than one message may.",
    SkipReason.RECIPIENT_REMOVED: "This person of the practice is told no longer.",
    SkipReason.FAX_NOT_CONFIGURED: "No way to fax is set up.",
    SkipReason.LINE_RED: "The visit's line does not say which reminder it brings.",
    SkipReason.REFUSED: "The channel refused it.",
    SkipReason.UNDELIVERED: "It did not reach the telephone.",
    SkipReason.OVER_QUOTA: "The month's SMS are used up.",
    SkipReason.OPTED_OUT: "Who has this number wants no SMS.",
    SkipReason.OUTCOME_UNKNOWN: "Nobody can tell whether it left, so it is not sent again by itself.",
    SkipReason.CONFIRMED_BY_OWNER: "The owner has confirmed, or a visit is booked.",
    SkipReason.PERHAPS_SENT: "A backup was put back: it may have been sent before, and was not sent again.",
}


ANSWERS: dict[str, str] = {
    Came.CONFIRMED: "It was a yes, and ends what would have followed.",
    Came.YES: "It was a yes to what no message can confirm by itself: a person reads it.",
    Came.YES_TO_ANOTHER_TIME: "It was a yes, but the visit has moved since: a person asks again.",
    Came.YES_TOO_LATE: "It was a yes, but there is no such visit to come any more.",
    Came.STOP: "It asks for no more SMS.",
    Came.START: "It asks for SMS again.",
    Came.OTHER: "A person reads it: the SMS has the words.",
}
_WHY: dict[Step, dict[str, str]] = {
    Step.SKIPPED: REASONS,
    Step.FAILED: REASONS,
    Step.CALLED_ANYWAY: REASONS,
    Step.ANSWERED: ANSWERS,
}


class StepView(ViewModel):
    """`what` happened and `at` which of the practice's instants, by whom; `due_at` is when the message was
    due from then on. `reason` is a skip reason, the channel's own word, or what came of an answer. `text`
    says it in English."""

    id: UUID
    what: Step
    reason: str | None
    at: datetime
    due_at: datetime
    actor: Actor
    text: str

    @classmethod
    def of(cls, step: ReminderStep) -> Self:
        what = Step(step.what)
        return cls(
            id=step.id,
            what=what,
            reason=step.reason,
            at=step.at,
            due_at=step.due_at,
            actor=Actor.model_validate({"kind": step.actor_kind, "id": step.actor_id}),
            text=_text(what, step.reason),
        )


def _text(what: Step, reason: str | None) -> str:
    why = _WHY.get(what, {})
    told = (_SAID[what], why.get(reason or ""))
    return " ".join(text for text in told if text)


async def of_row(session: ReadSession, reminder_id: UUID, paging: PageRequest) -> Page[StepView]:
    query = select(ReminderStep).where(col(ReminderStep.reminder_id) == reminder_id)
    if last := paging.after_id():
        query = query.where(col(ReminderStep.id) > last)
    found = await session.scalars(query.order_by(col(ReminderStep.id)).limit(paging.reach))
    shown, following = paging.cut(found.all())
    return Page(items=[StepView.of(step) for step in shown], next=following)
