"""What a benchmark has measured, run by run, and why some measurements are missing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from report import Ratios
from worker import WorkerError


class Measurement(Protocol):
    """A measurement, at least of processor time."""

    @property
    def seconds(self) -> float:
        """The processor seconds."""


M = TypeVar("M", bound=Measurement)


@dataclass
class Results(Generic[M]):
    """The measurements of each name, in the order of the runs; the reason if there are none."""

    measurements: dict[str, list[M]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, measure: Callable[[], M]) -> M | None:
        """Measure once more under a name, unless that has failed; return the measurement."""
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
        """Return the measurements of a name."""
        return self.measurements.get(name, [])

    def compare(self, name: str, other: str) -> Ratios:
        """Return the ratios of the times of one name to those of another; or why there are none."""
        for each in (other, name):
            if each in self.failures:
                return f"{each}: {self.failures[each]}"
        pairs = zip(self.list(name), self.list(other), strict=True)
        return sorted(one.seconds / two.seconds for one, two in pairs)
