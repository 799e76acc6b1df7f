"""Write Turtle in canonical form: another layout and order, but the same terms.

Each term stays the text that its author wrote: quotes, escapes, language tag, prefixed name,
relative IRI, label of a blank node. The form is this:

- Prefixes that are used, in the order of their names. Bases stay where they are. Where a prefix
  gets another namespace, or the base changes, a new section begins.
- In each section the statements of each subject: IRIs in their order, then blank nodes.
- `a` and `rdfs:label`, then the other predicates in the order of their IRIs.
- Blank nodes, then IRIs, then literals as objects, one a line if there are several. A statement
  that is written twice is written once.
- No comments: the author moves them to statements (skos:editorialNote), or has them dropped.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from kg.errors import KgError
from kg.turtle_tokens import Token, list_tokens, unescape, unescape_name

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FIRST_PREDICATES = (f"{RDF}type", "http://www.w3.org/2000/01/rdf-schema#label")
RDF_1_2 = re.compile(r"<<\(?|\)?>>|\{\||\|\}|~|--\w*|@?version", re.IGNORECASE)
ANONYMOUS, LABELLED, IRI, LITERAL = range(4)
INDENT = "    "

Line = tuple[int, str]  # the level of indentation, and the text


@dataclass(frozen=True, order=True, slots=True)
class Term:
    """A term: its kind, a text by which terms of a kind are sorted, and its lines.

    A blank node or list in brackets has the lines of its content.
    """

    kind: int
    order: str
    lines: tuple[Line, ...]


Properties = dict[Term, list[Term]]


@dataclass(slots=True)
class Directive:
    """A declaration of a prefix, or of a base: then the name is None.

    `bases` counts the declarations of a base before it.
    """

    name: str | None
    iri: str
    bases: int
    is_used: bool = False


@dataclass(slots=True)
class Statement:
    """A subject with its predicates and their objects."""

    subject: Term
    properties: Properties


@dataclass(slots=True)
class Node:
    """A statement, `[ … ]` or `( … )`, while it is read; `opener` is "", "[" or "(".

    `expected` is what comes next: subject, predicate, object, separator, or member of a list.
    """

    opener: str
    expected: str
    subject: Term | None = None
    predicate: Term | None = None
    properties: Properties = field(default_factory=dict)
    members: list[Term] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """Directives, and the statements for which they hold."""

    directives: list[Directive] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)


def format_text(text: str, where: str, *, drop_comments: bool = False) -> str:
    r"""Return a valid Turtle document in canonical form.

    Raises:
        KgError: the document has RDF 1.2, or comments that are not to be dropped.

    >>> format_text("PREFIX e: <x:> e:a e:p 'x', 5 . e:a a e:C .", "a.ttl").splitlines()
    ['PREFIX e: <x:>', '', 'e:a', '    a e:C ;', '    e:p', "        'x' ,", '        5 ;', '.']
    """
    parser = _Parser(text, where, drop_comments=drop_comments)
    blocks: list[str] = []
    for section in _split_sections(parser.read()):
        if section.directives:
            blocks.append("".join(_write_directives(section.directives)))
        blocks += _write_statements(section.statements)
    return "\n".join(blocks)


class _Parser:
    """Reads the tokens of a valid document as directives and statements."""

    def __init__(self, text: str, where: str, *, drop_comments: bool) -> None:
        self._text = text
        self._where = where
        self._drop_comments = drop_comments
        self._tokens = list_tokens(text, comments=True)
        self._end = Token("end", "", text.count("\n") + 1, len(text))
        self._next = self._read_token()
        self._prefixes: dict[str, Directive] = {}
        self._bases = 0
        self._nodes: list[Node] = [Node("", "subject")]

    def read(self) -> Iterator[Directive | Statement]:
        while self._next is not self._end:
            token = self._take()
            node = self._nodes[-1]
            word = token.text.lower()
            if node.expected == "subject" and word in ("@prefix", "prefix", "@base", "base"):
                yield self._read_directive(token)
            elif token.text == "." and node.opener == "":
                self._end_properties(node, token)
                yield self._end_statement(token)
            elif token.text in ("[", "("):
                is_list = token.text == "("
                self._nodes.append(Node(token.text, "member" if is_list else "predicate"))
            elif token.text in ("]", ")"):
                self._add(self._close(token), token)
            elif token.text == ";":
                self._end_properties(node, token)
            elif token.text == "," and node.expected == "separator":
                node.expected = "object"
            else:
                self._add(self._read_term(token), token)
        if len(self._nodes) > 1 or self._nodes[0].expected != "subject":
            raise self._refuse(self._end)

    def _take(self) -> Token:
        token, self._next = self._next, self._read_token()
        return token

    def _read_token(self) -> Token:
        for token in self._tokens:
            if token.kind != "comment":
                return token
            if not self._drop_comments:
                raise self._error(
                    token,
                    "there is a comment, which canonical form does not have. Write it as "
                    "skos:editorialNote, or drop all comments with --drop-comments.",
                )
        return self._end

    def _read_directive(self, token: Token) -> Directive:
        keyword = token.text.lower().removeprefix("@")
        name = self._take().text.removesuffix(":") if keyword == "prefix" else None
        directive = Directive(name, self._take().text, self._bases)
        if token.text.startswith("@"):
            self._take()  # the dot at the end
        if name is None:
            directive.is_used = True
            self._bases += 1
        else:
            self._prefixes[name] = directive
        return directive

    def _end_properties(self, node: Node, token: Token) -> None:
        """End the objects of a predicate, or do nothing if they have ended."""
        if node.expected != "separator" and (node.expected != "predicate" or not node.properties):
            raise self._refuse(token)
        node.expected = "predicate"

    def _end_statement(self, token: Token) -> Statement:
        node, self._nodes = self._nodes[0], [Node("", "subject")]
        if node.subject is None:
            raise self._refuse(token)
        return Statement(node.subject, node.properties)

    def _close(self, token: Token) -> Term:
        """Return the term of the innermost brackets, which end."""
        node = self._nodes.pop()
        if node.opener + token.text not in ("[]", "()") or node.expected == "object":
            raise self._refuse(token)
        if node.opener == "(" and not node.members:
            return Term(IRI, f"{RDF}nil", ((0, "()"),))
        if node.opener == "[" and self._nodes[-1].expected == "subject":
            # What is said of a subject in its brackets and after them is one block.
            self._nodes[-1].properties = node.properties
            return Term(ANONYMOUS, "", ((0, "[]"),))
        if node.opener == "[" and not node.properties:
            return Term(ANONYMOUS, "", ((0, "[]"),))
        content = _write_properties(node.properties)
        for member in node.members:
            content += member.lines
        return Term(ANONYMOUS, "", ((0, node.opener), *_indent(content), (0, token.text)))

    def _read_term(self, token: Token) -> Term:
        text = token.text
        if token.kind == "string":
            suffix = ""
            if self._next.kind == "tag":
                suffix = self._take().text
            elif self._next.text == "^^":
                self._take()
                datatype = self._take()
                self._expand(datatype)
                suffix = f"^^{datatype.text}"
            return Term(LITERAL, f"{suffix} {text.strip(text[0])}", ((0, text + suffix),))
        if token.kind == "number" or text in ("true", "false"):
            return Term(LITERAL, text, ((0, text),))
        if text.startswith("_:"):
            return Term(LABELLED, text, ((0, text),))
        return Term(IRI, self._expand(token), ((0, text),))

    def _expand(self, token: Token) -> str:
        """Return the IRI of a token, relative as it is written, and note that its prefix is used.

        Two IRIs that only their bases distinguish may be returned as equal texts.
        """
        if token.text == "a" and self._nodes[-1].expected == "predicate":
            return FIRST_PREDICATES[0]
        if token.kind == "iri":
            return unescape(token.text[1:-1])
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self._prefixes:
            raise self._refuse(token)
        directive = self._prefixes[prefix]
        directive.is_used = True
        return unescape(directive.iri[1:-1]) + unescape_name(local)

    def _add(self, term: Term, token: Token) -> None:
        """Add a term to the innermost statement, node or list, where it is expected."""
        node = self._nodes[-1]
        if node.expected == "member":
            node.members.append(term)
        elif node.expected == "subject" and term.kind != LITERAL:
            node.subject, node.expected = term, "predicate"
        elif node.expected == "predicate" and term.kind == IRI:
            node.predicate, node.expected = term, "object"
        elif node.expected == "object" and node.predicate:
            node.properties.setdefault(node.predicate, []).append(term)
            node.expected = "separator"
        else:
            raise self._refuse(token)

    def _refuse(self, token: Token) -> KgError:
        if RDF_1_2.fullmatch(token.text):
            return self._error(token, f"{token.text} is RDF 1.2. Write Turtle of RDF 1.1.")
        return self._error(token, f"unexpected {token.text or 'end'}. Write Turtle of RDF 1.1.")

    def _error(self, token: Token, reason: str) -> KgError:
        before = self._text[: token.start]
        column = token.start - max(before.rfind("\n"), before.rfind("\r"))
        return KgError(f"{self._where}:{token.line}: column {column}: {reason}")


def _split_sections(items: Iterator[Directive | Statement]) -> list[Section]:
    """Return directives and statements in sections, in each of which a prefix has one namespace."""
    # Whether a prefix is used is known at the end.
    kept = [item for item in list(items) if not isinstance(item, Directive) or item.is_used]
    sections = [Section()]
    declared: dict[str | None, tuple[str, int]] = {}
    for is_directive, group in groupby(kept, lambda item: isinstance(item, Directive)):
        if not is_directive:
            sections[-1].statements += [item for item in group if isinstance(item, Statement)]
            continue
        new = []
        for item in group:
            if isinstance(item, Directive) and declared.get(item.name) != (item.iri, item.bases):
                new.append(item)
        if sections[-1].statements and any(d.name is None or d.name in declared for d in new):
            sections.append(Section())
        sections[-1].directives += new
        declared |= {d.name: (d.iri, d.bases) for d in new if d.name is not None}
    return sections


def _write_directives(directives: Sequence[Directive]) -> Iterator[str]:
    """Yield the lines of directives. A relative IRI of a prefix stays behind its base."""
    for is_base, group in groupby(directives, lambda directive: directive.name is None):
        lines = [
            f"BASE {item.iri}\n" if is_base else f"PREFIX {item.name}: {item.iri}\n"
            for item in group
        ]
        yield from lines if is_base else sorted(lines)


def _write_statements(statements: Sequence[Statement]) -> Iterator[str]:
    """Yield the statements as blocks, one for each subject."""
    subjects: dict[Term, Properties] = {}
    nodes: list[tuple[Term, Properties]] = []
    for statement in statements:
        if statement.subject.kind == ANONYMOUS:
            nodes.append((statement.subject, statement.properties))
            continue
        properties = subjects.setdefault(statement.subject, {})
        for predicate, objects in statement.properties.items():
            properties.setdefault(predicate, []).extend(objects)
    blocks = [
        (-subject.kind, subject.order, [*subject.lines, *_indent(_write_properties(properties))])
        for subject, properties in (*subjects.items(), *nodes)
    ]
    for _, _, lines in sorted(blocks):
        yield "".join(f"{INDENT * level}{text}\n" for level, text in lines) + ".\n"


def _write_properties(properties: Properties) -> list[Line]:
    """Return the lines of predicates and objects."""
    lines: list[Line] = []
    for predicate in sorted(properties, key=_rank_predicate):
        verb = predicate.lines[0][1]
        objects = _sort_objects(properties[predicate])
        opening = objects[0].lines[0][1]
        if len(objects) == 1 and opening != "[":
            # A list begins on the line of its predicate.
            lines += (0, f"{verb} {opening}"), *objects[0].lines[1:]
            _end_line(lines, ";")
            continue
        lines.append((0, verb))
        for term in objects:
            lines += _indent(term.lines)
            _end_line(lines, ";" if term is objects[-1] else ",")
    return lines


def _sort_objects(objects: Sequence[Term]) -> list[Term]:
    """Return objects in their order, each once; but two blank nodes in brackets remain two."""
    named = {term for term in objects if term.kind != ANONYMOUS}
    return sorted([*named, *(term for term in objects if term.kind == ANONYMOUS)])


def _rank_predicate(predicate: Term) -> tuple[int, Term]:
    iri = predicate.order
    rank = FIRST_PREDICATES.index(iri) if iri in FIRST_PREDICATES else len(FIRST_PREDICATES)
    return rank, predicate


def _end_line(lines: list[Line], mark: str) -> None:
    level, text = lines[-1]
    lines[-1] = (level, f"{text} {mark}")


def _indent(lines: Iterable[Line]) -> Iterator[Line]:
    return ((level + 1, text) for level, text in lines)
