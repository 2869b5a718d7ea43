"""Mails to a mail system on this machine, by the command that Sendmail, Postfix, Exim, OpenSMTPD and msmtp share.

What it has taken stands in its own queue; whether it reached anyone is not told.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from subprocess import PIPE, STDOUT

from briefing.outputs.delivery.outbox import Outcome, Post, said

# Of what it says.
_BYTES = 2000


@contextmanager
def opened(command: tuple[str, ...], sender: str, deadline_s: float) -> Iterator[Post]:
    """A function that hands one message over."""
    yield partial(_post, command, sender, deadline_s)


def _post(
    command: tuple[str, ...], sender: str, deadline_s: float, recipient: str, content: bytes, intent: Callable[[], None]
) -> Outcome:
    # No `-t`: whom a message goes to is never read from the message.
    arguments = [*command, "-i", "-f", sender, "--", recipient]
    intent()
    try:
        child = subprocess.Popen(  # noqa: S603 - the command is the user's own
            arguments, stdin=PIPE, stdout=PIPE, stderr=STDOUT, start_new_session=True
        )
    except OSError as error:
        return Outcome("pending", f"{command[0]} cannot be started ({error.strerror})", stop=True)
    try:
        # Local commands take lines as files have them.
        words, _ = child.communicate(content.replace(b"\r\n", b"\n"), deadline_s)
    except subprocess.TimeoutExpired:
        return Outcome("unknown", f"{command[0]} did not end within {deadline_s:g} seconds")
    finally:
        _end(child)
    return _outcome(command[0], child.returncode, said(words[:_BYTES]))


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the command and what it started, where it goes on."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for stream in (child.stdin, child.stdout):
        if stream:
            stream.close()


def _outcome(command: str, code: int, words: str) -> Outcome:
    reply = f"{command} exited with {code}" + (f": {words}" if words else "")
    if code == 0:
        return Outcome("sent", f"taken by {command}" + (f": {words}" if words else ""))
    if code < 0:
        return Outcome("unknown", f"{command} was ended by signal {-code}")
    if code == os.EX_TEMPFAIL:
        return Outcome("deferred", reply)
    # What the settings are to blame for, as a login (msmtp: EX_NOPERM), is no fault of the recipient.
    if code in (os.EX_USAGE, os.EX_NOPERM, os.EX_CONFIG):
        return Outcome("pending", reply, stop=True)
    return Outcome("refused", reply)
