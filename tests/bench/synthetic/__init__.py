"""Synthetic cities in the project's own model, to measure with.

A file has the size of a real city's file and uses every class and property of the model. The
content is invented: names are numbered, links to Wikidata are beyond its last entity, and no text
is behind the digests of passages. The same number of cities and seed give the same bytes, and
the first cities are the same however many follow.
"""
