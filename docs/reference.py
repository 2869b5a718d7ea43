"""The three pages that are made from the code: every setting, every command, and every field of `briefing.json`.

    python -m docs.reference        writes docs/configuration.md, docs/commands.md and docs/fields.md

A setting's type, default and bounds come from the record that takes it, what it does from the comment above it in the
file that `briefing init` writes: what a user reads there and here is the same. A test fails where a page is stale, or a
setting has no comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import click
from pydantic import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError, TypeAdapter

from briefing import config, plugins
from briefing.cli import cli
from briefing.config import Config
from briefing.outputs import json as edition
from briefing.outputs.delivery.carriers import Apprise, Sendmail, Smtp
from briefing.types import Record

FOLDER = Path(__file__).parent
_HEAD = re.compile(r"(?:# ?)?(\[{1,2}[a-z][\w.]*\]{1,2})$")
_SHOWN = re.compile(r"(?:# ?)?([a-z_]+) = (.+)$")
_WIDTH = 100
# The first table of a head that stands there more than once.
_FIRST = {"[[sources]]": "[[sources]] files"}
# Settings of the head that are made of tables in a way of their own, with a place on the page for each kind.
_APART = frozenset({"sources", "analyst", "outputs", "delivery"})
# Tables that take some settings as another one does.
_ALIKE = {"embedding": ("[model]",)}
_MODEL = (
    "The language model that writes the stories. `fallbacks` lists models that are asked after it, as names or as"
    " tables like this one. `[model.checker]` and `[model.judge]` take the same settings."
)
_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`"}
_PLURAL = {"string": "texts", "integer": "whole numbers", "number": "numbers"}
_BOUNDS = {
    "minimum": "≥\u00a0{:,}",
    "exclusiveMinimum": ">\u00a0{:,}",
    "maximum": "≤\u00a0{:,}",
    "maxLength": "≤\u00a0{:,} characters",
}
# Not what a setting does, but where to look.
_ELSEWHERE = "As for "
_ABOVE = "As said above."
_HINT = 'Remove "# " from the lines you want.'
_COLUMNS = "| setting | value | default | what it does |\n|---|---|---|---|"
_MADE = "<!-- Made by `python -m docs.reference`: do not edit. -->\n"
_CONFIGURATION = f"""{_MADE}
# Every setting

`briefing init` writes `briefing.toml` with all of these as comments. An unknown setting is an error that names its
place and what may be meant. Relative paths are relative to the folder of the file. A secret never stands in it, only
the NAME of the environment variable that holds it. Tables in double brackets may stand there more than once.

"""
_COMMANDS = f"""{_MADE}
# Every command

What each command says with `--help`. Errors are one line on standard error, and the exit code says which kind.

"""
_FIELDS = f"""{_MADE}
# Every field of the data

The records of `briefing.json`, from its JSON Schema; [the data](json.md) says what they are for. Readers ignore fields
they do not know.

"""


class Shown(NamedTuple):
    """A setting as the commented file shows it: the comment above it, and its value there."""

    comment: str
    value: str


class Table(NamedTuple):
    """A table of the settings: its head, the record that takes it, where its comments stand, what is no key of it.

    `sections` are tables of the commented file, in the order in which they are searched.
    """

    head: str
    record: type[Record]
    sections: tuple[str, ...]
    says: str
    without: frozenset[str] = frozenset()


def tables() -> tuple[Table, ...]:
    """Every table there is, in the order of the page."""
    sources, delivery = ("[[sources]] feed", "[[sources]] files"), "[[delivery]] smtp"
    told = frozenset({"model", "fallbacks", "language"})
    return (
        Table("The head of the file", Config, ("",), "Before all tables.", _APART | plain().keys()),
        _source("files", "Files and folders, with everything below them."),
        _source("feed", "RSS, Atom or JSON Feed.", *sources),
        _source("opml", "All feeds of a list, read anew each time.", *sources),
        _source("web", "Pages of a site that has no feed.", *sources),
        _source("mail", "Newsletters and other mail in files.", *sources),
        _source("imap", "A folder on a mail server, over TLS.", "[[sources]] mail", *sources),
        _source("stdin", "What is piped in; `briefing build -` needs no table.", *sources),
        Table("[analyst]", _plugin("analysts", "extractive"), ("[analyst]",), "Who tells the stories without a model."),
        Table("[model]", _plugin("models", "litellm"), ("[model]",), _MODEL),
        Table('[model], kind = "replay"', _plugin("models", "replay"), (), "Answers that were recorded, and no model."),
        Table("[analyst], beside a [model]", _plugin("analysts", "llm"), ("[analyst] llm", "[analyst]", "[model]"),
              "How the model is asked to tell the stories.", told),
        *(_plain(f"[{key}]", record, *_ALIKE.get(key, ())) for key, record in plain().items()),
        *(_plain(f"[outputs.{name}]", _plugin("outputs", name)) for name in shipped("outputs") if _settable(name)),
        Table('[[delivery]], kind = "smtp"', Smtp, (delivery,), "By a mail server."),
        Table('[[delivery]], kind = "sendmail"', Sendmail, ("[[delivery]] sendmail", delivery),
              "By a mail system of this machine."),
        Table('[[delivery]], kind = "apprise"', Apprise, ("[[delivery]] apprise", delivery),
              "To Slack, Telegram, Matrix, ntfy, webhooks and others."),
    )  # fmt: skip


def plain() -> dict[str, type[Record]]:
    """The tables that are one record each, by the key of the configuration."""
    found = {}
    for key, field in Config.model_fields.items():
        union = get_args(field.annotation) if get_origin(field.annotation) in {Union, UnionType} else ()
        for one in (field.annotation, *union):
            if isinstance(one, type) and issubclass(one, Record):
                found[key] = one
    return found


def _plain(head: str, record: type[Record], *further: str) -> Table:
    """A table of which the commented file says what it is for."""
    says = shown().get(head, {}).get("", Shown("", "")).comment
    return Table(head, record, (head, *further), says.replace(_HINT, "").strip())


def _settable(output: str) -> bool:
    return bool(_plugin("outputs", output).model_fields)


def _source(kind: str, says: str, *further: str) -> Table:
    return Table(f'[[sources]], kind = "{kind}"', _plugin("sources", kind), (f"[[sources]] {kind}", *further), says)


def shipped(kind: plugins.Kind) -> tuple[str, ...]:
    """The plugins of a kind that are ours."""
    return tuple(name for name in plugins.names(kind) if plugins.load(kind, name).__module__.startswith("briefing."))


def _plugin(kind: plugins.Kind, name: str) -> type[Record]:
    return plugins.load(kind, name)


@cache
def shown() -> Mapping[str, Mapping[str, Shown]]:
    """What the commented file shows, by table and key. Tables of one head are told apart by their `kind`."""
    found: dict[str, dict[str, Shown]] = {"": {}}
    name, comment, fresh = "", "", True
    for line in config.starter().splitlines():
        if head := _HEAD.match(line):
            name = _FIRST.get(head[1], head[1])
            found.setdefault(name, {}).setdefault("", Shown(comment, ""))
            comment, fresh = "", True
        elif setting := _SHOWN.match(line):
            if setting[1] == "kind":
                name = f"{name.split()[0]} {setting[2].strip(chr(34))}".replace("[analyst] extractive", "[analyst]")
            found.setdefault(name, {}).setdefault(setting[1], Shown(comment, setting[2]))
            fresh = True
        elif line.startswith("#"):
            text = line.lstrip("#").strip()
            comment, fresh = text if fresh else f"{comment} {text}".strip(), False
        else:
            comment, fresh = "", True
    return found


def description(table: Table, key: str) -> str:
    """What a setting does; "" where neither its record nor the commented file says."""
    own = f"[[{table.head.partition(',')[0].strip('[]')}.{key}]]"
    places = (*((section, key) for section in table.sections), (own, ""))
    said = (shown().get(section, {}).get(name, Shown("", "")).comment for section, name in places)
    given = table.record.model_fields[key].description or next(
        (text for text in said if text and not text.startswith(_ELSEWHERE)), ""
    )
    # The words above a table may speak of each of its settings.
    first = shown().get(table.sections[0], {}) if table.sections else {}
    above = _ABOVE if key in first and "" in first and first[""].comment else ""
    return (given or above).replace("|", "\\|").replace("<", "&lt;")


def keys(table: Table) -> tuple[str, ...]:
    """The settings of a table, in the order of the commented file. What a run puts into a record is none."""
    own = [key for section in table.sections[:1] for key in shown().get(section, {})]
    fields = [key for key, field in table.record.model_fields.items() if not field.exclude and key not in table.without]
    if table.record is Config:
        fields = [key for key in fields if _schema(table, key) is not None]
    return tuple(sorted(fields, key=lambda key: own.index(key) if key in own else len(own)))


def configuration() -> str:
    """The page of all settings."""
    return _CONFIGURATION + "\n".join(_table(table) for table in tables())


def commands() -> str:
    """The page of all commands: what each says of itself with `--help`."""
    return _COMMANDS + "\n".join(_help(("briefing",), cli, None))


def fields() -> str:
    """The page of all fields of `briefing.json`, by the record they stand in."""
    described = edition.schema()
    records = {"Briefing": described, **dict(sorted(described["$defs"].items()))}
    return _FIELDS + "\n".join(_record(name, record) for name, record in records.items())


def _record(name: str, record: Mapping[str, Any]) -> str:
    rows = (f"| `{key}` | {_field(field)} |" for key, field in record.get("properties", {}).items())
    says = record.get("description", "").partition("\n\n")[0].replace("\n", " ").replace("<", "&lt;")
    return "\n".join((f"## {name}\n\n{says}\n\n| field | value |\n|---|---|", *rows, ""))


def _field(schema: Mapping[str, Any]) -> str:
    """What stands in a field: another record is linked."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if several := schema.get("anyOf"):
        return " or ".join(map(_field, several))
    if schema.get("type") == "array":
        return f"list of {_field(schema.get('items', {}))}"
    if isinstance(inner := schema.get("additionalProperties"), dict):
        return f"table of {_field(inner)}"
    return "null" if schema.get("type") == "null" else _values(schema)


def _table(table: Table) -> str:
    rows = (
        f"| `{key}` | {_kind(table, key)} | {_default(table, key)} | {description(table, key)} |" for key in keys(table)
    )
    head = table.head if table.head[0] != "[" else f"`{table.head}`"
    return "\n".join((f"## {head}\n\n{table.says}\n\n{_COLUMNS}", *rows, ""))


def _schema(table: Table, key: str) -> Mapping[str, Any] | None:
    """The JSON Schema of a setting; None for a table whose kind names its record."""
    field = table.record.model_fields[key]
    try:
        return TypeAdapter(Annotated[field.annotation, key, *field.metadata]).json_schema()
    except (PydanticInvalidForJsonSchema, PydanticSchemaGenerationError):
        return None


def _kind(table: Table, key: str) -> str:
    """What values a setting takes."""
    schema = _schema(table, key) or {}
    several = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return " or ".join(map(_values, several or [schema]))


def _values(schema: Mapping[str, Any]) -> str:
    if named := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return ", ".join(f'`"{value}"`' for value in named)
    if schema.get("type") == "array":
        items = schema.get("items", {})
        return f"list of {_PLURAL.get(str(items.get('type')), 'texts or tables' if 'anyOf' in items else 'tables')}"
    if schema.get("format") == "path":
        return "path"
    bounds = (words.format(schema[name]) for name, words in _BOUNDS.items() if name in schema)
    return ", ".join((_TYPES.get(str(schema.get("type", "object")), "table"), *bounds))


def _default(table: Table, key: str) -> str:
    field = table.record.model_fields[key]
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}, ""):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{one}"' for one in value) + "]`"
    return f"`{value:_}`" if isinstance(value, int | float) else f'`"{value}"`'


def _help(path: tuple[str, ...], command: click.Command, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(command, info_name=path[-1], parent=parent, terminal_width=_WIDTH, max_content_width=_WIDTH,
                            help_option_names=["-h", "--help"])  # fmt: skip
    yield f"## `{' '.join(path)}`\n\n```text\n{command.get_help(context)}\n```\n"
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        yield from _help((*path, name), inner, context)


PAGES = {"configuration.md": configuration, "commands.md": commands, "fields.md": fields}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
