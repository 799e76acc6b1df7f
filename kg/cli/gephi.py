"""`kg export gephi`: networks by name, for Gephi and whatever else reads them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.ask.parameters import Parameter, read_parameters
from kg.cli.options import ENDPOINT_HELP, find_context_home, open_graph, refuse_empty
from kg.cli.values import NAMED, Value, ask_language, write_text
from kg.errors import KgError
from kg.home import Home
from kg.names import LANGUAGES
from kg.networks.assemble import STEPS, EmptyNetworkError, NetworkOptions, build_network
from kg.networks.layout import LAYOUTS
from kg.networks.query import find_network, list_networks
from kg.networks.write import WRITERS, export_file, export_folder, is_folder, list_formats

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.ask.question import Question
    from kg.graph import Graph
    from kg.networks.model import Network

ALL = "networks"  # the folder for all of them


def _write_svg(network: Network) -> list[bytes]:
    from kg.pictures.picture import draw_svg

    return [draw_svg(network).encode("utf-8")]


def _write_png(network: Network) -> list[bytes]:
    from kg.pictures.picture import draw_png

    return [draw_png(network)]


ALL_WRITERS = {**WRITERS, "svg": _write_svg, "png": _write_png}


class ManyOption(click.Option):
    """The option of a parameter of networks; each time it is given one value more is meant."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(
            [f"--{parameter.name}", f"value_{parameter.name}"],
            type=Value(parameter),
            metavar=parameter.metavar,
            multiple=True,
        )
        self.parameter = parameter

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the option and what it means, in the language asked for."""
        return f"--{self.parameter.name} {self.metavar}", (
            f"{self.parameter.text(ask_language(ctx))}; may be given more than once"
        )


class NetworkCommand(click.Command):
    """A network: its options are the parameters of its query and those of all networks."""

    def __init__(self, question: Question, home: Home) -> None:
        parameters = read_parameters(home, question).values()
        super().__init__(
            question.name,
            params=[*map(ManyOption, parameters), *list_options()],
            callback=export_one,
            help="",
        )
        self.question = question

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the network is, what it leaves out, and its options."""
        language = ask_language(ctx)
        self.format_usage(ctx, formatter)
        for field in ("summary", "description"):
            write_text(formatter, self.question.text(field, language))
        self.format_options(ctx, formatter)
        write_text(formatter, NAMED)


class Networks(click.Group):
    """The networks of a home, by name; without a name, all of them."""

    is_read = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the networks, sorted."""
        return [network.name for network in list_networks(find_context_home(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the network of that name; None only where a shell asks, which wants no word.

        Raises:
            KgError: there is none; the message names those that there are.
        """
        home = find_context_home(ctx)
        try:
            return NetworkCommand(find_network(home, cmd_name), home)
        except KgError:
            if ctx.resilient_parsing:
                return None
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, having read which parameters all networks share."""
        with suppress(KgError) if ctx.resilient_parsing else _nothing():
            self.read_parameters(ctx)
        return super().parse_args(ctx, args)

    def read_parameters(self, ctx: click.Context) -> None:
        """Add an option for each parameter that every network has."""
        if self.is_read:
            return
        home = find_context_home(ctx)
        known = [read_parameters(home, network) for network in list_networks(home)]
        # Of the last, entities, whose words fit all.
        shared = [p for n, p in known[-1].items() if all(n in k for k in known)] if known else []
        self.params = [*map(ManyOption, shared), *self.params]
        self.is_read = True

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the networks and what each is."""
        with formatter.section("Networks"):
            formatter.write_dl(summarize_networks(ctx))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the networks that begin so, with what they are, and the options."""
        from click.shell_completion import CompletionItem

        try:
            told = summarize_networks(ctx)
        except KgError:
            told = []
        items = [CompletionItem(n, help=t) for n, t in told if n.startswith(incomplete)]
        return items + click.Command.shell_complete(self, ctx, incomplete)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def summarize_networks(ctx: click.Context) -> list[tuple[str, str]]:
    """Return each network's name and what it is, in the language asked for."""
    language = ask_language(ctx)
    networks = list_networks(find_context_home(ctx))
    return [(network.name, network.text("summary", language)) for network in networks]


def list_options() -> list[click.Parameter]:
    """Return the options that every network has."""
    return [
        click.Option(
            ["-o", "--output"],
            metavar="FILE|DIR|-",
            callback=refuse_empty,
            help="File, folder for all formats at once (each network has its own folder in it, "
            "in the place of what an earlier export left), or - for the output. Not given: a file "
            f"of that name here, or for all of them the folder {ALL}.",
        ),
        click.Option(
            ["--format", "forms"],
            type=click.Choice(list_formats(ALL_WRITERS)),
            multiple=True,
            help="Else the file's suffix says it (.gz packs a text), and a folder has them all; "
            "csv is nodes.csv and edges.csv in a folder.",
        ),
        click.Option(
            ["--lang", "language"],
            type=click.Choice(LANGUAGES),
            default="en",
            show_default=True,
            is_eager=True,
            help="Language of labels and of this help; zh-Hant falls back on zh-Hans.",
        ),
        click.Option(
            ["--layout"],
            type=click.Choice(LAYOUTS),
            default="auto",
            show_default=True,
            help="auto is force (ForceAtlas2) for up to 700 nodes, then communities.",
        ),
        click.Option(
            ["--largest"],
            type=click.IntRange(min=1),
            metavar="NODES",
            help="Keep so many nodes; each time the one with the fewest ties goes. Not given: as "
            "many as Gephi shows at ease, 300 where all may be tied to all, else 10,000.",
        ),
        click.Option(["--force"], is_flag=True, help="Overwrite what kg did not write."),
        click.Option(["--endpoint"], metavar="URL", help=ENDPOINT_HELP),
    ]


@click.command(
    cls=Networks,
    params=list_options(),
    invoke_without_command=True,
    subcommand_metavar="[NETWORK [OPTIONS]]",
)
@click.pass_context
def gephi(ctx: click.Context, /, **given: Any) -> None:
    """Write NETWORK for Gephi, sigma.js and others; without a name, all networks, to a folder.

    Nodes have type, labels in all languages, degree, betweenness and community, place, size and
    colour; edges relation, weight and number of passages; both the days from and to which they
    hold. `kg export gephi NETWORK --help` tells what is in a network.

    \b
    kg export gephi city-theme -o city-theme.gexf
    kg export gephi entities --city wuhan --city 长沙 -o two-cities.graphml
    kg export gephi -o networks
    """
    if ctx.invoked_subcommand is not None:
        set_values = [n for n in given if ctx.get_parameter_source(n).name == "COMMANDLINE"]  # type: ignore[union-attr]
        if set_values:
            raise KgError("Options go behind the name of the network.", exit_code=2)
        return
    output = given["output"] or ALL
    if not is_folder(output, []):
        raise KgError(f"{output}: all networks need a folder. Name one with -o.", exit_code=2)
    output = output.rstrip("/") + "/"
    write_networks(ctx, list_networks(find_context_home(ctx)), output, given)


@click.pass_context
def export_one(ctx: click.Context, /, **given: Any) -> None:
    """Write the network of the command."""
    command: Any = ctx.command
    question: Question = command.question
    form = given["forms"][0] if given["forms"] else "gexf"
    output = given["output"] or f"{question.name}.{form}"
    write_networks(ctx, [question], output, given)


def write_networks(
    ctx: click.Context,
    questions: Sequence[Question],
    output: str,
    given: dict[str, Any],
) -> None:
    """Build networks, write them, and say how large they are and where they are."""
    home = find_context_home(ctx)
    values = {
        name.removeprefix("value_"): list(said)
        for name, said in given.items()
        if name.startswith("value_") and said
    }
    wanted = NetworkOptions(given["language"], given["layout"], given["largest"], values)
    forms = list(dict.fromkeys(given["forms"]))
    folder = is_folder(output, forms)
    if not folder and (len(forms) > 1 or "csv" in forms):
        raise KgError(f"{output}: so many files need a folder. Name one with -o.", exit_code=2)
    graph = open_graph(home, given["endpoint"])
    sizes: list[str] = []
    left_out: list[str] = []
    with show_steps(len(questions) * (len(STEPS) + 1)) as progress:
        built = build_all(graph, questions, wanted, progress, sizes)
        if folder:
            left_out = export_folder(
                built, Path(output), forms, writers=ALL_WRITERS, optional=["png"],
                only=questions[0].name if len(questions) == 1 else "", force=given["force"],
            )  # fmt: skip
        else:
            form = forms[0] if forms else "gexf" if output == "-" else None
            for network in built:
                export_file(network, Path(output), form, ALL_WRITERS)
    for line in sizes:
        click.echo(f"{line} -> {output}", err=output == "-")
    for told in left_out:
        click.echo(f"kg: left out, {told}", err=True)


def build_all(
    graph: Graph,
    questions: Sequence[Question],
    wanted: NetworkOptions,
    progress: Callable[[str], None],
    sizes: list[str],
) -> Iterator[Network]:
    """Yield networks, each built when the one before is written; note down how large they are.

    Of several, those are left out, and named, of which nothing is told.

    Raises:
        KgError: nothing is told of any of them.
    """
    from kg.networks.node_data import NodeData

    facts = NodeData(graph)
    empty = []
    for question in questions:
        try:
            network = build_network(graph, question, wanted, facts, progress)
        except EmptyNetworkError as error:
            empty.append(str(error))
            continue
        sizes.append(f"{network.name}: {len(network.nodes)} nodes, {len(network.edges)} edges")
        progress("writing")
        yield network
    if not sizes:
        raise KgError("\n".join(empty))
    for told in empty:
        click.echo(f"kg: {told}", err=True)


@contextmanager
def show_steps(steps: int) -> Iterator[Callable[[str], None]]:
    """Give a function that moves a progress bar by a step; none where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with click.progressbar(
        length=steps, label="Exporting", file=sys.stderr, item_show_func=lambda s: s or ""
    ) as bar:
        yield lambda step: bar.update(1, step)
