"""The tokens of Turtle, by the grammar, with their lines and positions."""

import pytest

from kg.turtle_tokens import list_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("e:a.b.c. e:a..b.", "e:a.b.c . e:a..b ."),
        ("_:a.b. _:1.:", "_:a.b . _:1 . :"),
        ("5. 5.e1.5e-3 5.5-1+.5 1E5.", "5 . 5.e1 .5e-3 5.5 -1 +.5 1E5 ."),
        ('"""a""b\\""""\'\'', '"""a""b\\"""" \'\''),
        ("'''a''b\n'''\"x\"", "'''a''b\n''' \"x\""),
        (r"e:\(x\)\. e:%41b true.", r"e:\(x\)\. e:%41b true ."),
        ("a<x>true:y,prefix:z", "a <x> true:y , prefix:z"),
        ("e:a\u1680b;e:x·y", "e:a\u1680b ; e:x·y"),
        (r"<a\u0041><a#b>#c", r"<a\u0041> <a#b>"),
        ("<<e:a>><<(e:a)>>{|e:a|}~", "<< e:a >> <<( e:a )>> {| e:a |} ~"),
        ('"x"@zh-Hans"y"@ar--rtl"z"^^e:t', '"x" @zh-Hans "y" @ar --rtl "z" ^^ e:t'),
        ("e:a\x0b\xa0", "e:a \x0b \xa0"),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert " ".join(token.text for token in list_tokens(text)) == tokens


def test_kinds() -> None:
    text = '@prefix <x> "y" @en 5 e:a _:b a . # c'
    kinds = ["tag", "iri", "string", "tag", "number", "name", "name", "name", "mark", "comment"]
    assert [token.kind for token in list_tokens(text, comments=True)] == kinds
    assert [token.kind for token in list_tokens(text)] == kinds[:-1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_and_positions(end: str) -> None:
    text = end.join(["e:a # one", "", "e:b '''", "", "''' e:c", "<x>"])
    tokens = list(list_tokens(text, comments=True))
    assert [token.line for token in tokens] == [1, 1, 3, 3, 5, 6]
    assert [text[token.start :][: len(token.text)] for token in tokens] == [t.text for t in tokens]
