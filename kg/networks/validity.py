"""When things are valid: the first and the last day (ISO 8601), each None if it is open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

Span = tuple[str | None, str | None]
OPEN: Span = (None, None)


def join_spans(spans: Iterable[Span]) -> Span:
    """Return the time from the first to the last day of all; open if one is, or if there is none.

    >>> join_spans([("2021-01-01", "2021-12-31"), (None, "2023-12-31")])
    (None, '2023-12-31')
    """
    known = list(spans)
    starts = [start for start, _ in known if start is not None]
    ends = [end for _, end in known if end is not None]
    return (
        min(starts) if starts and len(starts) == len(known) else None,
        max(ends) if ends and len(ends) == len(known) else None,
    )


def clip_span(span: Span, *limits: Span) -> Span | None:
    """Return the part of a time within all limits, or None if it is empty.

    >>> clip_span((None, "2025-12-31"), ("2021-01-01", "2023-12-31"))
    ('2021-01-01', '2023-12-31')
    """
    start = max((s for s, _ in (span, *limits) if s is not None), default=None)
    end = min((e for _, e in (span, *limits) if e is not None), default=None)
    return None if start and end and start > end else (start, end)


def resolve_spans(rows: Iterable[tuple[str, str, str, str]]) -> dict[str, Span]:
    """Return the validity of each thing, from rows of thing, start, end and parent.

    In a row, "" is a missing value. A parent is what the thing is stated in or part of. A missing
    start or end is that of the parents, unless these differ. If a deadline (an end) is before the
    start of a parent, the deadline is kept and the start is open. Things that are always valid are
    left out.

    >>> resolve_spans([("plan", "2021-01-01", "2023-12-31", ""), ("goal", "", "", "plan")])
    {'goal': ('2021-01-01', '2023-12-31'), 'plan': ('2021-01-01', '2023-12-31')}
    """
    starts: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, set[str]] = defaultdict(set)
    parents: dict[str, set[str]] = defaultdict(set)
    for thing, *row in rows:
        for value, values in zip(row, (starts, ends, parents), strict=True):
            known = values[thing]
            if value:
                known.add(value)
    spans: dict[str, Span] = {}
    for thing in _sort_parents_first(parents):
        inherited = {spans[parent] for parent in parents[thing] if parent in spans} - {OPEN}
        first, last = inherited.pop() if len(inherited) == 1 else OPEN
        # A thing with several periods is valid from the first to the last.
        start, end = min(starts[thing], default=first), max(ends[thing], default=last)
        spans[thing] = (None, end) if start and end and start > end else (start, end)
    return {thing: span for thing, span in sorted(spans.items()) if span != OPEN}


def _sort_parents_first(parents: Mapping[str, set[str]]) -> list[str]:
    """Return all things, each after its parents; those in or below a circle of parents are last."""
    sorter = TopologicalSorter(parents)
    with suppress(CycleError):
        sorter.prepare()
    order: list[str] = []
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    return [*order, *sorted(parents.keys() - set(order))]
