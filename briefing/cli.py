"""Arguments -> Config -> pipeline -> exit code; no logic.

Nothing heavy is imported here: each command imports what it runs.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Literal, NoReturn

import click

from briefing.errors import BriefingError

_EPILOG = """Exit codes: 0 complete, 2 wrong setting, 3 produced but degraded, 4 nothing produced,
5 produced but not delivered, 6 evidence mismatch, 75 another run holds the lock, 130 and 143 interrupted."""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="briefing")
def cli() -> None:
    """Read many articles, write one cited briefing. Evidence, not truth."""


@cli.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--config", type=click.Path(path_type=Path), help="Settings; without PATHS ./briefing.toml is the default."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the editions.")
@click.option("--date", "day", help="Date of the edition, like 2025-06-21; else the day of --now.")
@click.option("--now", help="The moment the briefing is for, like 2025-06-21T08:00:00Z; else the clock.")
@click.option("--since", help="The moment from which articles of feeds and pages are news; else the last edition.")
@click.option("--format", "formats", help="Comma-separated: md, html, json. JSON is always written.")
@click.option("--model", help='Another model for this run, like "openai/gpt-4o-mini", or "none".')
@click.option("--offline", is_flag=True, help="Open no connection: kept pages and replies only.")
@click.option("--refresh", is_flag=True, help="Ask sites and models again, also where a copy is kept.")
@click.option("--strict", is_flag=True, help="Write nothing and exit 4 where the briefing would be degraded.")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well.")
@click.option("--explain", is_flag=True, help="List every passage that was dropped, and why.")
@click.option("--send", is_flag=True, help="Send the edition as `briefing send` does.")
def build(**options: object) -> None:
    """Write an edition of PATHS, or of the sources of briefing.toml.

    PATHS are files, folders, web addresses, or "-" for standard input.
    """
    from briefing.commands.build import Options, build_edition

    code = build_edition(Options.model_validate(options))
    sys.exit(code)


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--config", type=click.Path(path_type=Path), help="Settings; without PATHS ./briefing.toml.")
@click.option("--date", "day", help="Date of the edition, like 2025-06-21; else the day of --now.")
@click.option("--now", help="The moment the briefing is for; else the clock.")
@click.option("--since", help="The moment from which articles of feeds and pages are news; else the last edition.")
@click.option("--model", help='Another model, like "openai/gpt-4o-mini".')
@click.option("--offline", is_flag=True, help="Open no connection: kept pages only.")
@click.option("--refresh", is_flag=True, help="As if no page and no reply were kept.")
@click.option("--quiet", is_flag=True, help="No progress.")
def estimate(**options: object) -> None:
    """Print the calls, tokens and dollars that `build` with the same arguments would take of the model.

    Sites are read, but no model is asked, nothing is written, and what is new stays new.
    """
    from briefing.commands.build import Options
    from briefing.commands.estimate import estimate_edition

    sys.exit(estimate_edition(Options.model_validate(options), click.echo))


@cli.command("eval")
@click.option(
    "--model", "models", multiple=True, metavar="NAME", help="A model to try; repeatable. Else those of [model]."
)
@click.option("--cases", multiple=True, type=click.Path(path_type=Path), help="A folder of your own cases; repeatable.")
@click.option("--own", is_flag=True, help="Only your own cases, not those that ship.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings; default ./briefing.toml, if there is one.")
@click.option("--record", type=click.Path(path_type=Path), help="Keep every exchange in this folder.")
@click.option("--replay", type=click.Path(path_type=Path), help="Answer from such a folder; no model is asked.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for evaluation.html and evaluation.json.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="A file for the JSON alone.")
@click.option("--refresh", is_flag=True, help="Ask again, also where a reply is kept.")
@click.option("--dry-run", is_flag=True, help="Say what it would cost; ask nothing.")
@click.option("--quiet", is_flag=True, help="No progress.")
def eval_(**options: object) -> None:
    """Have models tell labelled cases, beside the analyst without a model, and say how well each did.

    What it will cost is said before any model is asked. Exit 3 where a model told none of the cases.
    """
    from briefing.commands.evaluate import Options, evaluate

    sys.exit(evaluate(Options.model_validate(options), click.echo))


@cli.command()
@click.argument("folder", default="briefings", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Prove offline that every quote of an edition stands in its evidence; exit 6 where one does not.

    FOLDER is an edition, or a folder of editions, of which the latest is meant.
    """
    from briefing.commands.editions import verify_edition

    click.echo(verify_edition(folder))


@cli.command()
@click.argument("folder", default="briefings", type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), help="Settings for the outputs.")
@click.option("--format", "formats", help="Comma-separated: md, html.")
def render(folder: Path, config: Path | None, formats: str | None) -> None:
    """Write the outputs of an edition again from its briefing.json and evidence.json."""
    from briefing.commands.editions import render_edition

    for path in render_edition(folder, config, formats):
        click.echo(path)


@cli.command()
@click.argument("edition", required=False)
@click.option("--config", type=click.Path(path_type=Path), help="Settings that name the folder of editions.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the editions.")
def show(edition: str | None, config: Path | None, out: Path | None) -> None:
    """Print an edition: EDITION is a date, a folder, or "latest", which is meant without it."""
    from briefing.commands.given import editions_folder
    from briefing.commands.reading import show_edition

    terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns if terminal else None
    colour = terminal and not os.environ.get("NO_COLOR")
    click.echo(show_edition(edition, editions_folder(config, out), columns, colour=colour))


@cli.command("open")
@click.argument("edition", required=False)
@click.option("--config", type=click.Path(path_type=Path), help="Settings that name the folder of editions.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the editions.")
def open_(edition: str | None, config: Path | None, out: Path | None) -> None:
    """Open an edition's page in the browser: EDITION is a date, a folder, or "latest"."""
    from briefing.commands.given import editions_folder
    from briefing.commands.reading import open_edition

    click.echo(open_edition(edition, editions_folder(config, out)))


@cli.command()
@click.argument("path", default="briefing.toml", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Ask nothing: the commented file with every default.")
def init(path: Path, yes: bool) -> None:
    """Write a commented briefing.toml: on a terminal in a short conversation, else with every default."""
    from briefing.commands.init import initialise

    for line in initialise(path, talk=not yes and sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(line)


@cli.command()
@click.argument("action", required=False, type=click.Choice(["prune"]))
@click.option("--config", type=click.Path(path_type=Path), help="Settings; ./briefing.toml where there is one.")
@click.option("--max-mb", type=float, help="What pruning leaves of pages, and of replies; else as [keep] says.")
def cache(action: str | None, config: Path | None, max_mb: float | None) -> None:
    """Show what is kept of pages and models' replies, or remove what [keep] no longer wants."""
    from briefing.commands.caches import prune_cache, show_cache

    click.echo(prune_cache(config, max_mb) if action else "\n".join(show_cache(config)))


@cli.command()
@click.argument("what", required=False, metavar="[ADDRESS|OUTLET|HOST|ARTICLE]")
@click.option("--editions", is_flag=True, help="Take it out of the editions too: what stands on it is withheld.")
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--undo", is_flag=True, help="Let it be read again; what was removed does not come back.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings; ./briefing.toml where there is one.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the editions.")
def forget(**options: object) -> None:
    """Remove an article or a source from state and cache, and never read it again; alone it lists what is forgotten.

    An article is named by its address or its id in briefing.json, a source by its name, its host or its feed.
    """
    from briefing.commands.forget import Options
    from briefing.commands.forget import forget as forget_what

    forget_what(Options.model_validate(options), click.echo)


@cli.group()
def sources() -> None:
    """What is read each day: add, import, list and test the sources of briefing.toml."""


_SETTINGS = click.option("--config", type=click.Path(path_type=Path), help="Settings; default ./briefing.toml.")


@sources.command("add")
@click.argument("url")
@click.option("--name", help="What reports call it; else its title.")
@click.option("--section", help="The subject it is filed under.")
@_SETTINGS
def add(url: str, name: str | None, section: str | None, config: Path | None) -> None:
    """Find the feed of a site, or of any page of it, and add it to briefing.toml."""
    from briefing.commands.sources.adding import add_source

    for line in add_source(url, config, name, section):
        click.echo(line)


@sources.command("import")
@click.argument("place", metavar="FILE_OR_URL")
@_SETTINGS
def import_(place: str, config: Path | None) -> None:
    """Add all feeds of an OPML file, as feed readers export it, or of a list with one address a line."""
    from briefing.commands.sources.importing import import_feeds

    for line in import_feeds(place, config):
        click.echo(line)


@sources.command("list")
@_SETTINGS
def list_(config: Path | None) -> None:
    """Show each source and when it was last reached; asks no site."""
    from briefing.commands.sources.listing import list_sources

    for line in list_sources(config):
        click.echo(line)


@sources.command("test")
@click.argument("names", nargs=-1, metavar="[NAME_OR_URL]...")
@_SETTINGS
def test(names: tuple[str, ...], config: Path | None) -> None:
    """Ask each source now and say what is found; exit 3 where one is in trouble. No edition is made."""
    from briefing.commands.sources.testing import probe

    sys.exit(probe(names, config, click.echo))


@cli.command()
@click.argument("wanted", required=False, metavar="[DATE|latest]")
@click.option("--again", is_flag=True, help="Send it anew also to those who have it.")
@click.option("--to", multiple=True, metavar="NAME", help="To this recipient or [[delivery]] table alone; repeatable.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; send nothing, change nothing.")
@_SETTINGS
def send(**options: object) -> None:
    """Send an edition, the latest by default, to those of the [[delivery]] tables whom it has not reached.

    A line says for each recipient what came of it; exit 5 where someone does not have it.
    """
    from briefing.commands.send import Options, send_edition

    sys.exit(send_edition(Options.model_validate(options), click.echo))


@cli.command()
@click.argument("kind", default="cron", type=click.Choice(["cron", "systemd", "ci"]))
@click.option("--at", default="07:00", show_default=True, help="The time of day, in the time zone of the settings.")
@click.option("--send", is_flag=True, help="Send each edition too.")
@_SETTINGS
def schedule(kind: Literal["cron", "systemd", "ci"], at: str, send: bool, config: Path | None) -> None:
    """Print what has a briefing built each day, and how to install it; nothing is installed.

    A cron line, a systemd service and timer, or a workflow of GitHub Actions.
    """
    from briefing.commands.schedule import schedule

    click.echo(schedule(kind, config, at, send=send), nl=False)


@cli.command()
@click.option("--offline", is_flag=True, help="Ask no site, no model and no mail server.")
@_SETTINGS
def doctor(offline: bool, config: Path | None) -> None:
    """Check settings, folders, state, sources, models, outputs and delivery; exit 2 where something is at fault.

    A line for each says ok, warning or fault, and what to do. Each model is asked one small question, after its cost is
    said; nothing is sent to a reader. --offline asks no one.
    """
    from briefing.commands.doctor import examine

    sys.exit(examine(config, click.echo, offline=offline))


def main() -> NoReturn:
    """Run the command line; every expected error is one line on stderr and its own exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BriefingError as error:
        click.echo(f"briefing: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("briefing: interrupted", err=True)
        sys.exit(128 + signal.SIGINT)
    sys.exit(0)


def _terminated(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
