"""Queries that must be empty: `queries/must-be-empty/`, a row of an answer is a finding."""

from collections.abc import Iterator

from kg.ask.question import Question
from kg.check.finding import Finding, Locator
from kg.home import Home
from kg.names import FALLBACKS, bind_json, read_names
from kg.store import Memory


def list_checks(home: Home) -> list[Question]:
    """Return the must-be-empty queries of a home, by name."""
    folder = home.queries / "must-be-empty"
    return [Question(path.stem, path) for path in sorted(folder.glob("*.rq"))]


def find_by_queries(
    home: Home, store: Memory, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a finding for each row that a must-be-empty query gives.

    Its header has the severity and, by language, the message, in which {name} stands for a
    variable of the row; ?node is what the finding is about.
    """
    names = read_names(home)
    for check in list_checks(home):
        rows = store.select(check.text, str(check.path))
        for row in rows.rows:
            shown = {name: names.show(term) for name, term in zip(rows.variables, row, strict=True)}
            messages = check.header["message"]
            template = next(messages[tag] for tag in FALLBACKS[language] if tag in messages)
            message = f"{shown['node']}: {' '.join(template.format_map(shown).split())}"
            node = row[rows.variables.index("node")]
            iri = bind_json(node)["value"] if node is not None else ""
            severity = str(check.header["severity"])
            yield from locator.find(iri, severity, check.name, message)
