"""Pages for people and files for programs: a site of the graph for any host of files.

Graph → one reading per language (`edition`) → pages as plain data (`things`, `overview`, `answers`,
`pictures`, `vocabulary`, `dataset`) → HTML (`render`) → a folder (`site`).
"""

from kg.publish.site import Published, publish_site

__all__ = ["Published", "publish_site"]
