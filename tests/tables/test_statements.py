"""Statements: those of each subject, in order, with literals as written."""

from collections.abc import Callable

from kg.home import Home
from kg.tables.statements import Value, list_data_files, read_subjects


def test_subjects_are_sorted_and_have_each_statement_once(
    small: Home, add_data: Callable[[Home, str], None]
) -> None:
    add_data(small, 'place:wuhan rdfs:label "Wuhan"@en . target:zzz a cdp:City .')
    (small.data / "reference" / "again.ttl").write_bytes(
        (small.data / "reference" / "added.ttl").read_bytes()
    )
    subjects = list(read_subjects(list_data_files(small)))
    iris = [subject.iri for subject in subjects]
    assert iris == sorted(set(iris))
    assert len(iris) > 20
    for subject in subjects:
        assert len(subject.statements) == len(set(subject.statements))
    last = subjects[-1]
    assert last.iri.endswith("target/zzz")
    assert len(last.statements) == 1


def test_literals_are_as_written(small: Home, add_data: Callable[[Home, str], None]) -> None:
    for path in small.data.rglob("*.ttl"):
        path.unlink()
    add_data(
        small, 'place:a cdp:x 02022 , 80.0 , "\\t\\n\\u2028 深"@zh-hans , "a" , <urn:x> , [] .'
    )
    values = {value for _, value in next(read_subjects(list_data_files(small))).statements}
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert {value for value in values if value.type != "bnode"} == {
        Value("literal", "02022", datatype=f"{xsd}integer"),
        Value("literal", "80.0", datatype=f"{xsd}decimal"),
        Value("literal", "\t\n\u2028 深", "zh-Hans"),
        Value("literal", "a"),
        Value("uri", "urn:x"),
    }
    assert len(values) == 6


def test_progress_rises_from_0_to_1_with_files_and_subjects(untouched: Home) -> None:
    shares: list[float] = []
    files = list_data_files(untouched)
    subjects = list(read_subjects(files, shares.append))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert len(shares) == len(files) + len(subjects) + 1
