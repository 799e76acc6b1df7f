"""Write the introduction of the codebook, in English and in Chinese."""

from collections.abc import Mapping

from kg.names import LANGUAGES
from kg.tables.rows import NO_CELL, NO_TABLE
from kg.tables.schema import Schema

ENGLISH = {
    "start": """\
Each class has a table, with a row for each of its instances and a column for each property that
has at most one value. Properties that can have several values have link tables,
`<table>-<property>`, with a row for each value.

- **Ids** are the last two parts of an IRI: `target/wuhan-open-rate-2022` is
  <{namespace}target/wuhan-open-rate-2022>.
  An instance has the same id in all tables, so the tables can be joined on it. Codes (voice,
  comparator, theme …) are the last part of an IRI; they are listed at the end. Other IRIs are
  complete.
- **Columns for reading only** repeat values of other tables: the label of an id, or a value that
  is derived for the row, such as the city that a target applies to.
- **Texts** have a column for each language. Labels are in `{language}`, or in the next best
  language. Several values in one cell are separated by ` | `.
- **An empty cell** means that the data do not state the value. Dates are ISO 8601 (`2021-12-31`);
  the decimal separator is a point.
""",
    "csv": """\
- **Formulas.** A spreadsheet would run a text that starts with `=`, `+`, `-`, `@` (full-width
  forms too), a tab or a line break, or that has one of these signs after a `;`, a tab or a line
  break. An apostrophe `'` before that place prevents it. The apostrophe is not part of the text:
  programs that read the tables should remove it (in Python with
  `kg.tables.cells.unescape_formula`). Numbers are not changed.
- **Files** are CSV (RFC 4180) in UTF-8; for Excel, with a byte order mark and CRLF line ends.
  `csv-metadata.json` describes them for programs (CSVW, the W3C’s Metadata Vocabulary for Tabular
  Data); columns for reading only have `suppressOutput`.
""",
    "parquet": """\
- **Files** are Parquet. Decimals have ten places; texts are unchanged. The metadata of each file
  describe it under `csvw` (CSVW, the W3C’s Metadata Vocabulary for Tabular Data).
""",
    "complete": "- **Complete:** all statements of the data are in the tables, each in one cell.\n",
    "selection": "- **Selection:** only some of the tables were exported.\n",
    "languages": "- **Languages:** texts in {languages} were not exported.\n",
    NO_TABLE: f"- **Left out:** {{count}} {NO_TABLE}.\n",
    NO_CELL: f"- **Left out:** {{count}} {NO_CELL}.\n",
}
CHINESE = {
    "start": """\
每个类有一张表：每个实例一行，至多有一个值的属性各占一列。可有多个值的属性另有关联表
`<table>-<property>`，每个值一行。

- **标识**是 IRI 的最后两段：`target/wuhan-open-rate-2022` 即
  <{namespace}target/wuhan-open-rate-2022>。
  同一实例在各表中的标识相同，可据此连接各表。代码（voice、comparator、theme 等）只取 IRI 的最后
  一段，列于文末。其他 IRI 写全。
- **仅供阅读的列**（for reading only）重复其他表中的值：标识的名称，或为该行推导出的值，例如目标
  所适用的城市。
- **文本**每种语言一列。名称用 `{language}`，没有时用次优语言。一个单元格中的多个值以 ` | ` 分隔。
- **空单元格**表示数据没有给出该值。日期按 ISO 8601（`2021-12-31`），小数点为“.”。
""",
    "csv": """\
- **公式**：文本若以 `=`、`+`、`-`、`@`（含全角）、制表符或换行开头，或在 `;`、制表符、换行之后
  出现上述四种符号，电子表格会把它当作公式执行。该处之前加一个撇号 `'` 以防止执行。撇号不属于
  文本，读取表格的程序应将其去掉（Python：`kg.tables.cells.unescape_formula`）。数字不作改动。
- **文件**为 UTF-8 编码的 CSV（RFC 4180）；供 Excel 用的有字节顺序标记，换行为 CRLF。
  `csv-metadata.json` 供程序读取（CSVW，即 W3C 的表格数据元数据词汇表），其中仅供阅读的列有
  `suppressOutput`。
""",
    "parquet": """\
- **文件**为 Parquet：小数有十位，文本不作改动。各文件的元数据在 `csvw` 下有其说明（CSVW，即 W3C
  的表格数据元数据词汇表）。
""",
    "complete": "- **完整**：数据的全部陈述都在表中，每条只在一个单元格中。\n",
    "selection": "- **选表**：只导出了部分表。\n",
    "languages": "- **语言**：没有导出 {languages} 文本。\n",
    NO_TABLE: "- **未收入**：{count} 个主语，其类没有对应的表。\n",
    NO_CELL: "- **未收入**：{count} 条陈述，单元格容不下（空文本、空白节点、非 ASCII 的 IRI）。\n",
}


def write_introduction(
    schema: Schema, left_out: Mapping[str, int], file_format: str, *, is_selection: bool
) -> str:
    """Return the introduction as Markdown: in English, then in Chinese under a heading."""
    missing = [tag for tag in LANGUAGES if tag not in schema.languages]
    parts = ["start", file_format]
    if is_selection:
        parts.append("selection")
    if missing:
        parts.append("languages")
    if not (is_selection or missing or left_out):
        parts.append("complete")
    values = {
        "namespace": schema.vocabulary.data_namespace,
        "language": schema.languages[0],
        "languages": ", ".join(missing),
    }
    english, chinese = (
        "".join(texts[part].format_map(values) for part in parts)
        + "".join(texts[reason].format(count=left_out[reason]) for reason in sorted(left_out))
        for texts in (ENGLISH, CHINESE)
    )
    return f"# Codebook\n\n{english}\n## 编码手册\n\n{chinese}"
