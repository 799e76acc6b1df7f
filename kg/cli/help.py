"""Help pages in the language of --lang: each text in Chinese, from `help.toml`, and its layout."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import click

from kg.display import LANGUAGES, escape_controls
from kg.wrapping import measure_text, wrap_text

FILE = Path(__file__).with_name("help.toml")
LANGUAGE = "kg.language"  # the key of the language in the context of a command
LONGEST_TERM = 30
FALLBACK = "Texts without zh-Hant are in zh-Hans.  [default: en]"


@cache
def read_texts() -> dict[str, str]:
    """Return the Chinese text for each English one."""
    # Imported here: English help does not need it.
    import tomllib

    texts = tomllib.loads(FILE.read_text("utf-8"))["texts"]
    return {_join_lines(text["en"]): text["zh-Hans"] for text in texts}


def translate(text: str, language: str) -> str:
    """Return a text of the command line in a language; one that is not in the file is unchanged."""
    return text if language == "en" else read_texts().get(_join_lines(text), text)


def _join_lines(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text.strip("\n"))


def find_language(ctx: click.Context) -> str:
    """Return the language of --lang, of this command or one before it, or en."""
    return str(ctx.meta.get(LANGUAGE, "en"))


def note_language(ctx: click.Context, args: Sequence[str]) -> None:
    """Note the value of --lang in the arguments of a command, since --help may precede it."""
    names = [param.name for param in ctx.command.get_params(ctx) if "--lang" in param.opts]
    with suppress(click.UsageError):  # reported when the command is parsed
        given, _, _ = ctx.command.make_parser(ctx).parse_args(list(args))
        values = [given[name] for name in names if name in given]
        value = values[0][0] if values and isinstance(values[0], list) else "".join(values)
        if value in LANGUAGES:
            ctx.meta[LANGUAGE] = value


class HelpFormatter(click.HelpFormatter):
    """Writes a help page in a language; Chinese characters are two columns wide.

    Texts that are not ours, for example of the queries of a home, are as they are given.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line with the form of the command."""
        for name in ("OPTIONS", "COMMAND"):
            args = args.replace(name, translate(name, self.language))
        super().write_usage(prog, args, translate(prefix or "Usage: ", self.language))

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{'':{self.current_indent}}{translate(f'{heading}:', self.language)}\n")

    def write_text(self, text: str) -> None:
        r"""Write paragraphs; of those that begin with a line \b, each line as it is."""
        indent = " " * self.current_indent
        blocks = []
        for paragraph in re.split(r"\n\n+", text):
            if paragraph.startswith("\b\n"):
                lines = [self._translate_example(line) for line in paragraph.split("\n")[1:]]
            else:
                text = translate(paragraph, self.language)
                lines = wrap_text(text, self.width - len(indent))
            blocks.append("".join(f"{indent}{line}\n" for line in lines))
        self.write("\n".join(blocks))

    def _translate_example(self, line: str) -> str:
        """Return the line of an example; two spaces or more are before its explanation."""
        found = re.fullmatch(r"(\S.*?\s{2,})(.*)", line)
        return found[1] + translate(found[2], self.language) if found else line

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = LONGEST_TERM, col_spacing: int = 2
    ) -> None:
        """Write terms and explanations in two columns."""
        indent = " " * self.current_indent
        rows = list(rows)
        size = min(max(measure_text(term) for term, _ in rows), col_max) + col_spacing
        for term, text in rows:
            if measure_text(term) + col_spacing > size:
                self.write(f"{indent}{term}\n")
                term = ""
            text = self._translate_explanation(text)
            for line in wrap_text(text, self.width - len(indent) - size):
                self.write(f"{indent}{term}{' ' * (size - measure_text(term))}{line}\n")
                term = ""

    def _translate_explanation(self, text: str) -> str:
        """Return the explanation of an option; after two spaces, click writes default and limit."""
        text, bracket, notes = text.partition("  [")
        text = translate(text, self.language)
        if not bracket:
            return text
        parts = [note.partition(": ") for note in notes.removesuffix("]").split("; ")]
        shown = [translate(name + colon, self.language) + value for name, colon, value in parts]
        joined = translate("; ", self.language).join(shown)
        return text + translate(" [{}]", self.language).format(joined)


class HelpCommand(click.Command):
    """A command whose help is in the language of --lang, an option that each such command has."""

    language_option = click.Option(
        ["--lang", "language"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=f"Language of this help. {FALLBACK}",
    )

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters; the last is --help."""
        params = super().get_params(ctx)
        if not any("--lang" in param.opts for param in params):
            params.insert(-1, self.language_option)
        return params

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments after the language is noted."""
        note_language(ctx, args)
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, with escapes for control characters in the texts of a home."""
        formatter = HelpFormatter(find_language(ctx))
        self.format_help(ctx, formatter)
        return escape_controls(formatter.getvalue().rstrip("\n"))


class HelpGroup(HelpCommand, click.Group):
    """A group of such commands."""

    command_class = HelpCommand
    language_option = click.Option(
        ["--lang", "language"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=f"Language of this help, and of the commands after it. {FALLBACK}",
    )
