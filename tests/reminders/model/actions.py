"""What people do, one thing a minute: what was true at a message's instant is never in doubt."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from reminders.clinic import Clinic
from reminders.model import agenda, orders
from reminders.model.history import Model

Action = Callable[[Model, int], Awaitable[None]]

ACTIONS: tuple[Action, ...] = (
    *(agenda.book, agenda.book, agenda.book_ahead, agenda.book_ahead, agenda.book_beside, agenda.book_beside),
    *(agenda.move, agenda.move, agenda.extend, agenda.cancel, agenda.miss, agenda.come, agenda.change_type),
    *(agenda.regret, agenda.undo, agenda.consent, agenda.change_address, agenda.die, agenda.hide),
    *(agenda.wish, agenda.answer_offer),
    *(orders.settle, orders.settle, orders.rewrite, orders.choose_messages, orders.remind_now),
    *(orders.write_own, orders.give, orders.edit_rule, orders.put_down, orders.care, orders.call_off),
    *(orders.confirm, orders.confirm, orders.subscribe_browser, orders.be_cut_off, orders.be_quicker),
    *(orders.wait, orders.wait, orders.wait, orders.wait_long),
)


async def step(model: Model, action: Action, number: int) -> None:
    model.now += timedelta(minutes=1)
    await model.passing.to(model.now)
    await sign_in(model.clinic)
    await action(model, number)


async def sign_in(clinic: Clinic) -> None:
    """Anew: a token is good for a minute of real time, a history with others beside it takes longer."""
    await clinic.close()
    clients = (clinic.house.client(each, clinic.id, test=True) for each in ("agenda", "reminders", "sms"))
    clinic.agenda, clinic.reminders, clinic.sms = clients
