"""Help pages in Chinese: complete, without English sentences, and laid out for wide characters."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click
import pytest

import kg.cli.help
from kg.cli import cli
from kg.cli.ask import ask
from kg.cli.help import HelpFormatter, read_texts, translate
from kg.cli.networks import gephi
from kg.home import Home
from kg.wrapping import measure_text

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Words = tuple[str, ...]
# What is not prose: code, addresses, options, files, variables, placeholders, prefixed names, tags.
CODE = re.compile(
    r"`[^`]*`|https?://\S+|（默认：[^）]*）|\[[a-z]+\]|--?[a-z][a-z-]*|[\w.:-]*[./_:][\w./:-]*"
    r"|\b[A-Z_]{2,}[A-Z0-9_]*\b|\bzh-Han[st]\b|\b[a-z]+-[a-z]+\b"
    r"|\bkg( (ask|check|push|review|show|source add))?\b",
    re.ASCII,
)
NAMES = set(
    "Apache Ctrl ForceAtlas Fuseki Gephi GraphML IoT Markdown Oxigraph Parquet TriG Turtle Unicode"
    " Quads Triples Update Web Excel GraphDB MB GB MiB grlc netrc networkx pySHACL networks wuhan"
    " nq nt trig ttl jsonld frame subject object".split()
)


class Recorder(dict[str, str]):
    """Texts that note which of them are asked for."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__(texts)
        self.asked: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


def list_commands(group: click.Group = cli, path: Words = ()) -> Iterator[Words]:
    """Yield the words of each command, with some of the questions and networks."""
    yield path
    context = click.Context(group)
    names = group.list_commands(context)
    if group is ask:
        names = ["chain", "everything"]
    if group is gephi:
        names = ["city-theme"]
    for name in names:
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from list_commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with pytest.MonkeyPatch.context() as patch:
        found = Recorder(read_texts())
        patch.setattr(kg.cli.help, "read_texts", lambda: found)
        yield found


@pytest.fixture(scope="module")
def pages(recorder: Recorder) -> dict[Words, str]:
    """Return the Chinese page of each command, for 80 columns."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        for words in list_commands():
            with redirect_stdout(StringIO()) as output:
                cli.main([*words, "--help", "--lang", "zh-Hans"], "kg", standalone_mode=False)
            found[words] = output.getvalue()
    assert len(found) == 23
    return found


def find_english(page: str) -> list[str]:
    """Return the words of a Chinese page that are neither names, values nor in an example."""
    _, _, body = page.partition("\n")
    values = {value for listed in re.findall(r"\[([\w|-]+)\]", page) for value in listed.split("|")}
    # Commands of examples, options, and names of commands and columns.
    start = re.compile(r"^ +kg .*?(?=   |$)|^ +-.*?(?=  |$)|^  [a-zA-Z-]+  ", re.MULTILINE)
    prose = CODE.sub(" ", re.sub(r"\n +", " ", start.sub("", body)))
    return [w for w in re.findall(r"[A-Za-z]{2,}", prose) if w not in NAMES | values]


def list_translated() -> Iterator[str]:
    """Yield the texts that commands translate themselves."""
    for path in Path(kg.cli.help.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "translate":
                if isinstance(text := node.args[0], ast.Constant):
                    yield str(text.value)


def test_every_text_of_the_help_is_in_chinese_and_no_other(
    recorder: Recorder, pages: dict[Words, str]
) -> None:
    asked = recorder.asked | set(list_translated())
    missing = {text for text in asked if re.search("[A-Za-z]", text)} - set(recorder)
    # The texts of questions are Chinese already.
    assert {text for text in missing if not re.search("[\u4e00-\u9fff]", text)} == set()
    assert set(recorder) - asked == set()
    assert {"question", "{0} files written"} <= asked


def test_chinese_page_has_no_english_words(pages: dict[Words, str]) -> None:
    found = {words: find_english(page) for words, page in pages.items()}
    assert {words: english for words, english in found.items() if english} == {}


def test_english_words_are_found() -> None:
    page = "用法：kg\n\n  kg ask    list the questions\n\n选项：\n  -o, --out DIR  Write here\n"
    assert find_english(page) == ["list", "the", "questions", "Write", "here"]


def test_chinese_page_fits_80_columns_and_is_aligned(pages: dict[Words, str]) -> None:
    faults = []
    for words, page in pages.items():
        name = " ".join(words)
        faults += [f"{name}: {line}" for line in page.split("\n") if measure_text(line) > 80]
        options = page.partition("选项：\n")[2].partition("\n\n")[0]
        starts = {len(m[1]) for m in re.finditer(r"^( {2}-\S.*?  +| {8,})\S", options, re.M)}
        faults += [f"{name}: columns at {starts}"] * (len(starts) != 1)
        if re.search(r"^ *[，。、；：）]", page, re.M):
            faults.append(f"{name}: a line begins with a mark")
    assert faults == []


@pytest.mark.parametrize(
    "line",
    [
        "--lang zh-Hans export rdf --help",
        "export --lang zh-Hans rdf --help",
        "export rdf --lang zh-Hans --help",
        "export rdf --help --lang zh-Hans",
        "export rdf -h --lang=zh-Hant",
        "--lang en export rdf --help --lang zh-Hans",
    ],
)
def test_language_before_or_after_the_command(line: str, call: Call) -> None:
    assert call(*line.split()).stdout.startswith("用法：kg export rdf [选项]\n\n  以 RDF 格式")


def test_language_of_the_group_is_that_of_its_commands(call: Call, untouched: Home) -> None:
    for words in (["ask", "genres"], ["show", "wuhan"], ["ask"]):
        after = call(*words, "--lang", "zh-Hans", home=untouched).stdout
        assert call("--lang", "zh-Hans", *words, home=untouched).stdout == after
    assert call("--lang", "zh-Hans", "show", "wuhan", "--lang", "en").stdout == (
        call("show", "wuhan").stdout
    )
    # A question without languages refuses its own option only.
    assert call("--lang", "zh-Hans", "ask", "everything", "--entity", "wuhan").stdout


def test_group_without_command_shows_its_help_in_the_language(call: Call) -> None:
    assert call("--lang", "zh-Hans", "export", code=2).stderr.startswith("用法：kg export ")


@pytest.mark.parametrize("line", ["--lang xx --help", "--help --lang", "check --lang zh --help"])
def test_help_in_an_unknown_language(line: str, call: Call) -> None:
    done = call(*line.split(), code=2 if line.endswith("--lang") else 0)
    assert (done.stdout or done.stderr).startswith(("Usage: kg", "kg: Option '--lang'"))


def test_texts_that_are_not_in_the_file_are_unchanged() -> None:
    assert translate("Mine?", "zh-Hans") == "Mine?"
    assert translate("Folder\n to write to.", "zh-Hant") == "写入的文件夹。"
    assert translate("Folder to write to.", "en") == "Folder to write to."


def test_texts_are_distinct_and_written_as_in_chinese() -> None:
    text = Path(kg.cli.help.__file__).with_name("help.toml").read_text("utf-8")
    assert text.count("[[texts]]") == len(read_texts())
    faults = [
        chinese
        for chinese in read_texts().values()
        if "\n" in chinese
        or re.search("[\u4e00-\u9fff][,;:!?()]|[,;:!?(][\u4e00-\u9fff]", chinese)
        # A space is between Chinese characters and Latin ones.
        or re.search("[\u4e00-\u9fff][A-Za-z0-9`]|[A-Za-z0-9`][\u4e00-\u9fff]", chinese)
    ]
    assert faults == []


def test_layout_of_wide_terms() -> None:
    formatter = HelpFormatter("zh-Hans")
    formatter.write_dl([("城市", "一"), ("abc", "two  [default: 3; required]"), ("x" * 40, "y")])
    assert formatter.getvalue() == (
        f"城市{' ' * 28}一\nabc{' ' * 29}two（默认：3；必填）\n{'x' * 40}\n{' ' * 32}y\n"
    )


def test_english_help_reads_no_chinese_texts(
    call: Call, untouched: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> dict[str, str]:
        raise AssertionError

    monkeypatch.setattr(kg.cli.help, "read_texts", refuse)
    for words in ((), ("check",), ("ask", "everything"), ("export", "gephi")):
        call(*words, "--help", home=untouched)
    with pytest.raises(AssertionError):
        call("--help", "--lang", "zh-Hans")
