"""Arguments -> Config -> pipeline -> exit code; no logic.

Nothing heavy is imported here: each command imports what it runs.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from briefing.errors import BriefingError

_EPILOG = """Exit codes: 0 complete, 2 wrong setting, 3 produced but degraded, 4 nothing produced,
6 evidence mismatch, 75 another run holds the lock, 130 and 143 interrupted."""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="briefing")
def cli() -> None:
    """Read many articles, write one cited briefing. Evidence, not truth."""


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--config", type=click.Path(path_type=Path), help="Settings; without PATHS ./briefing.toml is the default."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the editions.")
@click.option("--date", "day", help="Date of the edition, like 2025-06-21; else the day of --now.")
@click.option("--now", help="The moment the briefing is for, like 2025-06-21T08:00:00Z; else the clock.")
@click.option("--format", "formats", help="Comma-separated: md, html, json. JSON is always written.")
@click.option("--model", help='Another model for this run, like "openai/gpt-4o-mini", or "none".')
@click.option("--offline", is_flag=True, help="Open no connection: kept replies only.")
@click.option("--refresh", is_flag=True, help="Ask models again, also where a reply is kept.")
@click.option("--strict", is_flag=True, help="Write nothing and exit 4 where the briefing would be degraded.")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well.")
@click.option("--explain", is_flag=True, help="List every passage that was dropped, and why.")
def build(**options: object) -> None:
    """Read PATHS (files and folders), or the sources of briefing.toml, and write an edition."""
    from briefing.commands import Options, build_edition

    code = build_edition(Options.model_validate(options))
    sys.exit(code)


@cli.command()
@click.argument("folder", default="briefings", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Prove offline that every quote of an edition stands in its evidence; exit 6 where one does not.

    FOLDER is an edition, or a folder of editions, of which the latest is meant.
    """
    from briefing.commands import verify_edition

    click.echo(verify_edition(folder))


@cli.command()
@click.argument("folder", default="briefings", type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), help="Settings for the outputs.")
@click.option("--format", "formats", help="Comma-separated: md, html.")
def render(folder: Path, config: Path | None, formats: str | None) -> None:
    """Write the outputs of an edition again from its briefing.json and evidence.json."""
    from briefing.commands import render_edition

    for path in render_edition(folder, config, formats):
        click.echo(path)


@cli.command()
@click.argument("path", default="briefing.toml", type=click.Path(path_type=Path))
def init(path: Path) -> None:
    """Write a commented briefing.toml."""
    from briefing.commands import write_starter

    click.echo(write_starter(path))


@cli.command()
@click.argument("action", required=False, type=click.Choice(["prune"]))
@click.option("--config", type=click.Path(path_type=Path), help="Settings that name the cache.")
@click.option("--max-mb", default=200.0, show_default=True, help="What pruning leaves.")
def cache(action: str | None, config: Path | None, max_mb: float) -> None:
    """Show what is kept of models' replies, or prune it."""
    from briefing.commands import prune_cache, show_cache

    click.echo(prune_cache(config, max_mb) if action else show_cache(config))


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
