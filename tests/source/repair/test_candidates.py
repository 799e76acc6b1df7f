"""The texts that a garbled span can have been."""

from kg.source.repair.candidates import (
    CandidateFinder,
    parse_broken_annotation,
    parse_split_mark,
)

RAW = "焦?fàn)I造"


def test_text_is_found_by_its_bytes_and_its_reading() -> None:
    (hypothesis, *_) = parse_broken_annotation(RAW, 1, "焦")
    assert (hypothesis.start, hypothesis.end, hypothesis.readings) == (1, 7, ((3, "fàn"),))
    assert hypothesis.data == "焦".encode("gbk") + b"\xffI"
    assert list(CandidateFinder(RAW, {}).find_texts(hypothesis)) == ["營"]


def test_text_that_would_be_garbled_otherwise_is_not_found() -> None:
    (hypothesis, *_) = parse_broken_annotation(RAW, 1, "焦")
    # With 造 in the table, the raw text would have an annotation after it.
    assert list(CandidateFinder(RAW, {"造": "zào"}).find_texts(hypothesis)) == []


def test_reading_in_the_table_is_the_only_one() -> None:
    (hypothesis, *_) = parse_broken_annotation(RAW, 1, "焦")
    assert list(CandidateFinder(RAW, {"範": "fán"}).find_texts(hypothesis)) == []


def test_text_after_a_lost_character_is_not_searched() -> None:
    hypotheses = parse_broken_annotation(RAW, 1, "")
    assert hypotheses
    assert [list(CandidateFinder(RAW, {}).find_texts(one)) for one in hypotheses] == [[]]


def test_question_mark_before_a_mark_may_be_a_byte() -> None:
    assert parse_split_mark("好?,年", 1) == []
    hypotheses = parse_split_mark("合??筛爬\ue7c4?大", 1)
    assert [(one.end, one.swallows_next) for one in hypotheses] == [(7, True)]
    assert hypotheses[0].is_certain
    assert parse_split_mark("好?年", 1) == []
