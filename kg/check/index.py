"""An index of statements for validation, with every term as it is written in the files.

The engine cannot serve here: it rewrites numbers and loses derived datatypes.
"""

from collections.abc import Iterable, Iterator, Mapping, Set

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.names import Term

MANY = 20


class StatementIndex:
    """Statements by predicate and subject; a statement in several named graphs counts once.

    All mappings and sets that are returned follow later changes.
    """

    def __init__(self, rdf_type: str, subclass: str) -> None:
        """Take the IRIs of rdf:type and rdfs:subClassOf."""
        self._type, self._subclass = NamedNode(rdf_type), NamedNode(subclass)
        self._objects: dict[NamedNode, dict[Term, list[Term]]] = {}
        self._terms: dict[Term, Term] = {}
        # The objects of a subject and predicate that have many: in a list, a look-up takes long.
        self._seen: dict[tuple[NamedNode, Term], set[Term]] = {}
        # What only inferred statements are about.
        self._undescribed: set[Term] = set()
        # Built when they are first asked for, and then kept up to date.
        self._subjects: dict[NamedNode, dict[Term, list[Term]]] = {}
        # The subclasses of a class, itself included, and the instances of all of them.
        self._instances: dict[Term, tuple[set[Term], set[Term]]] = {}

    def __iter__(self) -> Iterator[Triple]:
        for predicate, of_subject in self._objects.items():
            for subject, values in of_subject.items():
                for value in values:
                    yield Triple(subject, predicate, value)  # type: ignore[arg-type]

    def list_texts(self) -> Iterator[tuple[Term, NamedNode, Literal]]:
        """Yield subject, predicate and object of each statement whose object has a language."""
        for predicate, of_subject in self._objects.items():
            for subject, values in of_subject.items():
                for value in values:
                    if isinstance(value, Literal) and value.language:
                        yield subject, predicate, value

    def add(self, statements: Iterable[Quad | Triple]) -> None:
        """Add statements that the index does not have."""
        share, objects = self._terms.setdefault, self._objects
        for each in statements:
            # Equal IRIs share one object, which saves much memory.
            subject: Term = each.subject
            subject = share(subject, subject)
            value: Term = each.object
            if not isinstance(value, Literal):
                value = share(value, value)
            predicate = each.predicate
            of_subject = objects.get(predicate)
            if of_subject is None:
                of_subject = objects[predicate] = {}
            known = of_subject.get(subject)
            if known is None:
                of_subject[subject] = [value]
            elif self._has_value(known, predicate, subject, value):
                continue
            else:
                known.append(value)
            if self._subjects and predicate in self._subjects:
                self._subjects[predicate].setdefault(value, []).append(subject)
            if self._instances:
                self._update_instances(subject, predicate)

    def add_inferred(self, statements: Iterable[Quad | Triple]) -> None:
        """Add statements that do not describe their subjects."""
        described = self.list_described()
        inferred = list(statements)
        self._undescribed |= {each.subject for each in inferred} - described
        self.add(inferred)

    def list_described(self) -> set[Term]:
        """Return the subjects of all statements but the inferred ones."""
        return set().union(*self._objects.values()) - self._undescribed

    def _has_value(
        self, known: list[Term], predicate: NamedNode, subject: Term, value: Term
    ) -> bool:
        """Return whether a value is among the known ones; if not, it is taken as added."""
        if len(known) < MANY:
            return value in known
        key = (predicate, subject)
        seen = self._seen.get(key) or self._seen.setdefault(key, set(known))
        if value in seen:
            return True
        seen.add(value)
        return False

    def remove(self, statements: Iterable[Quad | Triple]) -> None:
        """Remove statements.

        Raises:
            KeyError, ValueError: the index does not have a statement.
        """
        self._seen.clear()
        for each in statements:
            _remove_value(self._objects[each.predicate], each.subject, each.object)
            if each.predicate in self._subjects:
                _remove_value(self._subjects[each.predicate], each.object, each.subject)
            self._update_instances(each.subject, each.predicate)

    def predicates(self) -> list[NamedNode]:
        """Return the predicates that were asked for or have statements."""
        return list(self._objects)

    def iris(self) -> Iterator[NamedNode]:
        """Yield each IRI that is or was a subject or an object."""
        return (term for term in self._terms if isinstance(term, NamedNode))

    def objects(self, predicate: NamedNode) -> Mapping[Term, list[Term]]:
        """Return the objects of a predicate, by subject."""
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

    def instances(self, class_: Term) -> Set[Term]:
        """Return the SHACL instances of a class, those of its subclasses included.

        See https://www.w3.org/TR/shacl/#dfn-shacl-instance.
        """
        if class_ not in self._instances:
            self._instances[class_] = set(), set()
            self._find_instances(class_)
        return self._instances[class_][1]

    def _find_instances(self, class_: Term) -> None:
        narrower, types = self.subjects(self._subclass), self.subjects(self._type)
        classes, found = self._instances[class_]
        classes.clear()
        classes.add(class_)
        waiting = [class_]
        while waiting:
            below = set(narrower.get(waiting.pop(), ())) - classes
            classes |= below
            waiting += below
        found.clear()
        found.update(node for each in classes for node in types.get(each, ()))

    def _update_instances(self, node: Term, predicate: NamedNode) -> None:
        """Update the instances of classes after a change of a statement about a node."""
        if predicate == self._subclass:
            for class_ in self._instances:
                self._find_instances(class_)
        elif predicate == self._type:
            types = self.objects(predicate).get(node, ())
            for classes, found in self._instances.values():
                if classes.isdisjoint(types):
                    found.discard(node)
                else:
                    found.add(node)


def _remove_value(values: dict[Term, list[Term]], key: Term, value: Term) -> None:
    values[key].remove(value)
    if not values[key]:
        del values[key]
