"""Check that the source has a verb of the code that says how far an element is promised."""

from collections.abc import Iterator, Mapping

from kg.check.finding import WARNING, Finding
from kg.check.wording.agreement import Reporter
from kg.check.wording.concepts import NameFinder
from kg.check.wording.source_texts import Cited
from kg.check.wording.things import Thing
from kg.source import LOST

MESSAGES = {
    "source-verb": {
        "en": "The passages and their clauses have no verb of {0}, only of other codes: {1}. "
        "Correct the code or the evidence, or add the verb of the source to the code "
        "(skos:hiddenLabel).",
        "zh-Hans": "段落及其所在分句中没有 {0} 的动词，只有其他代码的动词：{1}。"
        "请更正代码或依据，或把来源所用的动词补入该代码（skos:hiddenLabel）。",
    },
}
# The codes of each verb, by language.
Verbs = Mapping[str, Mapping[str, set[str]]]


def check_verbs(
    things: Mapping[str, Thing], cited: Mapping[str, Cited], verbs: Verbs, report: Reporter
) -> Iterator[Finding]:
    """Yield the findings on things whose evidence is known, by their IRI in `cited`.

    What has no known verb, or a lost character, may have one of the code. A code without verbs
    needs none.
    """
    for language, known in verbs.items():
        finder = NameFinder({verb: [verb] for verb in known})
        coded = set[str]().union(*known.values())
        for node, own in cited.items():
            thing = things[node]
            for code in thing.links["firmness"]:
                found = finder.find(own.clause, language)
                codes = set[str]().union(*(known[verb] for verb in found))
                if code in coded and codes and code not in codes and LOST not in own.clause:
                    about, shown = thing.point("firmness", code), ", ".join(sorted(found))
                    yield from report("source-verb", WARNING, node, code, shown, about=about)
