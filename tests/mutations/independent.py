"""Count which of 140 mistakes of 20 kinds `kg check` sees: a measure of the checks.

`python tests/mutations/independent.py HOME` checks each in a copy of the home and writes a line
of JSON. `--source FILE` is the article, without which copied passages cannot be made; the check
itself compares the source that `kg source add` has kept, if there is one. `--list` writes the
mistakes as `independent.tsv` has them.

The kinds and their choice were fixed before it was measured what is seen of them. They are chosen
by a digest of the names of the things concerned, so that edits of the data change few of them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from mistakes import KINDS, File, Mistake
from mutants import Data, Mutant, rank
from rdflib import Graph

from kg.check import check_files
from kg.home import Home
from kg.review import LEDGER, accept_elements, digest_elements, list_data_files, review_files
from kg.turtle import parse_file

OF_EACH_KIND = 7


def list_mistakes(data: Data, raw: str | None) -> Iterator[Mutant]:
    """Yield seven mistakes of each kind, one of each city in turn, with few of one element."""
    files = [
        File(data, file.path.stem, data.graphs[file.graph], raw)
        for file in data.files
        if file.path.is_relative_to(data.home.data)
    ]
    graphs = {file.path.stem: file.graph for file in data.files}
    last = ("source", "places")  # what is not of a city
    for name, kind in KINDS.items():
        queues: dict[str, list[Mistake]] = defaultdict(list)
        for file in files:
            for mistake in order_mistakes(name, kind(file)):
                queues[file.name].append(mistake)
        order = sorted((city in last, rank(name, city), city) for city in queues)
        turns = [
            (city, queues[city][turn])
            for turn in range(OF_EACH_KIND)
            for _, _, city in order
            if turn < len(queues[city])
        ]
        for city, one in turns[:OF_EACH_KIND]:
            of = data.names.shorten(str(one.element))
            changes = tuple(sorted(one.removed)), tuple(sorted(one.added))
            yield Mutant(city, name, of, graphs[city], *changes)


def order_mistakes(kind: str, mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Return the mistakes of a file: first one of each element, then a second, and so on."""
    of_element: dict[str, list[Mistake]] = defaultdict(list)
    for one in mistakes:
        of_element[str(one.element)].append(one)
    keyed = []
    for element, ones in of_element.items():
        numbers = sorted(range(len(ones)), key=lambda number: rank(kind, element, number))
        keyed += [
            ((turn, rank(kind, element)), ones[number]) for turn, number in enumerate(numbers)
        ]
    return [one for _, one in sorted(keyed, key=itemgetter(0))]


def format_change(data: Data, mutant: Mutant) -> str:
    """Return the first statement that is added, or else removed, with its text cut short."""
    changed = mutant.added or mutant.removed
    of = data.names.expand(mutant.of)
    _, p, o = next((t for t in changed if str(t[0]) == of), changed[0])
    if mutant.operator == "copied-passage":
        return f"{data.names.shorten(str(p))} = its passage"
    value = data.names.shorten(str(o)) if hasattr(o, "defrag") else o.n3()
    more = f" (+{len(mutant.added)} -{len(mutant.removed)})"
    return f"{data.names.shorten(str(p))} {' '.join(value.split())[:60]}{more}"


class Bench:
    """A copy of a home, in which mistakes are made, checked, and undone."""

    def __init__(self, data: Data, root: Path) -> None:
        self.home = Home(root)
        for folder in (data.home.ontology, data.home.data, data.home.queries):
            no_ledger = shutil.ignore_patterns(LEDGER)
            shutil.copytree(folder, root / folder.name, ignore=no_ledger)
        self.graphs = data.graphs
        self.paths = {
            file.graph: root / file.path.relative_to(data.home.root)
            for file in data.files
            if file.path.is_relative_to(data.home.data)
        }
        # Every file is written in the same way, so that the way itself changes no finding.
        for graph in self.paths:
            self.write(graph, data.graphs[graph])
        self.before = self.list_findings()

    def write(self, graph: str, statements: Graph) -> None:
        """Write the statements of a named graph as Turtle without prefixes."""
        lines = [" ".join(term.n3() for term in triple) + " .\n" for triple in statements]
        self.paths[graph].write_text("".join(sorted(lines)), "utf-8")

    def list_findings(self) -> set[tuple[str, ...]]:
        """Return the findings of `kg check`, without their lines."""
        findings = check_files(self.home).findings
        return {(f.check, f.severity, Path(f.path).stem, f.message) for f in findings}

    def find(self, mutant: Mutant) -> list[str]:
        """Return the checks with a finding that only the mutant has."""
        original = self.graphs[mutant.graph]
        changed = Graph()
        changed += original
        for triple in mutant.removed:
            changed.remove(triple)
        for triple in mutant.added:
            changed.add(triple)
        self.write(mutant.graph, changed)
        found = self.list_findings() - self.before
        self.write(mutant.graph, original)
        return sorted({check for check, *_ in found})


class LedgerBench(Bench):
    """A bench that looks only at the ledger: what has changed since all was recorded as read."""

    def __init__(self, data: Data, root: Path) -> None:
        self.names = data.names
        super().__init__(data, root)

    def list_findings(self) -> set[tuple[str, ...]]:
        """Return the elements that have changed, by the kind of the change."""
        files = list_data_files(self.home)
        digests = {
            graph: digest_elements(parse_file(file), self.names) for graph, file in files.items()
        }
        reviews, _ = review_files(self.home, digests)
        if not any(file.is_recorded for file in reviews):
            accept_elements(self.home, [(f, f.changes) for f in reviews], digests, "2021-02-24")
            return set()
        return {(one.kind, one.element) for file in reviews for one in file.changes}


def main(arguments: list[str]) -> None:
    """Write each of the mistakes, with the checks that see it, as a line of JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--source", type=Path, help="the text of the article")
    parser.add_argument("--list", action="store_true", help="list the mistakes, check nothing")
    parser.add_argument("--ledger", action="store_true", help="look only at the review ledger")
    parser.add_argument("--kind", action="append", help="make only mistakes of this kind")
    parser.add_argument("--first", type=int, default=OF_EACH_KIND, help="make only so many of each")
    given = parser.parse_args(arguments)
    data = Data(Home(given.home))
    raw = given.source.read_bytes().decode("utf-8") if given.source else None
    number = Counter[str]()
    mutants = []
    for mutant in list_mistakes(data, raw):
        number[mutant.operator] += 1
        if number[mutant.operator] <= given.first and (
            not given.kind or mutant.operator in given.kind
        ):
            mutants.append(mutant)
    if given.list:
        for mutant in mutants:
            line = (mutant.operator, mutant.city, mutant.of, format_change(data, mutant))
            sys.stdout.write("\t".join(line) + "\n")
        return
    with TemporaryDirectory() as folder:
        bench = (LedgerBench if given.ledger else Bench)(data, Path(folder))
        for mutant in mutants:
            line_of = {"kind": mutant.operator, "city": mutant.city, "of": mutant.of}
            sys.stdout.write(json.dumps(line_of | {"checks": bench.find(mutant)}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
