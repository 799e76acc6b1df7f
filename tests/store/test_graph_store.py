"""The requests that write named graphs."""

from collections.abc import Callable
from typing import Any

import pytest

from kg.errors import KgError
from kg.store.graph_store import GraphStore, UpdateService

GRAPH = "https://e.org/a/%E6%AD%A6?b&c"
TRIPLES = '<a:b> <a:b> "长" .\n'
Serve = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("no_credentials")


@pytest.mark.parametrize("query", ["", "?key=1"])
def test_graph_store_requests(serve: Serve, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "token")
    server = serve({"status": 204, "body": b""})
    store = GraphStore(server.url + query)
    store.write_batch(GRAPH, TRIPLES, first=True)
    store.write_batch(GRAPH, TRIPLES, first=False)
    store.drop_graph(GRAPH)
    assert [request.method for request in server.requests] == ["PUT", "POST", "DELETE"]
    put, post, delete = server.requests
    assert put.body.decode() == post.body.decode() == TRIPLES
    assert put.headers["content-type"] == post.headers["content-type"] == "application/n-triples"
    assert delete.body == b""
    for request in server.requests:
        key, _, graph = request.path.removeprefix("/query?").rpartition("&")
        assert key == query.removeprefix("?")
        assert graph == "graph=https%3A%2F%2Fe.org%2Fa%2F%25E6%25AD%25A6%3Fb%26c"
        assert request.headers["authorization"] == "Bearer token"


def test_update_requests(serve: Serve) -> None:
    server = serve({"status": 204, "body": b""})
    service = UpdateService(server.url)
    service.write_batch(GRAPH, TRIPLES, first=True)
    service.write_batch(GRAPH, TRIPLES, first=False)
    service.drop_graph(GRAPH)
    drop = f"DROP SILENT GRAPH <{GRAPH}>"
    insert = f"INSERT DATA {{ GRAPH <{GRAPH}> {{\n{TRIPLES}}} }}"
    bodies = [request.body.decode() for request in server.requests]
    assert bodies == [f"{drop} ;\n{insert}", insert, drop]


@pytest.mark.parametrize("writer", [GraphStore, UpdateService])
def test_wrong_path_is_explained(
    serve: Serve, writer: type[GraphStore] | type[UpdateService]
) -> None:
    server = serve({"status": 404, "body": b""})
    with pytest.raises(KgError, match=r"404 Not Found\. Give the graph store with --graph-store"):
        writer(server.url).write_batch(GRAPH, TRIPLES, first=True)


def test_graph_that_does_not_exist_is_deleted(serve: Serve) -> None:
    server = serve({"status": 500, "headers": {"Retry-After": "0"}}, {"status": 404})
    GraphStore(server.url).drop_graph(GRAPH)
    assert len(server.requests) == 2
