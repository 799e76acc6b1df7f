"""The measurements of a benchmark, run by run, and the reasons for missing ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from report import Ratios
from worker import WorkerError


class Measurement(Protocol):
    """A measurement, which includes processor time."""

    @property
    def seconds(self) -> float:
        """The processor seconds."""


M = TypeVar("M", bound=Measurement)


@dataclass
class Results(Generic[M]):
    """The measurements under each name, in the order of the runs; or the reason for none."""

    measurements: dict[str, list[M]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, measure: Callable[[], M]) -> M | None:
        """Measure again under a name; return the measurement, or None if one has failed."""
        if name in self.failures:
            return None
        try:
            measurement = measure()
        except WorkerError as error:
            self.failures[name] = str(error)
            return None
        self.measurements.setdefault(name, []).append(measurement)
        return measurement

    def list(self, name: str) -> list[M]:
        """Return the measurements under a name."""
        return self.measurements.get(name, [])

    def compare(self, name: str, other: str) -> Ratios:
        """Return the ratios of the times under two names; or the reason why there are none."""
        for each in (other, name):
            if each in self.failures:
                return f"{each}: {self.failures[each]}"
        pairs = zip(self.list(name), self.list(other), strict=True)
        return sorted(one.seconds / two.seconds for one, two in pairs)
