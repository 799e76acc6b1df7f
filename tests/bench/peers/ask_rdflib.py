"""Parse files with rdflib, run a SELECT query, and print the rows."""

import sys
from pathlib import Path

import rdflib

query, *files = sys.argv[1:]
graph = rdflib.Graph()
for file in files:
    graph.parse(file)
for row in graph.query(Path(query).read_text("utf-8")):
    assert isinstance(row, rdflib.query.ResultRow)
    sys.stdout.write("\t".join("" if term is None else str(term) for term in row) + "\n")
