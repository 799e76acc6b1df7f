"""Node data of a graph, and the style of networks: texts, and colors that can be distinguished."""

import math
from itertools import combinations
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.networks import NodeData
from kg.networks.node_data import Style, read_style

ID = "https://w3id.org/cdp/id/"
CDP = "https://w3id.org/cdp/ontology#"

# How a color appears without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def test_data_of_a_node(data: NodeData) -> None:
    target = f"{ID}target/wuhan-open-rate-2022"
    assert set(data.labels[target]) == {"en", "zh-Hans"}
    assert data.label(target, "zh-Hant") == data.labels[target]["zh-Hans"]
    assert data.classes[target] == f"{CDP}QuantitativeTarget"
    assert data.type_of(target) == f"{CDP}Target"
    assert data.spans[target] == (None, "2022-12-31")
    assert data.columns["city"][target] == [f"{ID}place/wuhan"]
    assert len(data.columns["voice"][target]) == 1
    assert data.passages[target]


def test_unknown_node_has_its_name_and_the_last_type(data: NodeData) -> None:
    assert data.label(f"{ID}place/nowhere", "en") == "place:nowhere"
    assert data.type_of(f"{ID}place/nowhere").endswith("#Resource")


def test_version_and_licence(data: NodeData) -> None:
    version, licence = data.version
    assert version[0].isdigit()
    assert licence.startswith("http")


def read_turtle(text: str, untouched: Home, folder: Path) -> NodeData:
    """Return the node data of statements and of the ontology."""
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(untouched.root / name)
    (folder / "data").mkdir()
    (folder / "data" / "x.ttl").write_text(
        f"PREFIX cdp: <{CDP}>\nPREFIX : <{ID}>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n{text}",
        "utf-8",
    )
    return NodeData(load_graph(Home(folder)))


def test_of_several_labels_and_classes_one_is_chosen(untouched: Home, tmp_path: Path) -> None:
    data = read_turtle(
        ':x a cdp:Indicator, cdp:Target ; rdfs:label "b"@en, "a"@en, "c"@zh-Hans .',
        untouched,
        tmp_path,
    )
    assert data.labels[f"{ID}x"] == {"en": "b", "zh-Hans": "c"}  # as the rules choose
    # The style has targets before indicators.
    assert data.classes[f"{ID}x"] == f"{CDP}Target"


def test_cities_are_sorted(untouched: Home, tmp_path: Path) -> None:
    cities = [f"{ID}city{n}" for n in range(9)]
    applying = " , ".join(f"<{city}>" for city in reversed(cities))
    data = read_turtle(f":x cdp:appliesTo {applying} .", untouched, tmp_path)
    assert data.columns["city"] == {f"{ID}x": cities}


def test_deadline_is_a_day_or_the_end_of_a_year(untouched: Home, tmp_path: Path) -> None:
    data = read_turtle(
        ":x cdp:deadlineYear 2022 .\n"
        ':y cdp:deadlineYear 2022 ; cdp:deadline "2022-06-30"^^xsd:date .\n',
        untouched,
        tmp_path,
    )
    assert data.spans == {f"{ID}x": (None, "2022-12-31"), f"{ID}y": (None, "2022-06-30")}


def test_texts_are_in_the_language_or_its_fallback() -> None:
    style = Style({}, {"notes": {"size": {"en": "{nodes}."}, "time": {"zh-Hans": "时", "en": "t"}}})
    assert style.texts("notes", "zh-Hant") == {"size": "{nodes}.", "time": "时"}


def test_texts_are_in_english_and_chinese() -> None:
    tables = read_style(find_home()).tables
    texts = {**tables["columns"], **tables["notes"]}
    assert len(texts) > 25
    assert [name for name, text in texts.items() if not {"en", "zh-Hans"} <= set(text)] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[types\n", "not valid TOML"),
        ("types = " + "[" * 5_000, "nested too deeply"),
        ('[types]\n"cdp:City" = "#000000"\n[columns]\na.en = 3\n[notes]\n[legend]\n', "in quotes"),
        ("[types]\n[columns]\n[notes]\n[legend]\n", "types. is empty"),
        ('[types]\n"cdp:City" = "#000000"\n[columns]\n', "notes"),
        ('[types]\n"nope:City" = "#000000"\n', "unknown prefix"),
        ('[types]\n"cdp:City" = "red"\n[columns]\n[notes]\n[legend]\n', "is not #rrggbb"),
        ('[types]\n"cdp:City" = 3\n', "cannot be read"),
        ('types = "x"\n', "cannot be read"),
    ],
)
def test_invalid_style_is_an_error(text: str, message: str, small: Home) -> None:
    path = small.queries / "networks" / "network.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(KgError, match=message) as error:
        read_style(small)
    assert str(error.value).startswith(str(path))


def read_light(color: str) -> list[float]:
    """Return the linear light of a color (sRGB, IEC 61966-2-1)."""
    parts = [byte / 255 for byte in bytes.fromhex(color[1:])]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def measure_contrast(color: str) -> float:
    """Return the contrast to white (WCAG 2.2)."""
    weights = (0.2126, 0.7152, 0.0722)
    light = sum(w * c for w, c in zip(weights, read_light(color), strict=True))
    return 1.05 / (light + 0.05)


def convert_to_lab(light: list[float]) -> tuple[float, ...]:
    """Return CIELAB (D65) of linear light."""
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        sum(w * min(1, max(0, c)) for w, c in zip(row, light, strict=True)) / white
        for row, white in zip(matrix, (0.9505, 1.0, 1.089), strict=True)
    )
    a, b, c = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


def see_color(color: str, vision: str) -> tuple[float, ...]:
    light = read_light(color)
    rows = VISION[vision]
    return convert_to_lab([sum(w * c for w, c in zip(row, light, strict=True)) for row in rows])


def test_colors_can_be_distinguished_with_any_vision() -> None:
    colors = sorted(set(read_style(find_home()).colors.values()))
    assert len(colors) == 7
    for vision in VISION:
        seen = [see_color(color, vision) for color in colors]
        # 2.3 is a just noticeable difference (Mahy et al. 1994).
        assert min(math.dist(a, b) for a, b in combinations(seen, 2)) > 15, vision
    red, green = (see_color(color, "deuteranopia") for color in ("#a05030", "#757532"))
    assert math.dist(red, green) < 15


def test_colors_have_contrast_on_white() -> None:
    assert min(map(measure_contrast, read_style(find_home()).colors.values())) >= 3
    assert measure_contrast("#88CCEE") < 3
