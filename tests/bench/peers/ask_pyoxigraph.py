"""Parse files with pyoxigraph, run a SELECT query, and print the rows."""

import sys
from pathlib import Path

from pyoxigraph import QuerySolutions, RdfFormat, Store

query, *files = sys.argv[1:]
store = Store()
for file in files:
    store.bulk_load(path=file, format=RdfFormat.from_extension(file.rpartition(".")[2]))
solutions = store.query(Path(query).read_text("utf-8"))
assert isinstance(solutions, QuerySolutions)
for solution in solutions:
    cells = ("" if term is None else str(term) for term in solution)
    sys.stdout.write("\t".join(cells) + "\n")
