"""The options for the parameters of a question or network, their completion, and their help."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from kg.ask.lookup import fold_name, local_name, quote_input
from kg.ask.parameters import Parameter, label_members, list_members
from kg.cli.help import find_language
from kg.cli.options import find_context_home
from kg.display import escape_controls
from kg.errors import KgError
from kg.graph import load_graph
from kg.names import pick

NAMING = (
    "A thing is given by a label in any language (武汉), by its prefixed name (place:wuhan), by "
    "its IRI, or by the last part of its IRI (wuhan)."
)


class ParameterOption(click.Option):
    """The option of a parameter; `many` allows it several times."""

    def __init__(self, parameter: Parameter, *, many: bool) -> None:
        # Always multiple: by default click would silently drop all values but the last.
        super().__init__(
            [f"--{parameter.name}", f"value_{parameter.name.replace('-', '_')}"],
            metavar=parameter.metavar,
            multiple=True,
            required=parameter.required,
            callback=None if many else take_one,
        )
        self.parameter = parameter
        self.many = many

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the option and its meaning, in the language of the command line."""
        notes = ["may be repeated"] if self.many else []
        if self.required:
            notes.append("required")
        elif self.parameter.default is not None:
            notes.append(f"default: {self.parameter.default}")
        text = self.parameter.text(find_language(ctx))
        more = f"  [{'; '.join(notes)}]" if notes else ""
        return f"--{self.parameter.name} {self.metavar}", text + more

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the values that begin with a text.

        A thing is completed to the last part of its IRI, with its label as help; if only a Chinese
        label matches, to that label.
        """
        start = fold_name(incomplete)
        if self.parameter.type not in ("iri", "code"):
            values = self.parameter.values
            return [CompletionItem(one) for one in values if fold_name(one).startswith(start)]
        try:
            rows = list_members(load_graph(find_context_home(ctx)), self.parameter)
        except KgError:
            return []
        items = []
        for iri, labels in label_members(rows).items():
            name = local_name(iri)
            found = [label for label in labels.values() if fold_name(label).startswith(start)]
            # A shell takes a label with blanks for several words, and obeys control characters.
            chinese = [
                x
                for x in found
                if not x.isascii() and x.isprintable() and not any(map(str.isspace, x))
            ]
            if fold_name(name).startswith(start) or len(found) > len(chinese):
                label = pick(labels, find_language(ctx), "")
                items.append(CompletionItem(name, help=escape_controls(label, lines=False)))
            elif found:
                # A shell may drop what does not begin with the text, in its own script.
                best = min(chinese, key=lambda label: not label.startswith(incomplete))
                items.append(CompletionItem(best, help=name))
        return items


def take_one(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...] | None
) -> str | None:
    """Return the only value of an option, or None.

    Raises:
        KgError: the option is given more than once.
    """
    if values and len(values) > 1:
        found = " and ".join(quote_input(value) for value in values)
        raise KgError(f"{option.opts[0]}: given twice ({found}). Give it once.", exit_code=2)
    return values[0] if values else None


def find_values(ctx: click.Context) -> dict[str, Any]:
    """Return the value of each parameter that is given, or its values if it may have several."""
    params = ctx.command.get_params(ctx)
    options = [param for param in params if isinstance(param, ParameterOption)]
    values = {option.parameter.name: ctx.params[option.name] for option in options}
    return {name: value for name, value in values.items() if value not in (None, ())}


def write_options(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the options of a command: parameters first, then the others."""
    params = ctx.command.get_params(ctx)
    parameters = [param for param in params if isinstance(param, ParameterOption)]
    if parameters:
        with formatter.section("Parameters"):
            formatter.write_dl([option.get_help_record(ctx) for option in parameters])
        if any(option.parameter.type in ("iri", "code") for option in parameters):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(NAMING)
    records = [param.get_help_record(ctx) for param in params if param not in parameters]
    with formatter.section("Options"):
        formatter.write_dl([record for record in records if record])
