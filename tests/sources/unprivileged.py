"""Folders and files that refuse: also where the tests run as root, who may read and write everything."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[Path]:
    """An empty folder of a user without privileges, while the process has that user's rights."""
    me = os.geteuid()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if me == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            folder.chmod(0o700)
            os.seteuid(me)
