"""Groups of commands: options before and after the name of a question or network."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from kg.cli import cli
from kg.cli.ask import ask
from kg.cli.groups import QueryGroup
from kg.cli.networks import gephi
from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]


def complete(*words: str) -> set[str]:
    """Return what the last word may become."""
    shell = ShellComplete(cli, {}, "kg", "_KG_COMPLETE")
    return {item.value for item in shell.get_completions(list(words[:-1]), words[-1])}


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("", None),
        ("targets", 0),
        ("targets --lang en", 0),
        ("--lang en targets", 2),
        ("--lang=en targets", 1),
        ("--city wuhan targets --year 2022", 2),
        ("--iris targets", 1),
        ("-h targets", 1),
        ("--help targets", 1),
        ("--iris --city=wuhan --help targets", 3),
        ("--text targets search", 2),
        ("search --text targets", 0),
        ("--text -h search", 2),
        ("--lang en", None),
        ("--lang", None),
        ("--city", None),
    ],
)
def test_name_of_a_question_is_found_among_options(line: str, position: int | None) -> None:
    assert isinstance(ask, QueryGroup)
    assert ask.find_name(line.split()) == position


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("-o x.gexf city-theme", 2),
        ("-ox.gexf city-theme", 1),
        ("-o - city-theme", 2),
        ("--output=x.gexf city-theme", 1),
        ("--force city-theme", 1),
        ("--city wuhan --force --layout force city-theme --lang en", 5),
        ("-o city-theme", None),
    ],
)
def test_name_of_a_network_is_found_among_options(line: str, position: int | None) -> None:
    assert isinstance(gephi, QueryGroup)
    assert gephi.find_name(line.split()) == position


@pytest.mark.slow
def test_options_before_and_after_a_question_are_the_same(call: Call) -> None:
    for before, after in (
        ("--lang zh-Hans targets", "targets --lang zh-Hans"),
        ("--city wuhan targets", "targets --city wuhan"),
        ("-h targets", "targets -h"),
        ("--lang zh-Hans targets -h", "targets --lang zh-Hans -h"),
        ("--format=json --city 武汉 policies", "policies --city 武汉 --format json"),
        ("--text targets search", "search --text targets"),
        ("--iris --lang en targets", "targets --lang en --iris"),
    ):
        outputs = [call("ask", *line.split()).stdout for line in (before, after)]
        assert outputs[0] == outputs[1]
        assert outputs[0]
    assert (
        "公共信息资源社会开放率2022年达80%及以上"
        in call("ask", "--lang", "zh-Hans", "targets").stdout
    )


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize(
    ("command", "name", "text"),
    [
        ("ask", "", "提出了哪些定量目标，何时到期？"),
        ("ask", "targets", "提出了哪些定量目标，何时到期？"),
        ("export gephi", "", "城市与其涉及的主题"),
        ("export gephi", "city-theme", "城市与其涉及的主题"),
    ],
)
def test_help_is_in_the_language_that_is_given_before_or_after_it(
    command: str, name: str, text: str, flag: str, untouched: Home, call: Call
) -> None:
    lines = [
        f"{command} {line}"
        for given in (f"--lang zh-Hans {flag}", f"{flag} --lang zh-Hans", f"{flag} --lang=zh-Hans")
        for line in (f"{name} {given}", f"{given} {name}")
    ]
    (shown,) = {call(*line.split(), home=untouched).stdout for line in lines}
    assert text in shown


def test_options_before_and_after_a_network_are_the_same(
    untouched: Home, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = []
    for number, line in enumerate(
        (
            "--lang zh-Hans --city suzhou --layout circle --force city-theme -o {}",
            "-o{} --layout=circle city-theme --city suzhou --lang=zh-Hans",
            "city-theme --output {} --city=suzhou --layout circle --lang zh-Hans --format gexf",
        )
    ):
        done = call("export", "gephi", *line.format(f"{number}.gexf").split(), home=untouched)
        assert done.stdout == f"city-theme: 2 个节点，1 条边 -> {number}.gexf\n"
        files.append((tmp_path / f"{number}.gexf").read_bytes())
    assert files[0] == files[1] == files[2]
    assert "苏州".encode() in files[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("ask --city wuhan", "kg: --city: needs a question. `kg ask` lists the questions.\n"),
        ("ask --iris", "kg: --iris: needs a question. `kg ask` lists the questions.\n"),
        ("ask --format csv", "kg: --format: needs a question. `kg ask` lists the questions.\n"),
        ("ask --endpoint u", "kg: --endpoint: needs a question. `kg ask` lists the questions.\n"),
        ("ask --lang en target", "kg: target: unknown question. Did you mean targets? "),
        ("ask --city wuhan xyz", "kg: xyz: unknown question. Questions: baselines, bodies, "),
        ("export gephi --force city", "kg: city: unknown network. Did you mean city-city or "),
        ("export gephi --lang en xyz", "kg: xyz: unknown network. Networks: city-city, "),
    ],
)
def test_missing_or_unknown_name(words: str, message: str, call: Call) -> None:
    done = call(*words.split(), code=2)
    assert done.stderr.startswith(message)
    assert done.stdout == ""


def test_control_characters_of_an_unknown_name_are_escaped(call: Call) -> None:
    assert call("ask", "a\x1b[2J", code=2).stderr.startswith(r"kg: a\x1b[2J: unknown question.")


@pytest.mark.slow
def test_names_and_options_are_completed_after_options() -> None:
    assert complete("ask", "targ") == {"targets"}
    assert complete("ask", "--lang", "zh-Hans", "targ") == {"targets"}
    assert complete("ask", "--city", "wuhan", "--iris", "targ") == {"targets"}
    assert complete("ask", "--city", "wuhan", "targets", "--y") == {"--year"}
    assert complete("ask", "targets", "--lang", "zh-") == {"zh-Hans", "zh-Hant"}
    assert complete("ask", "--lang", "zh-") == {"zh-Hans", "zh-Hant"}
    assert complete("ask", "--la") == {"--lang"}
    # Case, width and script make no difference.
    assert complete("ask", "ＴＡＲＧ") == {"targets"}
    assert complete("ask", "targets", "--city", "ＷＵＨ") == {"wuhan"}
    assert complete("ask", "targets", "--city", "武漢") == {"武汉"}
    assert complete("ask", "--city", "wuhan", "targets", "--theme", "manuf") == {"manufacturing"}
    assert complete("export", "gephi", "--force", "city-t") == {"city-technology", "city-theme"}
    assert complete("export", "gephi", "--city", "wuh") == {"wuhan"}
    assert complete("export", "gephi", "--lang", "en", "documents", "--layout", "c") == {
        "communities",
        "circle",
    }
