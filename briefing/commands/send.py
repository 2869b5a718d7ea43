"""`briefing send`: an edition to its readers, to each of them once.

    plan        what each recipient needs, by the sent log; messages are composed and kept before the first is sent
    attempt     intent on disk, bytes handed over, outcome on disk; a line for each recipient
    exit        0 where all have it, else 5

Open messages of earlier days are tried too. Two runs at once are kept apart by a lock on the state folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from briefing import lock, plugins
from briefing.commands import editions, given, reading
from briefing.commands.online import NAME
from briefing.config import Config
from briefing.errors import ConfigError
from briefing.languages.inflections import inflections
from briefing.outputs.delivery import outbox
from briefing.outputs.delivery.carriers import Apprise, Carrier, Mail, checked
from briefing.outputs.delivery.outbox import Entry, Outcome, Post, Step
from briefing.outputs.delivery.sentlog import SentLog, digest
from briefing.outputs.mail.email import Composed, Email, addressed, compose, mailbox
from briefing.stages.interests.profile import Reader, Sections
from briefing.stages.personal import personal
from briefing.state import State
from briefing.text import one_line
from briefing.types import Briefing, Record

DELIVERED, NOT_DELIVERED = 0, 5
_DEFAULT = Path("briefing.toml")


class Options(Record):
    """The arguments of `briefing send`; `wanted` as in `reading.edition_folder`."""

    wanted: str | None = None
    config: Path | None = None
    to: tuple[str, ...] = ()
    again: bool = False
    dry_run: bool = False
    offline: bool = False


class Round(NamedTuple):
    """A carrier and those of its recipients who are meant."""

    carrier: Carrier
    recipients: tuple[str, ...]


Clock = Callable[[], datetime]
Say = Callable[[str], object]


def _now() -> datetime:
    return datetime.now(UTC)


def send_edition(options: Options, say: Say, clock: Clock = _now) -> int:
    """Send an edition by the settings file; the exit code says whether all have it. See `send`."""
    path = options.config or (_DEFAULT if _DEFAULT.exists() else None)
    return send(given.loaded(path), options, say, clock)


def ready(config: Config, options: Options) -> tuple[Round, ...]:
    """Who is to be sent something. Raises ConfigError for what would keep it from being sent; asks no one."""
    if options.offline:
        raise ConfigError("--offline opens no connection, and sending needs one")
    if not config.delivery:
        raise ConfigError("no [[delivery]] table in the settings: nobody to send to")
    rounds = _chosen(config.delivery, options.to)
    checked(one.carrier for one in rounds)
    _settings(config, rounds)
    return rounds


def send(config: Config, options: Options, say: Say, clock: Clock = _now) -> int:
    """Send an edition of `config.out` to whom it has not reached; `say` gets a line for each recipient.

    Raises ConfigError, EvidenceError for a damaged edition, StateError, LockedError where another run is sending.
    """
    rounds = ready(config, options)
    briefing = editions.read(reading.edition_folder(options.wanted, config.out))
    with _log(config.state, one_line(briefing.title), dry=options.dry_run) as log:
        office = _Office(log, briefing, _settings(config, rounds), config.sections, clock)
        plans = [office.plan(one, again=options.again) for one in rounds]
        if options.dry_run:
            lines = [_intention(task) for plan in plans for task in plan.tasks]
            codes = []
        else:
            office.keep(plans)
            lines, codes = [], [office.work(plan, say) for plan in plans]
    for line in (*lines, *(plan.note for plan in plans if plan.note)):
        say(line)
    return max(codes, default=DELIVERED)


class Task(NamedTuple):
    """What to do about one entry; `content` where it was composed just now."""

    step: Step
    entry: Entry
    content: bytes = b""


class Plan(NamedTuple):
    """What one carrier has to do, and why it may have nothing to do."""

    carrier: Carrier
    tasks: tuple[Task, ...]
    note: str


class _Office:
    def __init__(self, log: SentLog, briefing: Briefing, email: Email, sections: Sections, clock: Clock) -> None:
        self._log, self._briefing, self._email, self._clock = log, briefing, email, clock
        self._sections = sections
        self._known = log.entries(briefing.date, clock())
        # Who want the same are sent the same.
        self._for, self._composed = cache(self._made_for), cache(self._composed_for)

    def plan(self, one: Round, *, again: bool) -> Plan:
        """The steps for a carrier's recipients: first what is left of earlier days."""
        mine = [e for e in self._known if e.channel == one.carrier.name and e.recipient in one.recipients]
        now = self._clock()
        tasks = [Task(outbox.outstanding(e, now), e) for e in mine if e.day != self._briefing.date]
        entries = {entry.recipient: entry for entry in mine if entry.day == self._briefing.date}
        wanted = [
            name
            for name in one.recipients
            if one.carrier.send_empty or name in entries or self._tells(one.carrier, name)
        ]
        tasks += [self._task(one.carrier, name, entries.get(name), again=again) for name in wanted]
        return Plan(one.carrier, tuple(tasks), self._left_out(one, wanted))

    def keep(self, plans: Iterable[Plan]) -> None:
        """Record what is known and what is meant to go, before anything goes."""
        tasks = [task for plan in plans for task in plan.tasks]
        self._log.put((task.entry for task in tasks), (task.content for task in tasks if task.content))

    def work(self, plan: Plan, say: Say) -> int:
        """Carry a plan out; returns the exit code for it."""
        stopped: Outcome | None = None
        delivered = True
        with plan.carrier.opened(mailbox(self._email.sender).addr_spec) as post:
            for task in plan.tasks:
                entry, stopped = self._worked(task, post, stopped)
                delivered &= entry.state == "sent"
                say(_told(task.step, entry, self._briefing))
        return DELIVERED if delivered else NOT_DELIVERED

    def _worked(self, task: Task, post: Post, stopped: Outcome | None) -> tuple[Entry, Outcome | None]:
        """The entry after its step, and the outcome that those after it share where it stops them."""
        if task.step == "give up":
            return self._put(outbox.given_up(task.entry, self._clock())), stopped
        if task.step not in ("compose", "resend"):
            return task.entry, stopped
        entry, outcome = (task.entry, stopped) if stopped else self._attempt(post, task.entry)
        return self._put(outbox.settled(entry, outcome, self._clock())), outcome if outcome.stop else None

    def _attempt(self, post: Post, entry: Entry) -> tuple[Entry, Outcome]:
        last = entry

        def intent() -> None:
            nonlocal last
            last = self._put(outbox.begun(entry, self._clock()))

        outcome = post(entry.recipient, self._log.content(entry), intent)
        return last, outcome

    def _put(self, entry: Entry) -> Entry:
        self._log.put([entry])
        return entry

    def _task(self, carrier: Carrier, recipient: str, entry: Entry | None, *, again: bool) -> Task:
        now, revision = self._clock(), self._briefing.revision
        step = outbox.step(entry, revision, now, again=again)
        if step != "compose" and entry:
            return Task(step, entry)
        content = self._content(carrier, recipient)
        made = Entry(
            title=one_line(self._briefing.title), day=self._briefing.date, channel=carrier.name, recipient=recipient,
            revision=revision, digest=digest(content), since=now, at=now,
        )  # fmt: skip
        if entry and entry.revision == revision and not again:
            made = made.replace(since=entry.since)
        return Task(step, made.replace(attempts=entry.attempts) if entry else made, content)

    def _tells(self, carrier: Carrier, recipient: str) -> bool:
        return not self._edition(carrier, recipient).empty

    def _left_out(self, one: Round, wanted: list[str]) -> str:
        if len(wanted) == len(one.recipients):
            return ""
        whom = f" for {', '.join(name for name in one.recipients if name not in wanted)}" if wanted else ""
        return f"{one.carrier.name}: the edition of {self._briefing.date} is empty{whom}, and send_empty is not set"

    def _content(self, carrier: Carrier, recipient: str) -> bytes:
        edition = self._edition(carrier, recipient)
        if isinstance(carrier, Mail):
            composed = self._composed(carrier.reader(recipient))
            return addressed(edition, self._email, carrier.written(recipient), composed)
        from briefing.outputs.delivery.channels import notice

        return notice(edition, self._email, carrier.stories if isinstance(carrier, Apprise) else 1)

    def _edition(self, carrier: Carrier, recipient: str) -> Briefing:
        return self._for(carrier.reader(recipient))

    def _made_for(self, reader: Reader | None) -> Briefing:
        if reader is None:
            return self._briefing
        own = reader if reader.sections else reader.replace(sections=self._sections)
        return personal(self._briefing, own, inflections())

    def _composed_for(self, reader: Reader | None) -> Composed:
        return compose(self._for(reader), self._email)


@contextmanager
def _log(folder: Path, title: str, *, dry: bool) -> Iterator[SentLog]:
    """The sent log, locked; for a dry run only looked at, and not made where there is none."""
    if dry and not (folder / NAME).exists():
        with State.transient() as state:
            yield SentLog(state, title)
        return
    with State.opened(folder / NAME) as state:
        if dry:
            yield SentLog(state, title)
            return
        with lock.held(folder):
            yield SentLog(state, title)


def _chosen(carriers: tuple[Carrier, ...], wanted: tuple[str, ...]) -> tuple[Round, ...]:
    """The recipients that `--to` names, by address or by carrier; all of them without it."""
    names = {name.casefold() for name in wanted}
    known = {text.casefold() for carrier in carriers for text in (carrier.name, *carrier.recipients)}
    for name in sorted(names - known):
        raise ConfigError(f"--to: {name!r} is no recipient of the settings{plugins.suggestion(name, known)}")
    rounds = (
        Round(c, tuple(r for r in c.recipients if not names or {c.name.casefold(), r.casefold()} & names))
        for c in carriers
    )
    return tuple(one for one in rounds if one.recipients)


def _settings(config: Config, rounds: tuple[Round, ...]) -> Email:
    found = config.outputs.get("email")
    email = found if isinstance(found, Email) else Email()
    if any(isinstance(one.carrier, Mail) for one in rounds) and "sender" not in email.model_fields_set:
        raise ConfigError("outputs.email.sender: missing; mails need an address that they come from")
    return email


def _intention(task: Task) -> str:
    words: dict[Step, str] = {
        "compose": f"would send     {_whom(task.entry)}  {len(task.content) / 1024:.0f} kB",
        "resend": f"would resend   {_whom(task.entry)}  {_words(task.entry)}",
        "wait": f"would wait     {_whom(task.entry)}  {_words(task.entry)}",
        "give up": f"would give up  {_whom(task.entry)}  {_words(task.entry)}",
        "leave": f"would leave    {_whom(task.entry)}  {_before(task.entry)}",
    }
    return words[task.step]


def _told(step: Step, entry: Entry, briefing: Briefing) -> str:
    """One recipient's line."""
    words = _before(entry) if step == "leave" else _words(entry)
    other = ""
    if entry.day != briefing.date:
        other = f" (edition of {entry.day})"
    elif entry.revision != briefing.revision:
        other = f" (revision {entry.revision}; --again sends revision {briefing.revision})"
    return f"{entry.state:<8}  {_whom(entry)}{other}  {words}"


def _whom(entry: Entry) -> str:
    return one_line(f"{entry.channel}: {entry.recipient}")


def _words(entry: Entry) -> str:
    """The server's words, and what comes next."""
    following = ""
    if entry.state == "deferred" and entry.next_at:
        following = f"tried again from {_time(entry.next_at)}"
    elif entry.state == "pending":
        following = "tried again by the next run"
    elif entry.state == "unknown":
        following = "may have arrived; "
        following += "sent once more, unchanged, by the next run" if entry.open else "only --again sends it once more"
    elif entry.state == "refused" and entry.unsure:
        following = "but an earlier attempt may have arrived"
    return "; ".join(part for part in (entry.reply, following) if part)


def _before(entry: Entry) -> str:
    return f"since {_time(entry.at)}: {_words(entry)}" + ("; --again tries anew" if entry.state == "refused" else "")


def _time(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
