"""The description of a network."""

from dataclasses import replace

from kg.networks import Network


def test_description_joins_summary_and_notes(sample: Network) -> None:
    assert sample.description == "Two nodes. A note."
    chinese = replace(sample, language="zh-Hans", summary="两个节点。", notes=("一。", "二。"))
    assert chinese.description == "两个节点。一。二。"


def test_description_without_summary_or_notes(sample: Network) -> None:
    assert replace(sample, summary="").description == "A note."
    assert replace(sample, notes=()).description == "Two nodes."
    assert replace(sample, summary="", notes=()).description == ""
