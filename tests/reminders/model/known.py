"""Short histories in which it shows when one check is missing: what happens stands first, then which.

A visit is booked on Monday for Thursday evening; its reminders are due 13 and 2 hours before it. The numbers
choose what an action does and how long it lasts (`actions`).
"""

from reminders.model import agenda, orders
from reminders.model.actions import Action

BOOKED: list[tuple[Action, int]] = [(agenda.book_ahead, 1005), (orders.wait, 4000)]

KNOWN: dict[str, list[tuple[Action, int]]] = {
    "moved, and sent before it was planned": [*BOOKED, (orders.be_quicker, 902)],
    "cancelled, and sent before it was planned": [*BOOKED, (orders.be_quicker, 901)],
    "died just before": [*BOOKED, (orders.be_quicker, 913)],
    "agreed to nothing any more": [*BOOKED, (orders.be_quicker, 904)],
    "the agenda away until the visit is over": [*BOOKED, (orders.be_cut_off, 2000)],
    "the agenda away until late in the evening": [
        (orders.settle, 20),
        (agenda.book_ahead, 2175),
        (orders.wait, 4700),
        (orders.be_cut_off, 480),
    ],
    "the agenda away, moved meanwhile": [*BOOKED, (orders.be_cut_off, 902)],
    "moved, cancelled, brought back": [
        (agenda.book_ahead, 1005),
        (agenda.move, 4000),
        (agenda.regret, 1),
        (orders.wait, 60),
        (agenda.undo, 0),
        (orders.wait, 1000),
        (orders.settle, 5),
        (agenda.cancel, 0),
    ],
    "moved in time": [
        (agenda.book_ahead, 1005),
        (orders.wait, 1000),
        (agenda.move, 5000),
        (orders.wait, 1000),
    ],
    "two of one day": [(agenda.book_ahead, 1005), (agenda.book_beside, 0)],
    "two of one day, the first one moved": [
        (agenda.book_ahead, 1005),
        (agenda.book_beside, 1),
        (agenda.move, 3500),
        (orders.subscribe_browser, 1),
    ],
    "confirmed after the first step": [
        (orders.settle, 7),
        (agenda.book_ahead, 1005),
        (orders.wait, 1600),
        (orders.confirm, 0),
    ],
    "given, then died": [(orders.give, 0), (orders.wait, 600), (agenda.die, 1)],
    "offered at night, and declined before it left": [
        (agenda.book_ahead, 1002),
        (agenda.wish, 0),
        (orders.wait, 840),
        (agenda.cancel, 0),
        (agenda.answer_offer, 1),
    ],
    "offered at night, declined, and sent before it was planned": [
        (agenda.book_ahead, 1002),
        (agenda.wish, 0),
        (orders.wait, 840),
        (agenda.cancel, 0),
        (orders.be_quicker, 605),
    ],
    "other settings": [(agenda.book_ahead, 1005), (orders.settle, 4), (orders.wait, 100)],
    "other settings, and back": [(agenda.book_ahead, 1005), (orders.settle, 4), (orders.settle, 10)],
}

AT_EVERY_CHANGE = (
    "moved, and sent before it was planned",
    "cancelled, and sent before it was planned",
    "died just before",
    "agreed to nothing any more",
    "two of one day, the first one moved",
    "confirmed after the first step",
)
"""The others are played with the long histories."""
