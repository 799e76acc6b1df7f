"""The checks of wording: each finds the fault in a broken case and nothing in a sound one."""

from collections.abc import Iterator

import pytest

from kg.check.finding import Finding
from kg.check.passages.positions import Position
from kg.check.wording import MESSAGES
from kg.check.wording.agreement import check_agreement
from kg.check.wording.concepts import check_concepts
from kg.check.wording.numbers import parse_number
from kg.check.wording.order import check_order
from kg.check.wording.source_texts import Cited, check_source_texts
from kg.check.wording.things import Text, Thing

Found = list[tuple[str, str]]
LABELS = {
    "tech:5g": {"en": ["5G"], "zh-hans": ["5G"]},
    "tech:blockchain": {"en": ["blockchain", "distributed ledgers"], "zh-hans": ["区块链"]},
    "place:upland": {"en": ["Upland"], "zh-hans": ["高地市"]},
}
NOTATIONS = {"e:ge": "≥", "e:gt": ">", "e:eq": "="}


def make_thing(node: str, en: str, zh: str, /, **more: object) -> Thing:
    """Return a thing with descriptions, and with labels that are their beginnings if not given."""
    labels = more.pop("labels", (en, zh))
    assert isinstance(labels, tuple)
    thing = Thing(node)
    for role, values in (("label", labels), ("description", (en, zh))):
        for language, value in zip(("en", "zh-hans"), values, strict=True):
            if value:
                thing.texts.append(Text(f"e:{role}", role, language, value))
    for name, value in more.items():
        if name == "index":
            assert isinstance(value, int)
            thing.index = value
            thing.numbers.add(value + 1)
        elif name == "stated":
            number = parse_number(str(value))
            assert number is not None
            thing.stated.append(("e:value", str(value)))
            thing.numbers.add(number)
        elif name == "quote":
            thing.texts.append(Text("e:quote", "quote", "zh-hans", str(value)))
        else:
            assert isinstance(value, str)
            thing.links[name].append(value)
    thing.links["place"].append("place:here")
    return thing


def run_checks(things: list[Thing], cited: dict[str, Cited], spans: dict[str, Position]) -> Found:
    """Return check and node of each finding of all checks."""
    found: Found = []

    def report(
        check: str, severity: str, node: str, *values: object, about: Text
    ) -> Iterator[Finding]:
        for language in ("en", "zh-Hans"):
            assert "{" not in MESSAGES[check][language].format(*values)
        found.append((check, node))
        yield from ()

    by_node = {thing.node: thing for thing in things}
    list(check_agreement(by_node, NOTATIONS, report))
    list(check_concepts(by_node, LABELS, report))
    list(check_order(by_node, spans, report))
    list(check_source_texts(by_node, cited, report))
    return found


# For each check, the faulty and the sound description in English and Chinese, and what else the
# thing has.
ONE: dict[str, list[tuple[tuple[str, str], tuple[str, str], dict[str, object]]]] = {
    "numbers-differ": [
        (
            ("Five parks are built.", "建设六个园区。"),
            ("Six parks are built.", "建设六个园区。"),
            {},
        ),
        (
            ("It has 1.5 million users.", "用户15万。"),
            ("Users: 1.5 million.", "用户达150万。"),
            {},
        ),
        (("It covers 70 per cent.", "覆盖八成。"), ("It covers 80 per cent.", "覆盖八成。"), {}),
        (
            ("In the 13th plan.", "“十四五”期间。"),
            ("The 14th Five-Year Plan.", "“十四五”期间。"),
            {},
        ),
        (("From 2021 to 2024.", "2021至2025年。"), ("In 2021–2025.", "２０２１至2025年。"), {}),
        (("The second field.", "第三个领域。"), ("The third field.", "第三个领域。"), {}),
        (("Open to all.", "分七类开放。"), ("Open to all.", "一体化开放，十分便利。"), {}),
        (("Twenty-one rules.", "二十二条规则。"), ("Twenty-two rules.", "二十二条规则。"), {}),
    ],
    "number-not-in-text": [
        (("Rates rise.", "比率提高。"), ("Rates reach 80%.", "比率达八成。"), {"stated": "80.0"}),
        (("Due in 2024.", "2024年完成。"), ("Due in 2025.", "2025年完成。"), {"stated": "2025"}),
    ],
    "comparator-differs": [
        (
            ("At least 60 measures.", "不少于60项措施。"),
            ("More than 60 measures.", "超过60项措施。"),
            {"comparator": "e:gt"},
        ),
        (
            ("Over 80% is open.", "开放80%以上。"),
            ("80% or more is open.", "开放80%及以上。"),
            {"comparator": "e:ge"},
        ),
    ],
    "comparator-not-in-text": [
        (
            ("It is to be 80%.", "须达80%。"),
            ("At least 80% it is.", "不低于80%。"),
            {"comparator": "e:ge"},
        ),
        (
            ("There are 60 parks.", "园区60个。"),
            ("It has more than 60 parks.", "园区60余个。"),
            {"comparator": "e:gt"},
        ),
    ],
    "negation-differs": [
        (("Fees are not charged.", "收取费用。"), ("No fees.", "不收费。"), {}),
        (("Fees are charged.", "收费，文中未作解释。"), ("No. 1 rules.", "一号规则不断完善。"), {}),
    ],
    "scale-differs": [
        (("A world model.", "省级典范。"), ("A world model.", "全球典范。"), {}),
        (("A national model.", "全市典范。"), ("A national model.", "全国典范。"), {}),
    ],
    "name-differs": [
        (("The app.", "“易办”App与OA平台。"), ("The OA platform.", "OA平台。"), {}),
        (("Trade with Upland.", "与邻市贸易。"), ("Trade with Upland.", "与高地市贸易。"), {}),
        (("Virtual reality.", "区块链应用。"), ("Blockchain uses.", "区块链应用。"), {}),
    ],
    "technology-not-in-text": [
        (
            ("Smart lamps.", "智慧路灯。"),
            ("Distributed ledgers.", "区块链记账。"),
            {"technology": "tech:blockchain"},
        ),
    ],
}
# For each check that needs the source: description, passage in a sentence, and what else there is.
CITED: dict[str, list[tuple[tuple[str, str], tuple[str, str], str, dict[str, object]]]] = {
    "source-quote": [
        (("Due.", "到期"), ("Due.", "到期"), "项目到期，到2025年", {"quote": "到2024年"}),
    ],
    "source-number": [
        (("Six.", "建设六个园区"), ("Five.", "建设五个园区"), "全市建设5个园区", {}),
        (("Seven fields.", "七个领域"), ("Two.", "领域两个"), "领域甲、乙两个", {}),
    ],
    "source-value": [
        (("80.", "达八成。"), ("80.", "达八成。"), "达七成", {"stated": "80"}),
    ],
    "source-label": [
        (("Lamps.", "智慧灯杆"), ("Tax.", "税务热线"), "开通税务热线电话", {}),
    ],
    "source-description": [
        (
            ("Lamps.", "沿街建灯"),
            ("Tax.", "拨打电话"),
            "可拨打税务热线电话",
            {"labels": ("Tax hotline", "税务热线")},
        ),
    ],
    "source-negation": [
        (("It is not free.", "服务不免费"), ("It is free.", "服务免费"), "提供服务，收取费用", {}),
    ],
    "source-name": [
        (("The OA platform.", "建OA平台"), ("The IM one.", "建IM平台"), "建设IM平台", {}),
    ],
}
PAIRS = ("description-copied", "texts-exchanged", "source-exchanged")
ORDER = ("order-of-list", "order-of-documents", "passages-overlap")
VERBS = ("source-verb",)  # see `test_verbs.py`


def test_each_check_has_cases() -> None:
    assert {*ONE, *CITED, *PAIRS, *ORDER, *VERBS} == set(MESSAGES)
    assert all(set(texts) == {"en", "zh-Hans"} for texts in MESSAGES.values())


@pytest.mark.parametrize(
    ("check", "faulty", "sound", "more"),
    [(check, *case) for check, cases in ONE.items() for case in cases],
)
def test_fault_in_a_thing_is_found(
    check: str, faulty: tuple[str, str], sound: tuple[str, str], more: dict[str, object]
) -> None:
    assert (check, "e:x") in run_checks([make_thing("e:x", *faulty, **more)], {}, {})
    assert run_checks([make_thing("e:x", *sound, **more)], {}, {}) == []


@pytest.mark.parametrize(
    ("check", "faulty", "sound", "sentence", "more"),
    [(check, *case) for check, cases in CITED.items() for case in cases],
)
def test_fault_against_the_source_is_found(
    check: str,
    faulty: tuple[str, str],
    sound: tuple[str, str],
    sentence: str,
    more: dict[str, object],
) -> None:
    cited = {"e:x": Cited([sentence], [f"{sentence}。"])}
    assert (check, "e:x") in run_checks([make_thing("e:x", *faulty, **more)], cited, {})
    if check in ("source-quote", "source-value"):
        more = {name: str(v).replace("2024", "2025") for name, v in more.items()}
        cited = {"e:x": Cited([sentence.replace("七成", "八成")], [])}
        cited["e:x"].sentences = cited["e:x"].passages
    found = run_checks([make_thing("e:x", *sound, **more)], cited, {})
    assert [each for each in found if each[0].startswith("source-")] == []


def test_lost_characters_are_not_missed() -> None:
    thing = make_thing("e:x", "Three.", "三大亮点")
    assert run_checks([thing], {"e:x": Cited(["□大亮点"], ["□大亮点"])}, {}) == []


def test_numbers_of_lists_and_of_what_a_thing_belongs_to_are_known() -> None:
    whole = make_thing("e:w", "The 1153 scheme.", "“1153”总体架构")
    parts = [
        make_thing(f"e:{n}", f"Item {n + 1} of three, of 1153.", f"1153三类之第{n + 1}类", index=n)
        for n in range(3)
    ]
    for part in parts:
        part.links["whole"].append("e:w")
    cited = {each.node: Cited(["类别"], ["类别"]) for each in parts}
    cited["e:w"] = Cited(["按1153总体架构"], ["按1153总体架构"])
    found = run_checks([whole, *parts], cited, {})
    assert "source-number" not in {check for check, _ in found}


def make_pair(exchange: str) -> list[Thing]:
    """Return two things, whose labels, or descriptions in a language, may be exchanged."""
    labels = [("Tax hotline", "税务热线"), ("Lamp posts", "智慧灯杆")]
    english = ["A tax hotline opens.", "Lamp posts go up."]
    chinese = ["开通税务热线电话。", "沿街建设智慧灯杆。"]
    for name, listed in (("labels", labels), ("en", english), ("zh", chinese)):
        if name in exchange:
            listed.reverse()
    slugs = ("e:here-tax-hotline", "e:here-lamp-posts")
    return [
        make_thing(f"e/{slug[2:]}", en, zh, labels=own)
        for slug, own, en, zh in zip(slugs, labels, english, chinese, strict=True)
    ]


@pytest.mark.parametrize("exchange", ["labels", "en", "zh", "en zh"])
def test_exchanged_texts_are_found(exchange: str) -> None:
    assert run_checks(make_pair(""), {}, {}) == []
    found = run_checks(make_pair(exchange), {}, {})
    assert ("texts-exchanged", "e/here-tax-hotline") in found
    assert {node for _, node in found} == {"e/here-tax-hotline"}


def test_texts_of_a_whole_and_its_part_are_not_exchanged() -> None:
    pair = make_pair("en zh")
    pair[0].links["whole"].append(pair[1].node)
    assert run_checks(pair, {}, {}) == []


def test_exchanged_evidence_is_found() -> None:
    passages = ["开通税务热线电话", "沿街建设智慧灯杆"]
    for texts, expected in ((passages, False), (passages[::-1], True)):
        pair = make_pair("")
        cited = {t.node: Cited([p], [p]) for t, p in zip(pair, texts, strict=True)}
        found = {check for check, _ in run_checks(pair, cited, {})}
        assert ("source-exchanged" in found) == expected


def test_copied_description_is_found() -> None:
    things = [make_thing(f"e:{n}", "Open.", "开放。", labels=("", "")) for n in range(2)]
    assert run_checks(things, {}, {}) == [("description-copied", "e:1")] * 2


def list_things(documents: str) -> tuple[list[Thing], dict[str, Position]]:
    """Return things that follow each other in a source, with the documents that state them."""
    things, spans = [], {}
    for number, document in enumerate(documents):
        thing = make_thing(f"e:{number}", f"Thing {number}", f"事物{number}", index=number)
        thing.links["document"].append(f"doc:{document}")
        thing.links["whole"].append("e:list")
        thing.links["evidence"].append(f"evidence:{number}")
        spans[f"evidence:{number}"] = Position("s", number * 10, number * 10 + 8)
        things.append(thing)
    return things, spans


@pytest.mark.parametrize(
    ("documents", "found"), [("aaabbb", []), ("aabaa", ["e:2"]), ("abab", ["e:1", "e:2"])]
)
def test_document_unlike_that_of_both_neighbours_is_found(documents: str, found: list[str]) -> None:
    things, spans = list_things(documents)
    assert run_checks(things, {}, spans) == [("order-of-documents", node) for node in found]


def test_list_in_another_order_than_its_passages_is_found() -> None:
    things, spans = list_things("aaa")
    spans["evidence:1"], spans["evidence:2"] = spans["evidence:2"], spans["evidence:1"]
    assert run_checks(things, {}, spans) == [("order-of-list", "e:2")]
    spans["evidence:2"] = Position("other", 0, 5)
    assert run_checks(things, {}, spans) == []


def test_passages_that_overlap_in_part_are_found() -> None:
    spans = {
        "a": Position("s", 0, 10),
        "inside": Position("s", 2, 6),
        "beside": Position("s", 10, 20),
        "other": Position("t", 5, 15),
    }
    assert run_checks([], {}, spans) == []
    spans["across"] = Position("s", 8, 20)
    assert run_checks([], {}, spans) == [("passages-overlap", "a")]
