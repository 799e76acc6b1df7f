"""`kg.open`: the graph in Python, with the questions, queries and portraits of the command line."""

from pathlib import Path

from kg.ask.answer import Answer
from kg.ask.question import ask_question, bind_question, find_question, list_questions
from kg.ask.show import Portrait, show_node
from kg.home import Home, find_home
from kg.names import read_names
from kg.store import Engine


class Graph:
    """A knowledge graph to ask: of a folder, in memory, or of a SPARQL endpoint."""

    def __init__(self, home: Home, store: Engine) -> None:
        self._home = home
        self._store = store

    def questions(self, language: str = "en") -> dict[str, str]:
        """Return what each question that `ask` answers is, by its name.

        >>> open_graph().questions()["policies"]
        'Which policy documents does each city issue?'
        """
        return {q.name: q.tell("summary", language) for q in list_questions(self._home)}

    def ask(self, question: str, /, language: str = "en", **values: object) -> Answer:
        """Return the answer of a question, with a value for each of its parameters that is given.

        A value is what the command line takes (a city by its label or the last part of its IRI,
        `"2022-12-31"`) or its like in Python (2022, a Decimal, a date); None is not given. A - in
        a parameter's name is _ here.

        Raises:
            KgError: no such question, parameter, value or language; the message has those near.

        >>> answer = open_graph().ask("targets")
        >>> answer[0]["city"], answer[0]["value"], answer[0]["year"]
        ('Wuhan', Decimal('80'), 2022)
        """
        found = find_question(self._home, question)
        given = {name.replace("_", "-"): value for name, value in values.items()}
        terms = bind_question(self._home, self._store, found, given)
        return Answer(ask_question(self._store, found, language, terms), read_names(self._home))

    def query(self, sparql: str) -> Answer:
        """Return the answer of a SPARQL 1.1 query over all named graphs at once.

        The prefixes of ontology/prefixes.ttl need no PREFIX line.

        Raises:
            KgError: the query has a syntax error, with its line and column.

        >>> [row["city"] for row in open_graph().query('''
        ...     SELECT ?city { ?city cdp:isWithin place:hubei }''')]
        ['https://w3id.org/cdp/id/place/wuhan']
        >>> bool(open_graph().query("ASK { place:wuhan a cdp:City }"))
        True
        """
        names = read_names(self._home)
        return Answer(self._store.query(sparql, prefixes=names.prefixes), names)

    def describe(self, thing: str, language: str = "en") -> Portrait:
        """Return what is known of a thing: its facts, what points to it, and its passages.

        It is named by IRI, prefixed name, the last part of its IRI, or a label in any language.

        Raises:
            KgError: nothing, or more than one thing, is called that.

        >>> open_graph().describe("武汉").name
        'place:wuhan'
        """
        return show_node(self._store, self._home, thing, language)


def open_graph(where: str | Path | None = None) -> Graph:
    """Return the graph of a folder, of a SPARQL endpoint (a URL), or the project's own.

    An endpoint is asked the questions of the project.

    Raises:
        KgError: the folder is no home, or a file in it is not Turtle.
    """
    if isinstance(where, str) and where.startswith(("https://", "http://")):
        from kg.store.endpoint import Endpoint

        home = find_home()
        return Graph(home, Endpoint(where, home))
    from kg.rules import open_store

    home = find_home(None if where is None else Path(where))
    return Graph(home, open_store(home))
