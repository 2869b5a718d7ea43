"""Where the commands of the pages are run: a folder with what they name, and the hosts they name on loopback.

`https://gazette.example` is reached as a user behind a proxy reaches it: by a tunnel, its certificate verified. The
language model and the mail server have other addresses than the pages give, which `here` puts into the settings.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.delivery.postoffice import Office, post_office
from tests.docs.blocks import ROOT, Block
from tests.models.servers import Say, Server, ollama, serving
from tests.sources.letters import mail, tables
from tests.sources.newsroom import HTML, item, page, rss, told
from tests.sources.servers import Certificates, farm, reply, tunnel
from tests.test_models_end_to_end import telling

LOGIN = ("anna@example.org", "the-password-of-this-mailbox")
_PATIENCE_S = 300
_LEAD = "/harbour-of-sennes-closes.html"
_MAIL = """
[outputs.email]
sender = "briefing@example.org"
[[delivery]]
kind = "smtp"
host = "smtp.example.org"
to = ["Anna <anna@example.org>", "bob@example.org"]
user_env = "SMTP_USER"
password_env = "SMTP_PASSWORD"
"""
_MODEL = '[model]\nname = "ollama_chat/qwen3:8b"\napi_base = "http://localhost:11434"\n'
_SOURCE = '[[sources]]\npath = "articles"\n'


class World(NamedTuple):
    """The hosts of the pages, as they are on this machine, and a folder of editions with one in it."""

    model: Server
    office: Office
    variables: dict[str, str]
    edition: Path

    def here(self, settings: str) -> str:
        """Settings with the addresses of this machine in place of those that the pages give."""
        mail = f'host = "127.0.0.1"\nport = {self.office.port}\ntls = "none"'
        return settings.replace("http://localhost:11434", self.model.base).replace('host = "smtp.example.org"', mail)


@contextmanager
def world(certificates: Certificates, folder: Path) -> Iterator[World]:
    """Open the hosts, and build the edition."""
    lead = page("Harbour of Sennes closes", told("The harbour of Sennes"))
    named = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    with farm() as servers, serving(lambda got: Say(ollama(telling(got)))) as model, post_office(login=LOGIN) as office:
        entry = item(
            "Harbour of Sennes closes", f"https://gazette.example{_LEAD}", datetime.now(UTC) - timedelta(hours=2)
        )
        routes = {
            "/": reply(page("The Gazette", "<p>News of Sennes.</p>", named), headers=HTML),
            "/feed.xml": reply(rss(entry, title="The Gazette"), headers={"Content-Type": "application/rss+xml"}),
            _LEAD: reply(lead, headers=HTML),
        }
        site = servers.site(routes, tls=certificates.good)
        proxy = servers.site(tunnel(site))
        kept = {
            name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_proxy", "_PROXY"))
        }
        variables = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
            "NO_PROXY": "127.0.0.1",
            "SSL_CERT_FILE": str(certificates.authority),
            "BROWSER": "true",
            "COLUMNS": "100",
            "HOME": str(folder),
        }
        run(f"briefing build {ROOT}/samples/dispute --date 2031-05-20", folder, variables)
        yield World(model, office, variables, folder / "briefings")


def desk(folder: Path) -> Path:
    """A folder with what the pages name: the samples, articles in several forms, a list of feeds, mail."""
    shutil.copytree(ROOT / "samples", folder / "samples", ignore=shutil.ignore_patterns("expected"))
    shutil.copytree(ROOT / "samples" / "dispute", folder / "articles")
    shutil.copy(ROOT / "samples" / "toll" / "2-npa-wire-radio-amaran.html", folder / "page.html")
    shutil.copy(ROOT / "samples" / "records" / "title-content.jsonl", folder / "export.jsonl")
    outline = '<outline type="rss" text="The Gazette" xmlUrl="https://gazette.example/feed.xml"/>'
    (folder / "subscriptions.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>', encoding="utf-8")
    (folder / "inbox.mbox").write_bytes(
        b"From desk@ellin.example Mon May 19 08:00:00 2031\n" + mail("The morning", tables()) + b"\n"
    )
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def prepared(place: str, folder: Path, opened: World) -> dict[str, str]:
    """Set a folder up as a note names it; gives the variables that are set there."""
    settings = {"model": _SOURCE + _MODEL, "mail": _SOURCE + _MAIL, "edition": _SOURCE}[place]
    shutil.copytree(ROOT / "samples" / "dispute", folder / "articles")
    if place != "model":
        shutil.copytree(opened.edition, folder / "briefings", symlinks=True)
    (folder / "briefing.toml").write_text(opened.here(settings), encoding="utf-8")
    return dict(zip(("SMTP_USER", "SMTP_PASSWORD"), LOGIN, strict=True)) if place == "mail" else {}


def run(script: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run commands in a shell that stops at the first that fails."""
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=variables, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done


def in_turn(block: Block, folder: Path, opened: World, memory: Path) -> str:
    """Run a page's block where the one before it ended, with the variables it exported; gives what it prints."""
    before = f". {memory}\n" if memory.exists() else ""
    after = f'\n{{ export -p; printf "cd %q\\n" "$PWD"; }} > {memory}\n'
    return run(before + block.text + after, folder, opened.variables).stdout
