import re
from pathlib import Path

import pytest

from kg.cli.messages import print_message

CLI = Path(__file__).parents[2] / "kg" / "cli"


@pytest.mark.parametrize("err", [False, True])
def test_message_has_escapes(err: bool, capsys: pytest.CaptureFixture[str]) -> None:
    print_message("a\x1b[2J\u202e.ttl: formatted\nb", err=err)
    out, errors = capsys.readouterr()
    assert (errors if err else out) == "a\\x1b[2J\\u202e.ttl: formatted\nb\n"


def test_all_messages_are_printed_with_escapes() -> None:
    found = {
        path.name
        for path in CLI.glob("*.py")
        if re.search(r"click\.(echo|secho|echo_via_pager)\(|\bprint\(", path.read_text("utf-8"))
    }
    # `output` escapes before it calls click.
    assert found == {"messages.py", "output.py"}
