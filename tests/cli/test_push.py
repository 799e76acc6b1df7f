"""`kg push`: arguments and messages. What is sent is tested in tests/test_push.py."""

import re
import subprocess
from collections.abc import Callable

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nothing", r"nothing: not the address of an endpoint\. "),
        ("ftp://127.0.0.1/query", r"ftp://127\.0\.0\.1/store: not the address of an endpoint\. "),
        ("http://127.0.0.1:9/abc", r"http://127\.0\.0\.1:9/abc: unknown graph store\. Give "),
        (
            "http://127.0.0.1:9/query --graph-store http://127.0.0.1:9/a --update http://127.0.0.1:9/b",
            r"--graph-store and --update are both given\. Remove one\.\n",
        ),
    ],
)
def test_usage_errors(line: str, message: str, untouched: Home, call: Call) -> None:
    done = call("push", *line.split(), home=untouched, code=2)
    assert re.match(f"kg: {message}", done.stderr)
    assert done.stdout == ""


def test_password_in_the_address_is_refused_and_not_printed(untouched: Home, call: Call) -> None:
    done = call("push", "http://user:secret@127.0.0.1:9/query", home=untouched, code=2)
    assert "KG_ENDPOINT_PASSWORD" in done.stderr
    assert "secret" not in done.stderr


def test_server_that_is_not_running(
    untouched: Home, call: Call, find_port: Callable[[], int]
) -> None:
    url = f"http://127.0.0.1:{find_port()}/query"
    done = call("push", url, home=untouched, code=1)
    assert done.stderr.startswith(f"kg: {url}: no connection to 127.0.0.1:")


def test_message_has_the_numbers_of_graphs(
    untouched: Home, small: Home, call: Call, serve_oxigraph: Callable[..., str]
) -> None:
    url = serve_oxigraph("--union-default-graph")
    done = call("push", url, home=untouched)
    pattern = (
        r"(\d+) named graphs sent \(\d+ statements\), 0 unchanged, 0 deleted\. Checked: .*\.\n"
    )
    first = re.fullmatch(pattern, done.stdout)
    assert first
    assert done.stderr == ""
    path = small.data / "town" / "suzhou.ttl"
    path.write_text(path.read_text("utf-8").replace("Test platform", "Platform"), "utf-8")
    assert "--replace" in call("push", url, home=small, code=1).stderr
    done = call("push", url, "--replace", home=small)
    assert re.match(r"2 named graphs sent \(\d+ statements\), \d+ unchanged, 0 ", done.stdout)
