"""An index of statements for validation, with every term as it is written in the files.

The engine cannot serve here: it rewrites numbers and loses derived datatypes.
"""

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.names import Term


class StatementIndex:
    """Statements by predicate and subject; a statement in several named graphs counts once."""

    def __init__(self, rdf_type: str, subclass: str) -> None:
        """Take the IRIs of rdf:type and rdfs:subClassOf."""
        self._type, self._subclass = NamedNode(rdf_type), NamedNode(subclass)
        self._objects: dict[NamedNode, dict[Term, list[Term]]] = {}
        self._terms: dict[Term, Term] = {}
        # Found when asked for, and forgotten when statements change.
        self._subjects: dict[NamedNode, dict[Term, list[Term]]] = {}
        self._instances: dict[Term, frozenset[Term]] = {}

    def __iter__(self) -> Iterator[Triple]:
        for predicate, of_subject in self._objects.items():
            for subject, values in of_subject.items():
                for value in values:
                    yield Triple(subject, predicate, value)  # type: ignore[arg-type]

    def add(self, statements: Iterable[Quad | Triple]) -> None:
        """Add statements that the index does not have."""
        terms = self._terms
        for each in statements:
            subject: Term = terms.setdefault(each.subject, each.subject)
            value: Term = each.object
            if not isinstance(value, Literal):
                # Equal IRIs share one object, which saves much memory.
                value = terms.setdefault(value, value)
            known = self._objects.setdefault(each.predicate, {}).setdefault(subject, [])
            if value not in known:
                known.append(value)
        self._forget()

    def remove(self, statements: Iterable[Quad | Triple]) -> None:
        """Remove statements.

        Raises:
            KeyError, ValueError: the index does not have a statement.
        """
        for each in statements:
            of_subject = self._objects[each.predicate]
            of_subject[each.subject].remove(each.object)
            if not of_subject[each.subject]:
                del of_subject[each.subject]
        self._forget()

    def objects(self, predicate: NamedNode) -> Mapping[Term, list[Term]]:
        """Return the objects of a predicate, by subject; the mapping follows later changes."""
        return self._objects.setdefault(predicate, {})

    def subjects(self, predicate: NamedNode) -> Mapping[Term, list[Term]]:
        """Return the subjects of a predicate, by object."""
        found = self._subjects.get(predicate)
        if found is None:
            found = self._subjects[predicate] = {}
            for subject, values in self.objects(predicate).items():
                for value in values:
                    found.setdefault(value, []).append(subject)
        return found

    def instances(self, class_: Term) -> frozenset[Term]:
        """Return the SHACL instances of a class, those of its subclasses included.

        See https://www.w3.org/TR/shacl/#dfn-shacl-instance.
        """
        found = self._instances.get(class_)
        if found is None:
            narrower, types = self.subjects(self._subclass), self.subjects(self._type)
            classes, waiting = {class_}, [class_]
            while waiting:
                below = set(narrower.get(waiting.pop(), ())) - classes
                classes |= below
                waiting += below
            nodes = (node for each in classes for node in types.get(each, ()))
            found = self._instances[class_] = frozenset(nodes)
        return found

    def _forget(self) -> None:
        self._subjects.clear()
        self._instances.clear()
