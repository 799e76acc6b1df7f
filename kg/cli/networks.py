"""`kg export gephi`: export networks, for Gephi and other tools, and as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.ask.parameters import read_parameters
from kg.ask.question import Question
from kg.cli.groups import QueryGroup
from kg.cli.options import (
    ENDPOINT_HELP,
    FORCE_HELP,
    find_context_home,
    make_language_option,
    open_graph,
    refuse_empty,
)
from kg.cli.output import Progress, count_steps, show_progress
from kg.cli.parameters import ParameterOption, write_query_help
from kg.errors import KgError
from kg.files import is_folder_target
from kg.home import Home
from kg.networks import (
    EmptyNetworkError,
    Network,
    NetworkOptions,
    NodeData,
    build_network,
    export_file,
    export_folder,
    find_network,
    list_networks,
)
from kg.networks.assemble import STEPS
from kg.networks.layout import LAYOUTS
from kg.networks.write import WRITERS, list_formats

if TYPE_CHECKING:
    from kg.graph import Graph

DEFAULT_FOLDER = "networks"


def draw_svg(network: Network) -> list[bytes]:
    """Return the network as an SVG picture."""
    from kg import pictures

    return [pictures.draw_svg(network).encode("utf-8")]


def draw_png(network: Network) -> list[bytes]:
    """Return the network as a PNG picture."""
    from kg import pictures

    return [pictures.draw_png(network)]


ALL_WRITERS = {**WRITERS, "svg": draw_svg, "png": draw_png}


class NetworkGroup(QueryGroup):
    """The networks of a home; without a name, all of them."""

    section = "Networks"

    def list_queries(self, home: Home) -> list[Question]:
        """Return the networks, by name."""
        return list_networks(home)

    def make_command(self, home: Home, name: str) -> click.Command:
        """Return the command of a network.

        Raises:
            KgError: there is no such network; the message suggests similar names.
        """
        return NetworkCommand(find_network(home, name), home)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, after adding an option for each parameter of every network."""
        if ctx.resilient_parsing:
            with suppress(KgError):
                self.add_parameters(find_context_home(ctx))
        else:
            self.add_parameters(find_context_home(ctx))
        return super().parse_args(ctx, args)

    def add_parameters(self, home: Home) -> None:
        """Add an option for each parameter that all networks have."""
        known = [read_parameters(home, network) for network in list_networks(home)]
        # The texts of the last network, entities, fit all of them.
        shared = [p for n, p in known[-1].items() if all(n in k for k in known)] if known else []
        self.params = [*(ParameterOption(p, many=True) for p in shared), *make_options()]


class NetworkCommand(click.Command):
    """A network; its options are the parameters of its query and those of all networks."""

    def __init__(self, network: Question, home: Home) -> None:
        parameters = read_parameters(home, network).values()
        super().__init__(
            network.name,
            params=[*(ParameterOption(p, many=True) for p in parameters), *make_options()],
            callback=export_network,
            help="",
        )
        self.network = network

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write title and description of the network, and its options."""
        self.format_usage(ctx, formatter)
        write_query_help(ctx, formatter, self.network)


def make_options() -> list[click.Parameter]:
    """Return the options of every network."""
    return [
        click.Option(
            ["-o", "--output"],
            metavar="FILE|DIR|-",
            callback=refuse_empty,
            help="A file; a folder, for several formats; or - for standard output. Default: "
            "NETWORK.gexf, or for all networks the folder "
            f"{DEFAULT_FOLDER}.",
        ),
        click.Option(
            ["--format", "forms"],
            type=click.Choice(list_formats(ALL_WRITERS)),
            multiple=True,
            help="Format. Default: that of the suffix of the file (.gz compresses), or all formats "
            "for a folder. csv is two files, nodes.csv and edges.csv. May be repeated.",
        ),
        make_language_option(),
        click.Option(
            ["--layout"],
            type=click.Choice(LAYOUTS),
            default="auto",
            show_default=True,
            help="Layout of the nodes: force (ForceAtlas2), communities or circle. auto is force "
            "up to 700 nodes, and communities above.",
        ),
        click.Option(
            ["--largest"],
            type=click.IntRange(min=1),
            metavar="NODES",
            help="Keep at most this many nodes, repeatedly dropping the node of lowest degree. "
            "Default: 300 for city-city, else 10,000.",
        ),
        click.Option(["--force"], is_flag=True, help=FORCE_HELP),
        click.Option(["--endpoint"], metavar="URL", help=ENDPOINT_HELP),
    ]


@click.command(
    cls=NetworkGroup,
    params=make_options(),
    invoke_without_command=True,
    options_metavar="",
    subcommand_metavar="[NETWORK] [OPTIONS]",
    short_help="Export networks, for Gephi and as pictures.",
)
@click.pass_context
def gephi(ctx: click.Context, /, **given: Any) -> None:
    """Export NETWORK for Gephi, sigma.js or networkx, or draw it. Without NETWORK, export all.

    Nodes have type, labels in all languages, degree, betweenness, community, position, size and
    colour. Edges have relation, weight and the number of passages. Both have the period in which
    they are valid. `kg export gephi NETWORK --help` describes a network.

    \b
    kg export gephi city-theme -o city-theme.gexf
    kg export gephi entities --city wuhan --city 长沙 -o two-cities.svg
    kg export gephi -o networks
    """
    if ctx.invoked_subcommand is not None:
        return
    output = given["output"] or DEFAULT_FOLDER
    if not is_folder_target(output):
        raise KgError(
            f"{output}: is not a folder. Give a folder with -o for all networks, or name one "
            "network.",
            exit_code=2,
        )
    output = output.rstrip("/") + "/"
    export_networks(ctx, list_networks(find_context_home(ctx)), output, given)


@click.pass_context
def export_network(ctx: click.Context, /, **given: Any) -> None:
    """Export the network of the command."""
    command: Any = ctx.command
    network: Question = command.network
    suffix = given["forms"][0] if given["forms"] else "gexf"
    export_networks(ctx, [network], given["output"] or f"{network.name}.{suffix}", given)


def export_networks(
    ctx: click.Context, networks: Sequence[Question], output: str, given: dict[str, Any]
) -> None:
    """Build networks, write them, and print their sizes."""
    forms = list(dict.fromkeys(given["forms"]))
    folder = is_folder_target(output, one_file=len(forms) == 1 and forms != ["csv"])
    if not folder and (len(forms) > 1 or "csv" in forms):
        raise KgError(
            f"{output}: is not a folder. Give a folder with -o for several files.", exit_code=2
        )
    values = {
        name.removeprefix("value_"): list(value)
        for name, value in given.items()
        if name.startswith("value_") and value
    }
    options = NetworkOptions(given["language"] or "en", given["layout"], given["largest"], values)
    graph = open_graph(find_context_home(ctx), given["endpoint"])
    sizes: list[str] = []
    notes: list[str] = []
    with show_progress("Exporting") as progress:
        built = build_all(graph, networks, options, progress, sizes, notes)
        if folder:
            notes += export_folder(
                built,
                Path(output),
                forms,
                writers=ALL_WRITERS,
                optional=["png"],
                only=networks[0].name if len(networks) == 1 else "",
                force=given["force"],
            )
        else:
            form = forms[0] if forms else "gexf" if output == "-" else None
            for network in built:
                export_file(network, Path(output), form, ALL_WRITERS)
    for size in sizes:
        click.echo(f"{size} -> {output}", err=output == "-")
    for note in notes:
        click.echo(f"kg: not written: {note}", err=True)


def build_all(
    graph: Graph,
    networks: Sequence[Question],
    options: NetworkOptions,
    progress: Progress,
    sizes: list[str],
    empty: list[str],
) -> Iterator[Network]:
    """Yield networks, each built after the one before was written; record their sizes.

    Empty ones are left out; the reasons are added to `empty`.

    Raises:
        KgError: all networks are empty.
    """
    data = NodeData(graph)
    report = count_steps(progress, len(networks) * (len(STEPS) + 1))
    for query in networks:
        try:
            network = build_network(graph, query, options, data, report)
        except EmptyNetworkError as error:
            empty.append(str(error))
            continue
        sizes.append(f"{network.name}: {len(network.nodes)} nodes, {len(network.edges)} edges")
        report("writing")
        yield network
    if not sizes:
        raise KgError("\n".join(empty))
