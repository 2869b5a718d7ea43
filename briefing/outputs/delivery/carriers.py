"""The `[[delivery]]` tables: who takes an edition to its readers.

    smtp       a mail server of the reader's provider, over TLS
    sendmail   a mail system on this machine, which then has a queue of its own
    apprise    Slack, Telegram, Matrix, ntfy, webhooks …: the headlines and their links

They are no door for plugins. A carrier is told when its message counts as handed over and says what came of it;
whoever gets that wrong sends twice, and `sendmail` (any command) and Apprise (over a hundred services, and ways
to add one) leave little to plug in.

Secrets are names of environment variables, which are read when an edition is sent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from briefing import plugins
from briefing.errors import ConfigError
from briefing.outputs.delivery.outbox import Post
from briefing.stages.interests.profile import Reader
from briefing.types import Record

# More are a mailing list, which wants a list manager.
RECIPIENTS = 50
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"


def _mailboxes(addresses: tuple[str, ...]) -> tuple[str, ...]:
    from briefing.outputs.mail.email import mailbox

    plain = [mailbox(text).addr_spec for text in addresses]
    for place, address in enumerate(plain):
        if address in plain[:place]:
            raise ValueError(f"{address} stands there twice")
    return addresses


def _mailbox(address: str) -> str:
    from briefing.outputs.mail.email import mailbox

    return mailbox(address).addr_spec


def _recipient(text: str) -> str:
    """A recipient as the sent log calls it, from the settings' words for it."""
    return _mailbox(text) if "@" in text else text


class Carrier(Record):
    """What all carriers have: a `name` for `--to`, reports and the sent log; whether an empty edition goes too.

    `readers` are those of its recipients who get the edition as they want it.
    """

    name: str = Field("", max_length=60, pattern=r"^[a-z0-9-]*$")
    send_empty: bool = False
    readers: tuple[Reader, ...] = ()

    @model_validator(mode="after")
    def _known_readers(self) -> Self:
        named = [_recipient(text) for reader in self.readers for text in reader.to]
        for place, name in enumerate(named):
            if name not in self.recipients:
                raise ValueError(f"readers: {name!r} is no recipient{plugins.suggestion(name, self.recipients)}")
            if name in named[:place]:
                raise ValueError(f"readers: {name} stands there twice")
        return self

    def reader(self, recipient: str) -> Reader | None:
        """What a recipient wants, if that was said."""
        return next((r for r in self.readers if recipient in map(_recipient, r.to)), None)

    @property
    def recipients(self) -> tuple[str, ...]:
        """How the sent log calls them."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise ConfigError where it cannot work at all. Asks no one."""

    def opened(self, sender: str) -> AbstractContextManager[Post]:
        """Make ready for messages from `sender`, an address; what it needs is connected to at the first one."""
        raise NotImplementedError


class Mail(Carrier):
    """Mails, one for each of `to`. Bounces go to `return_path`, or to the sender."""

    to: Annotated[tuple[str, ...], AfterValidator(_mailboxes)] = Field(min_length=1, max_length=RECIPIENTS)
    return_path: Annotated[str, AfterValidator(_mailbox)] | None = None

    @property
    def recipients(self) -> tuple[str, ...]:
        """Their addresses, without names."""
        return tuple(_mailbox(text) for text in self.to)

    def written(self, recipient: str) -> str:
        """The address as the settings have it, with its name."""
        return next(text for text in self.to if _mailbox(text) == recipient)


class Smtp(Mail):
    """A mail server.

    `tls`: "implicit" from the first byte, "starttls" before anything is said, "none" on this machine alone;
    by the port where it is not given. `connect_s` bounds each connecting, `command_s` each answer, `data_s` the
    one after a message (RFC 5321 4.5.3.2.6: ten minutes), `deadline_s` all messages of a run.
    """

    kind: ClassVar[str] = "smtp"
    host: str = Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:-]+$")
    port: int = Field(465, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] | None = None
    user_env: str | None = Field(None, pattern=_VARIABLE)
    password_env: str | None = Field(None, pattern=_VARIABLE)
    connect_s: float = Field(20.0, gt=0)
    command_s: float = Field(300.0, gt=0)
    data_s: float = Field(600.0, gt=0)
    deadline_s: float = Field(1800.0, gt=0)

    @property
    def security(self) -> str:
        """How the connection is secured."""
        return self.tls or ("implicit" if self.port == 465 else "starttls")

    @model_validator(mode="after")
    def _safe(self) -> Smtp:
        if self.tls == "none" and not _is_loopback(self.host):
            raise ValueError('tls = "none" is for a server on this machine: mails and logins go nowhere in clear')
        if (self.user_env is None) != (self.password_env is None):
            raise ValueError("user_env and password_env belong together")
        return self

    def check(self) -> None:
        """Raise ConfigError where a variable of the login is not set."""
        for key, variable in (("user_env", self.user_env), ("password_env", self.password_env)):
            if variable and not os.environ.get(variable):
                raise ConfigError(f"{key}: the environment variable {variable} is not set")

    def opened(self, sender: str) -> AbstractContextManager[Post]:
        """One connection for all messages, a new one where it is lost."""
        from briefing.outputs.delivery.smtp import opened

        login = None
        if self.user_env and self.password_env:
            login = os.environ[self.user_env], os.environ[self.password_env]
        return opened(self, self.return_path or sender, login)


class Sendmail(Mail):
    """A mail system's command, given `-i -f SENDER -- RECIPIENT` and the message on its standard input."""

    kind: ClassVar[str] = "sendmail"
    command: tuple[str, ...] = Field(("/usr/sbin/sendmail",), min_length=1)
    deadline_s: float = Field(60.0, gt=0)

    def opened(self, sender: str) -> AbstractContextManager[Post]:
        """One process for each message."""
        from briefing.outputs.delivery.sendmail import opened

        return opened(self.command, self.return_path or sender, self.deadline_s)


class Apprise(Carrier):
    """Services that Apprise knows; `url_env` names the variables that hold their addresses, which are secrets.

    `stories` is how many headlines are told.
    """

    kind: ClassVar[str] = "apprise"
    url_env: tuple[Annotated[str, Field(pattern=_VARIABLE)], ...] = Field(min_length=1, max_length=RECIPIENTS)
    stories: int = Field(8, ge=1, le=50)

    @property
    def recipients(self) -> tuple[str, ...]:
        """The names of the variables."""
        return tuple(dict.fromkeys(self.url_env))

    def check(self) -> None:
        """Raise ConfigError where Apprise is not installed, or a variable holds no address of a service it knows."""
        from briefing.outputs.delivery.channels import check

        check(self.recipients)

    def opened(self, sender: str) -> AbstractContextManager[Post]:  # noqa: ARG002 - services know no sender
        """One exchange for each service."""
        from briefing.outputs.delivery.channels import opened

        return opened()


Kind = type[Smtp] | type[Sendmail] | type[Apprise]
_KINDS: dict[str, Kind] = {kind.kind: kind for kind in (Smtp, Sendmail, Apprise)}


def carriers(tables: object) -> tuple[Carrier, ...]:
    """The carriers of the `[[delivery]]` tables. Raises ConfigError with one line for each fault."""
    if not isinstance(tables, list):
        raise ConfigError("delivery: each should be a table under [[delivery]], in double brackets")
    made: list[Carrier] = []
    faults = []
    for number, table in enumerate(tables):
        try:
            made.append(_carrier(table, f"delivery[{number}]"))
        except ConfigError as error:
            faults += str(error).splitlines()
    names = [carrier.name for carrier in made]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        faults.append(f"delivery: {names.count(name)} tables are called {name!r}; give each a `name` of its own")
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(made)


def checked(carriers: Iterable[Carrier]) -> None:
    """Raise ConfigError, with a line for each fault, where what the carriers need is not there."""
    faults = []
    for carrier in carriers:
        try:
            carrier.check()
        except ConfigError as error:
            faults += [f"delivery {carrier.name!r}: {line}" for line in str(error).splitlines()]
    if faults:
        raise ConfigError("\n".join(faults))


def _carrier(table: object, where: str) -> Carrier:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: should be a table, with one `key = value` on each line")
    kind = _KINDS.get(str(table.get("kind")))
    if kind is None:
        raise ConfigError(f"{where}.kind: {table.get('kind')!r} is none of {', '.join(_KINDS)}")
    fields: dict[str, Any] = {"name": kind.kind, **{key: value for key, value in table.items() if key != "kind"}}
    try:
        # By way of JSON, as in plugins.make.
        return kind.model_validate_json(json.dumps(fields, default=str), strict=True)
    except ValidationError as error:
        raise ConfigError("\n".join(plugins.problems(error, kind, f"{where}."))) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
