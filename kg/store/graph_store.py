"""Write named graphs to a server, in batches: to a graph store, or with SPARQL updates.

All methods raise a KgError if the server does not accept a batch. All requests may be repeated: the
first batch of a graph replaces it, and others have no blank nodes.
"""

from urllib.parse import quote
from urllib.request import Request, urlopen

from kg.store.endpoint import Endpoint
from kg.store.http import Client

TIMEOUT = 300  # seconds; a server may take long to store a large batch
PATHS = (
    "Give the graph store with --graph-store (Oxigraph: /store, Fuseki: /<dataset>/data), or the "
    "address for updates with --update."
)


SLOW = "Try again later."


class GraphStore(Client):
    """Writes to a graph store (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

    slow = SLOW

    def __init__(self, url: str) -> None:
        super().__init__(url, TIMEOUT, PATHS)

    def write_batch(self, graph: str, triples: str, *, first: bool) -> None:
        """Add N-Triples to a graph; the first batch replaces the graph."""
        self._send("PUT" if first else "POST", graph, triples.encode("utf-8"))

    def drop_graph(self, graph: str) -> None:
        """Delete a graph; one that does not exist is not an error."""
        # A request that is repeated may find the graph deleted.
        self._send("DELETE", graph, accepted=404)

    def _send(
        self, method: str, graph: str, data: bytes | None = None, *, accepted: int = 200
    ) -> None:
        mark = "&" if "?" in self.url else "?"
        address = f"{self.url}{mark}graph={quote(graph, safe='')}"
        kind = {"Content-Type": "application/n-triples"} if data is not None else {}
        headers = {**self.headers, **kind, "Accept": "*/*"}
        request = Request(address, data, headers, method=method)  # noqa: S310
        self.send(
            lambda seconds: urlopen(request, timeout=seconds),  # noqa: S310
            graph,
            accepted=accepted,
        )


class UpdateService:
    """Writes with SPARQL 1.1 Update (https://www.w3.org/TR/sparql11-update/)."""

    def __init__(self, url: str) -> None:
        self._endpoint = Endpoint(url, TIMEOUT, PATHS)
        self._endpoint.slow = SLOW

    def write_batch(self, graph: str, triples: str, *, first: bool) -> None:
        """Add N-Triples to a graph; the first batch replaces the graph."""
        drop = f"DROP SILENT GRAPH <{graph}> ;\n" if first else ""
        self._endpoint.update(f"{drop}INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}", graph)

    def drop_graph(self, graph: str) -> None:
        """Delete a graph."""
        self._endpoint.update(f"DROP SILENT GRAPH <{graph}>", graph)


GraphWriter = GraphStore | UpdateService
