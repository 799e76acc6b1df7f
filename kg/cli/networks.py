"""`kg export gephi`: export networks, for Gephi and other tools, and as pictures."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from kg.ask.parameters import read_parameters
from kg.ask.question import Question
from kg.cli.groups import QueryCommand, QueryGroup
from kg.cli.help import find_language, translate
from kg.cli.messages import print_message
from kg.cli.options import (
    IntegerType,
    endpoint_option,
    find_context_home,
    force_option,
    ignore_errors,
    language_option,
    open_graph,
    refuse_empty,
)
from kg.cli.output import count_steps, show_progress
from kg.cli.parameters import ParameterOption, find_values
from kg.display import Progress
from kg.errors import KgError
from kg.files import is_folder_target
from kg.graph import Graph
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
from kg.networks.write import WRITERS, Writer, list_formats
from kg.pictures import draw_png, draw_svg

DEFAULT_FOLDER = "networks"
ALL_WRITERS: Mapping[str, Writer] = {
    **WRITERS,
    "svg": lambda network: [draw_svg(network).encode("utf-8")],
    "png": lambda network: [draw_png(network)],
}


class NetworkGroup(QueryGroup):
    """The networks of a home; without a name, all of them."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a network; None if there is none and a shell completes a line."""
        with ignore_errors(ctx):
            network = find_network(find_context_home(ctx), cmd_name)
            callback = partial(export_one, network)
            return QueryCommand(network, many=True, params=self.params, callback=callback)
        return None

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return an option for each parameter that all networks have, then the others."""
        known = []
        with ignore_errors(ctx):
            home = find_context_home(ctx)
            known = [read_parameters(home, network) for network in list_networks(home)]
        # The texts of the last network, entities, fit all of them.
        shared = [p for n, p in known[-1].items() if all(n in k for k in known)] if known else []
        return [*(ParameterOption(p, many=True) for p in shared), *super().get_params(ctx)]


@click.command(
    cls=NetworkGroup,
    section="Networks",
    list_queries=list_networks,
    subcommand_metavar="[NETWORK] [OPTIONS]",
    short_help="Export networks, for Gephi and as pictures.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR|-",
    callback=refuse_empty,
    help="A file; a folder, for several formats; or - for standard output. Default: NETWORK.gexf, "
    f"or for all networks the folder {DEFAULT_FOLDER}.",
)
@click.option(
    "--format",
    "forms",
    type=click.Choice(list_formats(ALL_WRITERS)),
    multiple=True,
    help="Format. Default: that of the suffix of the file (.gz compresses), or all formats for a "
    "folder. csv is two files, nodes.csv and edges.csv. May be repeated.",
)
@language_option
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="auto",
    show_default=True,
    help="Layout of the nodes: force (ForceAtlas2), communities or circle. auto is force up to 700 "
    "nodes, and communities above.",
)
@click.option(
    "--largest",
    type=IntegerType(min=1),
    metavar="NODES",
    help="Keep at most this many nodes, repeatedly dropping the node of lowest degree. Default: "
    "300 for city-city, else 10,000.",
)
@force_option
@endpoint_option
@click.pass_context
def gephi(ctx: click.Context, /, **given: Any) -> None:
    """Export NETWORK for Gephi, sigma.js or networkx, or draw it. Without NETWORK, export all.

    Nodes have type, labels in all languages, degree, betweenness, community, position, size and
    colour. Edges have relation, weight and the number of passages. Both have the period in which
    they are valid. `kg export gephi NETWORK --help` describes a network.

    XML formats (GEXF, GraphML, SVG) omit control characters that XML forbids; in CSV, an apostrophe
    (') precedes a text that a spreadsheet would take for a formula. JSON has all texts unchanged.

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
def export_one(ctx: click.Context, network: Question, /, **given: Any) -> None:
    """Export a network, by default to a file with its name."""
    suffix = given["forms"][0] if given["forms"] else "gexf"
    export_networks(ctx, [network], given["output"] or f"{network.name}.{suffix}", given)


def export_networks(
    ctx: click.Context, networks: Sequence[Question], output: str, given: Mapping[str, Any]
) -> None:
    """Build networks, write them, and print their sizes."""
    forms = list(dict.fromkeys(given["forms"]))
    folder = is_folder_target(output, one_file=len(forms) == 1 and forms != ["csv"])
    if not folder and (len(forms) > 1 or "csv" in forms):
        raise KgError(
            f"{output}: is not a folder. Give a folder with -o for several files.", exit_code=2
        )
    options = NetworkOptions(
        find_language(ctx), given["layout"], given["largest"], find_values(ctx)
    )
    graph = open_graph(ctx, given["endpoint"])
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
        print_message(f"{size} -> {output}", err=output == "-")
    for note in notes:
        print_message(f"kg: not written: {note}", err=True)


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
        size = translate("{0} nodes, {1} edges", options.language)
        sizes.append(f"{network.name}: {size.format(len(network.nodes), len(network.edges))}")
        report("writing")
        yield network
    if not sizes:
        raise KgError("\n".join(empty))
