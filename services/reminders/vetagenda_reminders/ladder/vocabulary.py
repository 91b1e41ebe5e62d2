"""The words of the ladder."""

from enum import StrEnum


class Delivery(StrEnum):
    """`all`: every ticked channel at once. `ladder`: one after the other, until the owner confirms."""

    ALL = "all"
    LADDER = "ladder"
