"""Find a thing by name: its IRI, its prefixed name, the last part of its IRI, or a label."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from kg.display import escape_unprintable
from kg.errors import KgError
from kg.names import Names, Term, text

NameIndex = Mapping[str, set[str]]
# Chinese characters: those that OpenCC converts, and their compatibility forms.
CHINESE = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def index_names(rows: Iterable[tuple[Term | None, ...]], names: Names) -> NameIndex:
    """Return the IRIs that have each name, from rows of an IRI and a label (or None).

    Labels are normalized (see `normalize_name`); other names are as they are.
    """
    index: dict[str, set[str]] = {}
    for node, label in rows:
        iri = text(node)
        for name in (iri, names.shorten(iri), cut_local_name(iri), normalize_name(text(label))):
            if name:
                index.setdefault(name, set()).add(iri)
    return index


def resolve_name(index: NameIndex, name: str, names: Names) -> str | None:
    """Return the IRI of the thing with a name, or None.

    A name counts as it is before names that differ in case or width, and these before names in
    another script; see `fold_name`.

    Raises:
        KgError: several things have the name; the message lists them.
    """
    found = index.get(name) or index.get(normalize_name(name)) or _find_folded(index, name)
    if len(found) > 1:
        candidates = ", ".join(names.shorten(iri) for iri in sorted(found))
        raise KgError(
            f"{quote_input(name)}: several things have this name: {candidates}. Use one of these.",
            exit_code=2,
        )
    return next(iter(found), None)


def find_name(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is a name, apart from case, width and script; None if none is.

    >>> find_name("ＴＡＲＧＥＴＳ", ["policies", "targets"])
    'targets'
    """
    if name in known:
        return name
    folded = fold_name(name)
    found = [one for one in known if fold_name(one) == folded]
    return found[0] if len(found) == 1 else None


def _find_folded(index: NameIndex, name: str) -> set[str]:
    folded = fold_name(name)
    return {iri for one, iris in index.items() if fold_name(one) == folded for iri in iris}


def find_similar(name: str, known: Iterable[str], cutoff: float = 0.5) -> list[str]:
    """Return at most three of the known names that are similar to a name, the best first.

    Names are compared without case, width and script; see `fold_name`. If none is similar, the
    shortest ones that contain the name are returned.

    >>> find_similar("target", ["policies", "targets"])
    ['targets']
    """
    # Imported here: most commands need no suggestions.
    import difflib

    # The time that a comparison takes grows with the square of the length.
    forms: dict[str, str] = {}
    for one in known:
        forms.setdefault(fold_name(one), one)
    folded = fold_name(name[:100])
    similar = difflib.get_close_matches(folded, forms, n=3, cutoff=cutoff)
    if not similar and len(folded) > 1:
        similar = sorted((form for form in forms if folded in form), key=len)[:3]
    return [forms[form] for form in similar]


def suggest_names(similar: Iterable[str], otherwise: str) -> str:
    """Return the question whether one of the similar names was meant, or another hint if none is.

    >>> suggest_names(["targets"], "`kg ask` lists all questions.")
    'Did you mean targets?'
    """
    return f"Did you mean {names}?" if (names := " or ".join(similar)) else otherwise


def cut_local_name(iri: str) -> str:
    """Return the last part of an IRI.

    >>> cut_local_name("https://w3id.org/cdp/id/place/wuhan")
    'wuhan'
    """
    return re.split("[/#]", iri)[-1]


def normalize_name(name: str) -> str:
    """Return a name without differences of case and width: case-folded, in NFKC, stripped.

    See https://www.unicode.org/reports/tr15/ on NFKC.

    >>> normalize_name(" Hong Kong "), normalize_name("ＷＵＨＡＮ")
    ('hong kong', 'wuhan')
    """
    return _normalize(name).strip()


def fold_name(name: str) -> str:
    """Return a normalized name in simplified characters, the form in which names are compared.

    >>> fold_name("武漢"), fold_name("６８２６")
    ('武汉', '6826')
    """
    name = normalize_name(name)
    if not CHINESE.search(name):
        return name
    # First by words, as OpenCC does, then what is left by characters, so that all parts are equal
    # wherever they are.
    return "".join(map(_simplify, _simplify(name)))


def find_spellings(text: str, labels: Iterable[str]) -> list[str]:
    """Return a text, and the parts of labels that are the same text when folded.

    >>> find_spellings("武漢", ["武汉市", "武漢", "深圳"])
    ['武漢', '武汉']
    """
    wanted = "".join(map(_fold_character, text))
    found = {text.lower(): text}  # a search ignores case anyway
    for label in labels:
        forms = [_fold_character(character) for character in label]
        folded = "".join(forms)
        # The number of the character that each position of the folded text comes from.
        origins = [number for number, form in enumerate(forms) for _ in form]
        start = folded.find(wanted) if wanted else -1
        while start >= 0:
            spelling = label[origins[start] : origins[start + len(wanted) - 1] + 1]
            found.setdefault(spelling.lower(), spelling)
            start = folded.find(wanted, start + 1)
    return list(found.values())


def _normalize(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded)


@lru_cache(maxsize=1 << 16)
def _fold_character(character: str) -> str:
    return "".join(map(_simplify, _normalize(character)))


@lru_cache(maxsize=1 << 16)
def _simplify(text: str) -> str:
    if not CHINESE.search(text):
        return text
    # Imported here: most commands meet no Chinese name that they do not know.
    from kg.source import simplify_text

    return simplify_text(text)


def quote_input(value: str) -> str:
    r"""Return a user's input for a message: at most 60 characters, control characters escaped.

    >>> quote_input("Wuhan"), quote_input("a\x1b[2J")
    ('Wuhan', 'a\\x1b[2J')
    """
    return escape_unprintable(value if len(value) <= 60 else f"{value[:60]}…") or "''"
