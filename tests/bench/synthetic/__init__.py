"""Synthetic cities in the project's own model, for benchmarks.

A file has the size of a real city's file and uses every class and property of the model. The
content is invented: names are numbered, links to Wikidata have numbers that no entity has, and the
digests are those of no text. The same number of cities and the same seed give the same bytes, and
the first cities do not depend on the number of cities.
"""
