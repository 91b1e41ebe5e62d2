"""Every kind of order that an intent can be."""

from vetagenda_booking.holds.orders import PlaceHold
from vetagenda_booking.intents.orders import Order
from vetagenda_booking.links.orders import CancelByLink, ConfirmByLink, MoveByLink
from vetagenda_booking.owner_changes.orders import CancelByOwner, MoveByOwner
from vetagenda_booking.requests.orders import Book, Decide

ORDERS: dict[str, type[Order]] = {
    order.kind: order
    for order in (
        Book,
        Decide,
        PlaceHold,
        CancelByOwner,
        MoveByOwner,
        ConfirmByLink,
        CancelByLink,
        MoveByLink,
    )
}
