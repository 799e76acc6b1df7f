"""Each fault is one finding, the root cause, at the line of the statement at fault."""

from pathlib import Path

import pytest

from kg.check import check_files
from kg.home import Home

# A text in the city's file, what replaces it, and the only finding: check, a text of its line, and
# a part of the message.
FAULTS = [
    ("PREFIX cdp: <https://w3id.org/cdp/ontology#>", "PREFIX cdp: <https://w3id.org/cdp/o#>",
     "prefix", "PREFIX cdp:", "cdp/ontology#"),
    ("PREFIX voice: <https://w3id.org/cdp/code/voice/>",
     "PREFIX voice: <https://w3id.org/cdp/code/voice/>\nPREFIX v: <https://w3id.org/cdp/code/voce/>",
     "prefix", "PREFIX v:", "Did you mean https://w3id.org/cdp/code/voice/"),
    ("PREFIX voice:", "PREFIX voise:", "turtle", "cdp:hasVoice voice:", "PREFIX voice: <https://"),
    ("cdp:appliesTo place:suzhou", "cdp:appliesTo place:wuhan",
     "applies-to-another-place", "cdp:appliesTo", "place:suzhou"),
    ("cdp:hasVoice", "cdp:hasVoise", "undeclared-property", "hasVoise", "mean cdp:hasVoice?"),
    ("a cdp:Platform", "a cdp:Platfrom", "undeclared-class", "cdp:Platfrom", "cdp:Platform?"),
    ("voice:document", "voice:documents", "dangling-iri", "voice:documents", "voice:document?"),
    ("cdp:statedIn doc:suzhou-test-plan", "cdp:statedIn doc:suzhou-test-plans",
     "dangling-iri", "test-plans", "1 more"),
    ("cdp:deadlineYear 2030", 'cdp:deadlineYear "2030"',
     "cdps:deadlineYear-datatype", "cdp:deadlineYear", "xsd:integer"),
    ('"试验平台"@zh-Hans', '"试验平台"@zh', "language-tag", '"试验平台"@zh', "zh-Hans"),
    ('"试验平台"@zh-Hans', '"试验平台"@en', "chinese-in-english", '"试验平台"@en', "试验平台"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "check", "line", "message"), FAULTS)
def test_fault_is_one_finding(
    old: str, new: str, check: str, line: str, message: str, small: Home
) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    (finding,) = check_files(small).findings
    assert finding.check == check
    assert Path(finding.path) == path
    assert line in path.read_text("utf-8").splitlines()[finding.line - 1]
    assert message in finding.message
    assert finding.severity == "violation"
    (chinese,) = check_files(small, language="zh-Hans").findings
    assert chinese.line == finding.line


def test_faults_that_do_not_depend_on_each_other_are_all_found(small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    text = text.replace("a cdp:Platform ;", 'a cdp:Platform ;\n    cdp:madeUp "x" ;')
    path.write_text(text.replace("voice:document", "voice:documents", 1), "utf-8")
    found = {finding.check for finding in check_files(small).findings}
    assert found == {"undeclared-property", "dangling-iri"}


def test_prefixes_of_a_files_own_are_allowed(small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    own = "PREFIX mine: <https://example.org/mine#>\nPREFIX c: <https://w3id.org/cdp/ontology#>\n"
    path.write_text(own + path.read_text("utf-8"), "utf-8")
    assert check_files(small).findings == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ('cdp:codeToken "26"', 'cdp:codeTokn "26"', "undeclared-property"),
        ('dcat:endDate "2023-12-31"', 'dcat:endDate "2023-02-30"',
         "cdps:ValidityPeriod-endDate-datatype"),
        ('dcat:startDate "2021-01-01"', 'dcat:startDate "2021-02-30"',
         "cdps:ValidityPeriod-startDate-datatype"),
    ],
)  # fmt: skip
def test_what_compares_with_a_wrong_value_is_no_finding(
    old: str, new: str, check: str, own_roundup: Home
) -> None:
    path = own_roundup.data / "roundup-2021" / "changsha.ttl"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert [finding.check for finding in check_files(own_roundup).findings] == [check]


# What is done in the file of a city: texts and their replacements, and the only findings.
OWN = "    cdp:hasEvidence evidence:roundup-2021-1580-1612 ;\n"
OTHER = OWN.replace("1580-1612", "1547-1579")
UNUSED = f"""
evidence:roundup-2021-1581-1611
    a cdp:Evidence ;
    oa:hasSelector evidence:roundup-2021-1581-1611-selector ;
    oa:hasSource source:roundup-2021 ;
    cdp:passageDigest "{64 * "0"}" ;
.
evidence:roundup-2021-1581-1611-selector
    a oa:TextPositionSelector ;
    oa:end "1611"^^xsd:nonNegativeInteger ;
    oa:start "1581"^^xsd:nonNegativeInteger ;
.
"""
PART = "    cdp:partOf doc:changsha-top-level-design ;\n"
LAST = "cdp:listIndex 4 ;\n    cdp:openEnded true ;\n    cdp:partOf doc:changsha-action-plan ;"
LOST = [
    ("shenzhen", [(OWN, "")], {"cdps:PolicyElement-hasEvidence"}),
    ("shenzhen", [(OWN, OWN.replace("1580", "made-up"))], {"dangling-iri"}),
    # The passage is cited no more, and another one twice.
    ("shenzhen", [(OWN, OTHER)], {"evidence-unused"}),
    # Which of two passages was lost with the link is unknown.
    ("shenzhen", [(OWN, ""), ("", UNUSED)], {"cdps:PolicyElement-hasEvidence", "evidence-unused"}),
    ("changsha", [(PART, "")], {"cdps:DocumentPart-partOf"}),
    # The gap in another list has a cause of its own, a number that the label does not have.
    ("changsha", [(PART, ""), (LAST, LAST.replace("4", "9"))],
     {"cdps:DocumentPart-partOf", "list-index-gap", "numbers-differ"}),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("city", "changes", "checks"), LOST)
def test_lost_link_explains_one_finding_of_a_check(
    city: str,
    changes: list[tuple[str, str]],
    checks: set[str],
    own_roundup: Home,
) -> None:
    path = own_roundup.data / "roundup-2021" / f"{city}.ttl"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1) if old else text + new
    path.write_text(text, "utf-8")
    found = check_files(own_roundup).findings
    assert {finding.check for finding in found} == checks
