"""`kg review`, and the lines of `kg check` on what has changed since it was read."""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
CHINESE = re.compile("[\u4e00-\u9fff]{2}")
PLATFORM = "initiative:suzhou-test-platform"


@pytest.fixture
def recorded(small: Home, call: Call) -> Home:
    """A home of which all was read on a day."""
    done = call("review", "--accept", "--date", "2026-01-02", home=small)
    assert "elements recorded as read on 2026-01-02" in done.stdout
    return small


@pytest.fixture
def changed(recorded: Home) -> Home:
    """The same home after an edit."""
    path = recorded.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    assert '"Test platform"@en' in text
    path.write_text(text.replace('"Test platform"@en', '"Testing platform"@en'), "utf-8")
    return recorded


@pytest.mark.slow
def test_check_counts_the_elements_that_have_changed(changed: Home, call: Call) -> None:
    shown = call("check", home=changed).stdout
    assert re.search(r"^  data/town/suzhou\.ttl: 1 of \d+ \(1 changed\)$", shown, re.M)
    assert re.search(r"^  data/town/source\.ttl: 0 of \d+$", shown, re.M)
    verbose = call("check", "--verbose", home=changed).stdout
    added = [line for line in verbose.splitlines() if line not in shown.splitlines()]
    assert len(added) == 1
    assert added[0].endswith("(changed, last read 2026-01-02)")
    chinese = call("check", "--verbose", "--lang", "zh-Hans", home=changed).stdout.splitlines()
    line = next(line for line in chinese if "suzhou.ttl" in line)
    assert CHINESE.search(line)
    report = json.loads(call("check", "--format", "json", home=changed).stdout)
    (file,) = [one for one in report["reviews"] if one["changes"]]
    assert file["path"] == "data/town/suzhou.ttl"
    assert [one["kind"] for one in file["changes"]] == ["changed"]


def test_check_without_a_ledger_says_how_to_begin(small: Home, call: Call) -> None:
    shown = call("check", home=small).stdout
    assert "data/town/ledger.tsv: not recorded (2 files)" in shown
    assert "kg review --accept" in shown


def test_check_reports_the_faults_of_a_ledger(recorded: Home, call: Call) -> None:
    ledger = recorded.data / "town" / "ledger.tsv"
    ledger.write_text(f"=======\n{ledger.read_text('utf-8')}", "utf-8")
    shown = call("check", home=recorded, code=1).stdout
    assert shown.startswith(f"{ledger}:1: violation: This marks a merge conflict.")
    for options in ([], ["--accept"]):
        done = call("review", *options, home=recorded, code=1)
        assert done.stderr.startswith(f"kg: {ledger}:1: This marks a merge conflict.")


def test_review_shows_what_has_changed_beside_its_passage(
    changed: Home, call: Call, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = call("review", home=changed).stdout
    heading, passage, *statements = shown.splitlines()
    assert heading.endswith("(changed, last read 2026-01-02) data/town/suzhou.ttl")
    assert re.fullmatch(r"  source:\S+ \d+–\d+: \(text not available.*", passage)
    assert "  rdfs:label Testing platform@en" in statements
    assert "\n\n" not in shown
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    with_text = call("review", home=changed).stdout
    assert "not available" not in with_text
    assert CHINESE.search(with_text.splitlines()[1])


def test_review_of_elements_files_and_cities(changed: Home, call: Call) -> None:
    one = call("review", "place:suzhou", home=changed).stdout
    assert one.startswith("place:suzhou (unchanged, last read 2026-01-02)")
    file = changed.data / "town" / "source.ttl"
    assert call("review", "--file", file, home=changed).stdout == ""
    everything = call("review", "--file", file, "--all", home=changed).stdout
    assert "(unchanged, last read 2026-01-02) data/town/source.ttl" in everything
    assert "suzhou.ttl" not in everything
    assert "data/town/suzhou.ttl" in call("review", "--city", "苏州", home=changed).stdout


def test_accept_records_the_chosen_elements(changed: Home, call: Call) -> None:
    before = (changed.data / "town" / "ledger.tsv").read_text("utf-8").splitlines()
    call("review", "place:suzhou", "--accept", "--date", "2026-02-03", home=changed)
    assert (changed.data / "town" / "ledger.tsv").read_text("utf-8").splitlines() == before
    assert "2026-02-03" in (changed.data / "reference" / "ledger.tsv").read_text("utf-8")
    call("review", "--accept", home=changed)
    after = (changed.data / "town" / "ledger.tsv").read_text("utf-8").splitlines()
    assert len(after) == len(before)
    (line,) = set(after) - set(before)
    # The day may end between the command and this line.
    assert date.fromisoformat(line.split("\t")[2]) >= date(2026, 2, 4)
    done = call("review", home=changed)
    assert (done.stdout, done.stderr) == ("", "Nothing has changed since it was read.\n")
    done = call("review", "--lang", "zh-Hans", home=changed)
    assert (done.stdout, done.stderr) == ("", "通读之后没有变化。\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--date", "2026-01-02"], "--date is for --accept."),
        (["--accept", "--date", "yesterday"], "yesterday is not a date. Write YYYY-MM-DD."),
        (["nonsense"], "nothing has this name."),
        (["--city", "china"], "no data file has a document of it."),
        (["--file", "none.ttl"], "no such file or folder."),
        (["theme:mobility"], "is not an element of the data."),
    ],
)
def test_wrong_choice_is_a_usage_error(
    recorded: Home, call: Call, arguments: list[str], message: str
) -> None:
    done = call("review", *arguments, home=recorded, code=2)
    assert message in done.stderr
