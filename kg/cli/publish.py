"""`kg publish`: a site of the graph, as files for any host."""

from pathlib import Path

import click

from kg.cli.help import HelpCommand
from kg.cli.messages import print_message
from kg.cli.options import PATH, find_context_home, force_option
from kg.cli.output import show_progress


@click.command(cls=HelpCommand, short_help="Write a site with a page for everything.")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--base-url",
    metavar="URL",
    default="",
    help="Address at which the site will be. Adds canonical links, links between languages, "
    "previews, schema.org descriptions, sitemap.xml, robots.txt and rules for w3id.org.",
)
@click.option(
    "--report-to",
    metavar="URL|MAIL",
    default="",
    help="Address for reports of errors, to which every page links.",
)
@click.option(
    "--passages",
    is_flag=True,
    help="Show the text of each passage beside its position, of the sources that were added with "
    "kg source add. You need the right to publish these texts: most are under copyright.",
)
@force_option
@click.pass_context
def publish(
    ctx: click.Context, folder: Path, base_url: str, report_to: str, passages: bool, force: bool
) -> None:
    """Write a site to the folder DIR: a page for every thing, in English and Chinese.

    \b
    kg publish site                                           open site/index.html
    kg publish site --base-url https://example.org/cities/    for a host

    Cities, documents, themes, comparisons, questions with their answers, networks, ontology and
    codes; beside each thing its statements as .ttl, .jsonld and .nt. Every link is relative, so the
    folder works anywhere, also without a server. No page has a script, or loads anything from
    another host. The same data give the same bytes, and unchanged files are not written again.

    Redirect rules, by which IRIs lead to these files, are in .htaccess (Apache), hosts/nginx.conf
    and, with --base-url, hosts/w3id.htaccess. _headers and .nojekyll are for static hosts.

    Needs the extra [web].
    """
    from kg.publish import publish_site

    with show_progress("Publishing") as progress:
        done = publish_site(
            find_context_home(ctx),
            folder,
            base_url=base_url,
            report_to=report_to,
            passages=passages,
            force=force,
            progress=progress,
        )
    print_message(f"{folder}: {done.pages} pages, {done.files} files. Open {folder}/index.html")
