"""Report the results of the validation as findings."""

import re
from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.check.components import COMPARING
from kg.check.finding import VIOLATION, WARNING, Finding, Locator
from kg.check.validation import Result
from kg.names import Names, Term, pick, text

# A shape for the things that have a property, such as cdps:appliesToShape.
DOMAIN_SHAPE = re.compile("cdps:([a-z][A-Za-z]*)Shape")
NOT_A_NAME = {
    "en": " “{0}” is a text: write a name without quotation marks.",
    "zh-Hans": "“{0}”是文字，应写名称，不加引号。",
}
FITTING_CLASS = {
    "en": " Judging by its IRI, its rdf:type should be {0} or a class below it.",
    "zh-Hans": "按其 IRI，rdf:type 应为 {0} 或其下位类。",
}


def report_results(
    results: Iterable[Result],
    names: Names,
    locator: Locator,
    language: str,
    find_classes: Callable[[str], Iterable[Term]] = lambda iri: (),
    list_paths: Callable[[Term], Iterable[Term]] = lambda shape: (),
) -> Iterator[Finding]:
    """Yield a finding for each validation result, with the shape's message in a language.

    `find_classes` returns the classes of things that have IRIs of the form of a given one, and
    `list_paths` the paths in a shape.
    """
    rdf_type = names.expand("rdf:type")
    for result in results:
        focus, shape = text(result.focus), names.shorten(text(result.shape))
        message = pick(result.messages, language, " ".join(result.messages.values()))
        value = text(result.value)
        domain = DOMAIN_SHAPE.fullmatch(shape)
        predicate = result.path or (names.expand(f"cdp:{domain[1]}") if domain else "")
        is_untyped = bool(domain) and not locator.has_value(focus, rdf_type)
        if is_untyped or (result.component == "pattern" and not result.path):
            fitting = ", ".join(sorted(names.shorten(text(c)) for c in find_classes(focus)))
            message += pick(FITTING_CLASS, language, "").format(fitting) if fitting else ""
            predicate = rdf_type if fitting or is_untyped else ""
        reads = []
        if not result.path or result.component in COMPARING:
            reads = [(focus, text(path)) for path in list_paths(result.shape)]
        # Only things of a class are to have an IRI or a property.
        if not result.path or result.value is None:
            reads.append((focus, rdf_type))
        if isinstance(result.value, NamedNode):
            reads.append((value, rdf_type))
        meant = []
        if isinstance(result.value, Literal) and shape.endswith("-class"):
            message += pick(NOT_A_NAME, language, "").format(value)
            meant = [iri for iri in [names.find_iri(value)] if iri]
        yield from locator.report(
            focus,
            # A severity that SHACL does not define may be a misspelling.
            WARNING if result.severity in ("Warning", "Info") else VIOLATION,
            shape,
            f"{names.shorten(focus)}: {message}",
            predicate=predicate,
            value=value if result.path else "",
            reads=reads,
            meant=meant,
        )
