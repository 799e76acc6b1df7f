"""Validate data (the files after `--`) against shapes with pySHACL, and print the report."""

import sys

import pyshacl
import rdflib

split = sys.argv.index("--")
shapes, data = rdflib.Graph(), rdflib.Graph()
for file in sys.argv[1:split]:
    shapes.parse(file)
for file in sys.argv[split + 1 :]:
    data.parse(file)
_, _, report = pyshacl.validate(data, shacl_graph=shapes, inference="none")
sys.stdout.write(report)
