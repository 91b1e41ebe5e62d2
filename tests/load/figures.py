"""What a benchmark found, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Run:
    """Requests answered one after the other on each of several connections."""

    seconds: float
    latencies_seconds: Sequence[float]

    @property
    def per_second(self) -> float:
        return len(self.latencies_seconds) / self.seconds

    def milliseconds(self, share: float) -> float:
        return 1000 * quantile(self.latencies_seconds, share)

    def __str__(self) -> str:
        return (
            f"{self.per_second:8.0f} /s   p50 {self.milliseconds(0.5):7.2f} ms   "
            f"p99 {self.milliseconds(0.99):7.2f} ms"
        )


def heading(text: str) -> None:
    print(f"\n{text}", flush=True)


def line(name: str, value: object) -> None:
    print(f"    {name:<34}{value}", flush=True)


def ratio(name: str, ours: float, peers: float, aim: str) -> None:
    line(name, f"{ours / peers:8.2f}      (aim {aim})")
