"""A plain rdflib script: parse the files given, run the query, print the rows."""

import sys

import rdflib

query, *files = sys.argv[1:]
graph = rdflib.Graph()
for file in files:
    graph.parse(file)
with open(query, encoding="utf-8") as text:  # noqa: PTH123 - as plain as such scripts are
    for row in graph.query(text.read()):
        sys.stdout.write("\t".join("" if term is None else str(term) for term in row) + "\n")
