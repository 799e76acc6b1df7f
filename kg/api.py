"""`kg.open`: the knowledge graph in Python, with questions, queries and descriptions."""

from pathlib import Path

from kg.ask.answer import Answer
from kg.ask.describe import Description, describe_node
from kg.ask.parameters import bind_question
from kg.ask.question import ask_question, find_question, list_questions
from kg.graph import Graph, connect_graph, load_graph
from kg.home import find_home


class KnowledgeGraph:
    """A knowledge graph: of a folder, in memory, or of a SPARQL endpoint."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def questions(self, language: str = "en") -> dict[str, str]:
        """Return the title of each question that `ask` answers, by its name.

        >>> open_graph().questions()["policies"]
        'Which policy documents does each city issue?'
        """
        return {q.name: q.text("summary", language) for q in list_questions(self._graph.home)}

    def ask(self, question: str, /, language: str = "en", **values: object) -> Answer:
        """Return the answer of a question, with values for some of its parameters.

        A value is what the command line takes (a city by its label or the last part of its IRI,
        `"2022-12-31"`) or the Python equivalent (2022, a Decimal, a date); None means no value.
        Write - in a parameter's name as _.

        Raises:
            KgError: unknown question, parameter, value or language; the message suggests similar
                ones.

        >>> answer = open_graph().ask("targets")
        >>> answer[0]["city"], answer[0]["value"], answer[0]["year"]
        ('Wuhan', Decimal('80'), 2022)
        """
        found = find_question(self._graph.home, question)
        given = {name.replace("_", "-"): value for name, value in values.items()}
        terms = bind_question(self._graph, found, given)
        return Answer(ask_question(self._graph, found, language, terms), self._graph.names)

    def query(self, sparql: str) -> Answer:
        """Return the result of a SPARQL 1.1 query over the union of all named graphs.

        The prefixes of ontology/prefixes.ttl need no PREFIX line.

        Raises:
            KgError: the query has a syntax error; the message has its line and column.

        >>> [row["city"] for row in open_graph().query('''
        ...     SELECT ?city { ?city cdp:isWithin place:hubei }''')]
        ['https://w3id.org/cdp/id/place/wuhan']
        >>> bool(open_graph().query("ASK { place:wuhan a cdp:City }"))
        True
        """
        names = self._graph.names
        return Answer(self._graph.query(sparql, prefixes=names.prefixes), names)

    def describe(self, thing: str, language: str = "en") -> Description:
        """Return what is known about a thing: its properties, references to it, and passages.

        Give its IRI, prefixed name, the last part of its IRI, or a label in any language.

        Raises:
            KgError: nothing, or more than one thing, has that name.

        >>> open_graph().describe("武汉").name
        'place:wuhan'
        """
        return describe_node(self._graph, thing, language)


def open_graph(where: str | Path | None = None) -> KnowledgeGraph:
    """Return the graph of a folder, of a SPARQL endpoint (a URL), or the project's own.

    Raises:
        KgError: the folder is not a home, or a file in it is not valid Turtle.
    """
    if isinstance(where, str) and where.startswith(("https://", "http://")):
        return KnowledgeGraph(connect_graph(find_home(), where))
    return KnowledgeGraph(load_graph(find_home(None if where is None else Path(where))))
