"""Homes of synthetic cities, and the statements of a home for its peers."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from synthetic.folder import write_cities

from kg.home import Home, find_home

KG = (sys.executable, "-m", "kg")


@contextmanager
def make_homes(counts: Iterable[int]) -> Iterator[list[Home]]:
    """Yield homes with the project's ontology and queries, and these numbers of cities."""
    own = find_home()
    with tempfile.TemporaryDirectory() as folder:
        homes = []
        for count in counts:
            root = Path(folder) / str(count)
            write_cities(root / "data", count)
            for source in (own.ontology, own.queries):
                shutil.copytree(source, root / source.name)
            homes.append(Home(root))
        yield homes


def export_statements(home: Home, target: Path, *options: str) -> None:
    """Write the statements of a home, with its entailments, in the format of the suffix."""
    command = [*KG, "--home", str(home.root), "export", "rdf", "-o", str(target), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
