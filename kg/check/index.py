"""An index of statements for validation, with every term as it is written in the files.

The engine cannot serve here: it rewrites numbers and loses derived datatypes.
"""

from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from kg.names import Term


class StatementIndex:
    """Statements by predicate and subject; a statement in several named graphs counts once."""

    def __init__(self, rdf_type: str, subclass: str) -> None:
        """Take the IRIs of rdf:type and rdfs:subClassOf."""
        self._type, self._subclass = NamedNode(rdf_type), NamedNode(subclass)
        self._objects: dict[Term, dict[Term, list[Term]]] = {}
        self._subjects: dict[Term, dict[Term, list[Term]]] = {}
        self._instances: dict[Term, frozenset[Term]] = {}
        self._terms: dict[Term, Term] = {}

    def add(self, quads: Iterable[Quad]) -> None:
        """Add statements, before the first look-up."""
        terms = self._terms
        for quad in quads:
            subject: Term = terms.setdefault(quad.subject, quad.subject)
            value: Term = quad.object
            if not isinstance(value, Literal):
                # Equal IRIs share one object, which saves much memory.
                value = terms.setdefault(value, value)
            known = self._objects.setdefault(quad.predicate, {}).setdefault(subject, [])
            if value not in known:
                known.append(value)

    def objects(self, predicate: Term) -> Mapping[Term, list[Term]]:
        """Return the objects of a predicate, by subject."""
        return self._objects.get(predicate, {})

    def subjects(self, predicate: Term) -> Mapping[Term, list[Term]]:
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
