"""Tokens of queries: what engines read in different ways is refused."""

import pytest

from kg.errors import KgError
from kg.sparql_tokens import list_tokens


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {\n  ?s ?p '''x }", r"q:2:9: the string that starts with ''' does not end\."),
        ('ASK { ?s ?p """\\x""" }', r'q:1:13: the string that starts with """ does not end\.'),
        ("ASK { FILTER(?a<'>' || ?b>1) }", r"q:1:16: < could be a comparison or start an IRI\."),
        ("ASK { FILTER(?a<((((1>2)))) }", r"q:1:16: < could be "),
        ("ASK { FILTER(EXISTS {}<'>') }", r"q:1:23: < could be "),
        ("ASK { FILTER(?a<<e:x>) }", r"q:1:16: < could be "),
        ("ASK { FILTER(?a<#>\n'''x''') }", r"q:1:16: < could be "),
        ("ASK { FILTER(?a<" + "1*" * 300 + "1>2) }", r"q:1:16: < could be "),
    ],
)
def test_tokens_that_engines_read_differently_are_refused(text: str, message: str) -> None:
    with pytest.raises(KgError, match=message):
        list(list_tokens(text, "q"))


def test_what_is_not_ambiguous_is_allowed() -> None:
    for text in (
        "ASK { FILTER(?a<?b && ?c>?d) }",
        "ASK { FILTER(?a < (1 + 2)) }",
        "ASK { FILTER(?a<=1 && ?b <2) }",
        "ASK { VALUES (?a ?b) { (<e:x> <e:'(>) } }",
        "ASK { ?s ?p (?a <e:x#y>) }",
        "ASK { ?s <e:'(> ?o ; (<e:a>/<e:(>) ?x }",
    ):
        assert list(list_tokens(text, "q"))[-1].text == "}"
