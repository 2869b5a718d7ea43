"""A command on a terminal of its own: a pseudo-terminal that is read until a text has come, and typed into.

with terminal(folder, "init") as shown:
    shown.answer("Title", "The harbour")
    code = shown.ended(CTRL_C)
"""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CTRL_C, CTRL_D = b"\x03", b"\x04"
# Makes the pseudo-terminal the one whose Ctrl-C reaches the command; what runs in the background ignores it by inheritance.
_START = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """What the command has shown, as text."""

    def __init__(self, process: subprocess.Popen[bytes], handle: int, patience_s: float) -> None:
        self._process, self._handle, self._patience_s = process, handle, patience_s
        self._bytes = b""
        self._read_to = 0

    @property
    def text(self) -> str:
        return self._bytes.decode("utf-8", "replace").replace("\r\n", "\n")

    def answer(self, question: str, line: str = "") -> None:
        """Wait for a question that has not been answered yet, and type a line."""
        self.wait(question)
        self.press(f"{line}\n".encode())

    def wait(self, question: str) -> None:
        """Wait until this stands in what came since the last time, at the prompt's ": " where it is the last."""
        deadline = time.monotonic() + self._patience_s
        pattern = re.compile(re.escape(question) + r"[^\n]*: $")
        while not pattern.search(self.text[self._read_to :]):
            assert time.monotonic() < deadline, f"no {question!r} in {self.text[self._read_to :]!r}"
            assert self._more(0.2) or self._process.poll() is None, f"ended before {question!r}: {self.text!r}"
        self._read_to = len(self.text)

    def press(self, keys: bytes) -> None:
        os.write(self._handle, keys)

    def ended(self, keys: bytes = b"") -> int:
        """The exit code, once the command has ended and all it said is read, with `keys` pressed first.

        They are pressed once more after half the time: a Ctrl-C between a prompt and the wait for a key is noticed with the
        next key only (CPython's readline).
        """
        self.press(keys)
        deadline = time.monotonic() + self._patience_s
        again = deadline - self._patience_s / 2
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"did not end: {self.text!r}"
            if keys and time.monotonic() > again:
                self.press(keys)
                again = deadline
            self._more(0.1)
        while self._more(0.05):
            pass
        return self._process.returncode

    def _more(self, wait_s: float) -> bool:
        if not select.select([self._handle], [], [], wait_s)[0]:
            return False
        try:
            came = os.read(self._handle, 65536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self._bytes += came
        return bool(came)


@contextmanager
def terminal(folder: Path, *arguments: str, patience_s: float = 60, **environment: str) -> Iterator[Terminal]:
    """`briefing` with these arguments on a terminal, in a folder; what is not ended is killed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _START, sys.executable, "-m", "briefing", *arguments],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "dumb", **environment},
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(process, ours, patience_s)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
