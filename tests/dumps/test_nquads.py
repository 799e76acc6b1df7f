"""N-Quads and N-Triples are sorted lines."""

import os
import subprocess
from collections.abc import Callable

import pytest

from kg.dumps.nquads import LineWriter
from kg.home import producer


@pytest.mark.parametrize("form", [".nq", ".nt"])
def test_lines_have_the_order_of_the_command_sort(form: str, real: Callable[[str], bytes]) -> None:
    command, environment = ["sort", "-u"], os.environ | {"LC_ALL": "C"}
    done = subprocess.run(
        command, input=real(form), capture_output=True, check=True, env=environment
    )
    assert done.stdout == real(form)


def test_comment_names_the_graph_of_n_triples() -> None:
    writer = LineWriter(named=False, graph="https://e.org/g")
    assert list(writer.write(iter(["<a:a> <a:a> <a:a> ."]))) == [
        f"# {producer()}\n# graph <https://e.org/g>\n",
        "<a:a> <a:a> <a:a> .\n",
    ]
