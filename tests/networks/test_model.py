"""The description of a network, and texts with fields."""

from dataclasses import replace

import pytest

from kg.errors import KgError
from kg.networks import Network
from kg.networks.model import fill_text


def test_description_joins_summary_and_notes(sample: Network) -> None:
    assert sample.description == "Two nodes. A note."
    chinese = replace(sample, language="zh-Hans", summary="两个节点。", notes=("一。", "二。"))
    assert chinese.description == "两个节点。一。二。"


def test_description_without_summary_or_notes(sample: Network) -> None:
    assert replace(sample, summary="").description == "A note."
    assert replace(sample, notes=()).description == "Two nodes."
    assert replace(sample, summary="", notes=()).description == ""


def test_fields_of_a_text_are_filled() -> None:
    assert fill_text({"part": "{drawn} of {total}"}, "part", drawn=2, total=3) == "2 of 3"


@pytest.mark.parametrize(
    "text", [None, "{drawn} of {al}", "{0}", "{drawn", "{drawn.x}", "{drawn[x]}"]
)
def test_missing_text_or_unknown_field_is_an_error(text: str | None) -> None:
    texts = {} if text is None else {"part": text}
    with pytest.raises(KgError, match="the text 'part' is missing or has unknown fields") as error:
        fill_text(texts, "part", drawn=2, total=3)
    assert str(error.value).endswith("Write it with {drawn}, {total}.")
