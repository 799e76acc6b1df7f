"""Report files that look like data but are not read."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.check.finding import WARNING, Finding
from kg.home import Home
from kg.names import pick
from kg.turtle_folder import list_folder

MESSAGES = {
    "suffix": {
        "en": "The file was not read. Only Turtle files (.ttl) are read: convert or rename it.",
        "zh-Hans": "未读取该文件。只读取后缀为 .ttl 的 Turtle 文件：请转换格式或改名。",
    },
    "query": {
        "en": "The file was not read. Only queries with the suffix .rq are read: rename it.",
        "zh-Hans": "未读取该文件。只读取后缀为 .rq 的查询：请改名。",
    },
    "hidden": {
        "en": "The file was not read, because its name or that of a folder starts with a dot. "
        "Rename it, or delete it.",
        "zh-Hans": "未读取该文件，因为其名称或所在文件夹的名称以点开头。请改名或删除。",
    },
    "link": {
        "en": "The folder was not read, because it is a symbolic link. Replace the link by a copy.",
        "zh-Hans": "未读取该文件夹，因为它是符号链接。请改为文件夹的副本。",
    },
}


def check_passed_over(home: Home, paths: Sequence[Path], language: str) -> Iterator[Finding]:
    """Yield a warning for each file or folder that is passed over in the given folders.

    Without paths, these are the folders of the ontology and the data, and of the queries.
    """
    found: dict[Path, str] = {}
    for folder in paths or (home.ontology, home.data):
        if folder.is_dir():
            found |= list_folder(folder).passed_over
    for folder in () if paths else (home.queries, home.ontology / "rules"):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix != ".rq" and path.suffix.casefold() in (".rq", ".sparql"):
                found[path] = "query"
    for path, reason in found.items():
        message = pick(MESSAGES[reason], language, "")
        yield Finding(str(path), 0, WARNING, "file-passed-over", "", message)
