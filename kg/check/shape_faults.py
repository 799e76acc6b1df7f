"""Faults of the shapes themselves: what breaks the syntax of SHACL, or would be ignored.

See https://www.w3.org/TR/shacl/#syntax-rules.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.finding import VIOLATION, Finding, Locator
from kg.names import XSD_STRING, Names, Term, pick, text

LONGEST_VALUE = 80

# By kind, with the term (the property of SHACL), its value, and a detail.
MESSAGES = {
    "alone": {
        "en": "{word} has no effect without {detail}. Add {detail}, or remove {word}.",
        "zh-Hans": "没有 {detail}，{word} 不起作用。请添加 {detail}，或删除 {word}。",
    },
    "boolean": {
        "en": "{word} {value} is not a boolean. Write true or false, without quotes.",
        "zh-Hans": "{word} 的值 {value} 不是布尔值。请写 true 或 false，不加引号。",
    },
    "cycle": {
        "en": "{word} {value} makes the shape refer to itself, for which SHACL defines no "
        "result. Break the cycle.",
        "zh-Hans": "{word} {value} 使形状引用自身，SHACL 未定义其结果。请断开循环。",
    },
    "depth": {
        "en": "{word} {value} nests shapes more than {detail} deep. Refer to fewer shapes.",
        "zh-Hans": "{word} {value} 使形状嵌套超过 {detail} 层。请减少所引用的形状。",
    },
    "flags": {
        "en": "{word} {value} has an unknown flag of a regular expression. Use i, m, s, x or q.",
        "zh-Hans": "{word} 的值 {value} 含有未知的正则表达式标志。请使用 i、m、s、x 或 q。",
    },
    "integer": {
        "en": "{word} {value} is not an integer of 0 or more. Write such a number, without quotes.",
        "zh-Hans": "{word} 的值 {value} 不是非负整数。请写非负整数，不加引号。",
    },
    "iri": {
        "en": "{word} {value} is not an IRI. Write an IRI, as <https://…> or prefix:name.",
        "zh-Hans": "{word} 的值 {value} 不是 IRI。请写 IRI，如 <https://…> 或 prefix:name。",
    },
    "language": {
        "en": "{word} has {value}, which is not a language range. Write strings such as "
        '"en" or "zh-Hans".',
        "zh-Hans": '{word} 含有 {value}，不是语言范围。请写如 "en" 或 "zh-Hans" 的字符串。',
    },
    "languages": {
        "en": "{word} has {detail} texts in one language. Keep one.",
        "zh-Hans": "{word} 的同一语言有 {detail} 个文本。请只保留一个。",
    },
    "list": {
        "en": "{word} {value} is not a well-formed list. Write the members in parentheses.",
        "zh-Hans": "{word} 的值 {value} 不是格式正确的列表。请将成员写在圆括号内。",
    },
    "node": {
        "en": "{word} {value} is neither an IRI nor a literal. Name the node.",
        "zh-Hans": "{word} 的值 {value} 既不是 IRI 也不是字面量。请写明节点。",
    },
    "node-kind": {
        "en": "{word} {value} is not a kind of node. Use sh:IRI, sh:BlankNode, sh:Literal, "
        "sh:BlankNodeOrIRI, sh:BlankNodeOrLiteral or sh:IRIOrLiteral.",
        "zh-Hans": "{word} 的值 {value} 不是节点类型。请使用 sh:IRI、sh:BlankNode、sh:Literal、"
        "sh:BlankNodeOrIRI、sh:BlankNodeOrLiteral 或 sh:IRIOrLiteral。",
    },
    "order": {
        "en": "{word} {value} is not a well-formed literal of a type that has an order. Write a "
        "number, a date, or a date and time.",
        "zh-Hans": "{word} 的值 {value} 不是可排序类型的合法字面量。请写数字、日期或日期时间。",
    },
    "path": {
        "en": "{word} {value} is not a property path. Write the IRI of a property, or a path such "
        "as [ sh:inversePath … ].",
        "zh-Hans": "{word} 的值 {value} 不是属性路径。请写属性的 IRI，或如 [ sh:inversePath … ] "
        "的路径。",
    },
    "pattern": {
        "en": "{word} {value} is not a regular expression of SPARQL, or is too large. Correct or "
        "shorten it; look-around and back-references do not exist.",
        "zh-Hans": "{word} 的值 {value} 不是 SPARQL 的正则表达式，或过长。请更正或缩短；不支持环视"
        "和反向引用。",
    },
    "property": {
        "en": "{word} {value} is not a property shape. Write a shape that has sh:path.",
        "zh-Hans": "{word} 的值 {value} 不是属性形状。请写带有 sh:path 的形状。",
    },
    "pyshacl": {
        "en": "pySHACL, which validates the shapes with {word}, failed: {detail}. Correct the "
        "shape, or describe the rule with other terms of SHACL.",
        "zh-Hans": "含有 {word} 的形状由 pySHACL 验证，但验证失败：{detail}。请更正该形状，或改用"
        "其他 SHACL 术语表述。",
    },
    "query": {
        "en": "{word} {value} is not a constraint with a query. Write [ sh:select … ].",
        "zh-Hans": "{word} 的值 {value} 不是带有查询的约束。请写 [ sh:select … ]。",
    },
    "query-from": {
        "en": "{word} {value} has FROM, which is ignored in shapes. Remove it.",
        "zh-Hans": "{word} 的值 {value} 含有 FROM，在形状中不起作用。请删除。",
    },
    "query-this": {
        "en": "{word} {value} does not select $this, so it finds nothing. Write SELECT $this.",
        "zh-Hans": "{word} 的值 {value} 没有选取 $this，因此查不出任何问题。请写 SELECT $this。",
    },
    "several": {
        "en": "{word} has {detail} values. Keep one.",
        "zh-Hans": "{word} 有 {detail} 个值。请只保留一个。",
    },
    "shape": {
        "en": "{word} {value} is not a shape of the shape files. Write a shape, or correct the "
        "name.",
        "zh-Hans": "{word} 的值 {value} 不是形状文件中的形状。请写形状，或更正名称。",
    },
    "size": {
        "en": "{word} {value} makes the shape consist of more than {detail} shapes. Refer to "
        "fewer shapes.",
        "zh-Hans": "{word} {value} 使该形状包含的形状超过 {detail} 个。请减少所引用的形状。",
    },
    "string": {
        "en": "{word} {value} is not a string. Write a text in quotes.",
        "zh-Hans": "{word} 的值 {value} 不是字符串。请写加引号的文字。",
    },
    "text": {
        "en": "{word} {value} is not a text. Write a text in quotes, with a language tag or "
        "without.",
        "zh-Hans": "{word} 的值 {value} 不是文字。请写加引号的文字，可带语言标签。",
    },
    "undeclared": {
        "en": "{word} {value} is not declared in the ontology. Correct the spelling, or declare "
        "the term.",
        "zh-Hans": "{word} 的值 {value} 未在本体中声明。请更正拼写，或声明该术语。",
    },
    "unknown": {
        "en": "{detail} is not a term of SHACL that shapes can use here. Correct the spelling, or "
        "remove it.",
        "zh-Hans": "{detail} 不是此处形状可用的 SHACL 术语。请更正拼写，或将其删除。",
    },
    "unused": {
        "en": "The shape has no target, and no shape refers to it, so it checks nothing. Add a "
        "target, refer to it, or remove it.",
        "zh-Hans": "该形状没有目标，也没有形状引用它，因此不检查任何内容。请添加目标、引用它，或"
        "将其删除。",
    },
    "with-path": {
        "en": "A node shape cannot have sh:path. Write sh:PropertyShape instead of sh:NodeShape, "
        "or remove sh:path.",
        "zh-Hans": "节点形状不能有 sh:path。请将 sh:NodeShape 改为 sh:PropertyShape，或删除 "
        "sh:path。",
    },
    "without-path": {
        "en": "{word} needs a property shape, and this shape has no sh:path. Add sh:path, or move "
        "{word} into a value of sh:property.",
        "zh-Hans": "{word} 需要属性形状，而该形状没有 sh:path。请添加 sh:path，或将 {word} 移入 "
        "sh:property 的值中。",
    },
}


class ShapeError(ValueError):
    """A value of a term of SHACL is not what it requires; `kind` is one of `MESSAGES`.

    `word` is the IRI of the term, if it is another than the one that is being read.
    """

    def __init__(self, kind: str, value: Term | None, detail: str = "", *, word: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.value = value
        self.detail = detail
        self.word = word


@dataclass(frozen=True)
class ShapeFault:
    """A fault of a shape. `owner` is the shape with an IRI that the faulty node belongs to.

    `word` is the IRI of the property that is at fault, or "" for a shape as a whole.
    """

    kind: str
    node: Term
    owner: Term
    word: str = ""
    value: Term | None = None
    detail: str = ""


def report_shape_faults(
    faults: Iterable[ShapeFault], names: Names, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield the finding of each fault, a violation, in the file of its shape."""
    for fault in faults:
        message = pick(MESSAGES[fault.kind], language, "").format(
            word=names.shorten(fault.word),
            value=_show_value(fault.value, names),
            detail=names.shorten(fault.detail),
        )
        if isinstance(fault.owner, NamedNode):
            message = f"{names.shorten(fault.owner.value)}: {message}"
        owner = text(fault.owner)
        for found in locator.report(
            text(fault.node), VIOLATION, "shape", message,
            predicate=fault.word, value=text(fault.value), within=owner,
        ):  # fmt: skip
            yield replace(found, node=owner)


def _show_value(value: Term | None, names: Names) -> str:
    """Return a value as Turtle writes it, shortened, or … for what has no name."""
    if value is None or isinstance(value, BlankNode):
        return "[…]"
    is_text = isinstance(value, Literal) and (value.language or value.datatype.value == XSD_STRING)
    shown = str(value) if is_text else names.show(value)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
