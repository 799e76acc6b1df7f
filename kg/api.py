"""`kg.open`: the knowledge graph in Python, with questions, queries and descriptions."""

from pathlib import Path

from kg.ask import (
    Answer,
    ask_question,
    bind_question,
    find_question,
    list_questions,
)
from kg.ask.answer import write_value
from kg.ask.question import check_language
from kg.errors import KgError, check_text
from kg.graph import Graph, bind_values, connect_graph, load_graph
from kg.home import find_home
from kg.portrait import Description, describe_node


class KnowledgeGraph:
    """A knowledge graph, in memory or at a SPARQL endpoint."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __repr__(self) -> str:
        return f"<KnowledgeGraph of {self._graph.home.root} in {self._graph.engine.name}>"

    def questions(self, language: str = "en") -> dict[str, str]:
        """Return the title of each question that `ask` answers, by its name.

        Raises:
            KgError: the language is unknown.

        >>> list(open_graph().questions())[:3]
        ['baselines', 'bodies', 'by-theme']
        """
        check_language(language)
        return {q.name: q.text("summary", language) for q in list_questions(self._graph.home)}

    def ask(
        self,
        question: str,
        /,
        language: str = "en",
        *,
        timeout: float | None = None,
        **values: object,
    ) -> Answer:
        """Return the answer to a question, with values for its parameters by name.

        A value is what the command line takes (a city by its label or the last part of its IRI,
        `"2022-12-31"`) or the Python equivalent (2022, a Decimal, a date); None means no value.
        Write - in a parameter's name as _. The timeout is as in `query`.

        Raises:
            KgError: unknown question, parameter, value or language; the message suggests similar
                ones.
            KgTimeoutError: there is no answer in time.

        >>> answer = open_graph().ask("targets", city="wuhan")
        >>> ("Wuhan", 80, 2022) in [(row["city"], row["value"], row["year"]) for row in answer]
        True
        """
        found = find_question(self._graph.home, question)
        given = {name.replace("_", "-"): value for name, value in values.items()}
        terms = bind_question(self._graph, found, given)
        result = ask_question(self._graph, found, language, terms, timeout)
        return Answer(result, self._graph.names)

    def query(
        self,
        sparql: str,
        /,
        *,
        timeout: float | None = None,
        allow_service: bool = False,
        **values: object,
    ) -> Answer:
        """Return the result of a SPARQL 1.1 query over the union of all named graphs.

        The prefixes of ontology/prefixes.ttl need no PREFIX line. A value is bound to a variable
        by its name, in the line `VALUES ?name { UNDEF }` of the query. It is a number, a date, a
        bool or a str: a str that is an IRI or a prefixed name is bound as an IRI.

        The timeout is in seconds. In memory there is none by default, and a query goes on in a
        thread of its own after its timeout, because the engine cannot be stopped: until it has the
        next row, or the process ends. Run queries of strangers in a process that you can kill.

        In memory, SERVICE is refused unless `allow_service` is true, since it sends requests to
        other servers. An endpoint decides by itself.

        Raises:
            KgError: the query has a syntax error, and the message its line and column; or a value
                cannot be bound.
            KgTimeoutError: there is no answer in time. It is also a `TimeoutError`.

        >>> [row["province"] for row in open_graph().query('''
        ...     SELECT ?province {
        ...       VALUES ?city { UNDEF }
        ...       ?city cdp:isWithin ?province
        ...     }''', city="place:wuhan")]
        ['https://w3id.org/cdp/id/place/hubei']
        >>> bool(open_graph().query("ASK { place:wuhan a cdp:City }"))
        True
        """
        names = self._graph.names
        terms = {name: write_value(value, names) for name, value in values.items()}
        # A file that is read as UTF-8 may start with a byte order mark.
        text = bind_values(check_text(sparql, "query").removeprefix("\ufeff"), terms)
        result = self._graph.query(
            text, prefixes=names.prefixes, timeout=timeout, allow_service=allow_service is True
        )
        return Answer(result, names)

    def describe(self, thing: str, language: str = "en") -> Description:
        """Return the description of a thing: a portrait in sections, and every statement about it.

        The thing is named by its IRI, its prefixed name, the last part of its IRI, a label in any
        language, or an alternative label. `print()` shows the portrait; see `Description`.

        Raises:
            KgError: nothing, or more than one thing, has that name.

        >>> open_graph().describe("武汉").name
        'place:wuhan'
        """
        return describe_node(self._graph, thing, language)


def open_graph(where: str | Path | None = None) -> KnowledgeGraph:
    """Return the graph of a folder, of a SPARQL endpoint, or the project's own; see `kg.open`."""
    if where == "" or not (where is None or isinstance(where, str | Path)):
        given = "an empty one" if where == "" else type(where).__name__
        raise KgError(f"where: a str or a Path is needed, not {given}.", exit_code=2)
    if isinstance(where, str) and where.startswith(("https://", "http://")):
        return KnowledgeGraph(connect_graph(find_home(), where))
    return KnowledgeGraph(load_graph(find_home(None if where is None else Path(where))))
