"""Counting tokens without a download: the o200k_base ranks that litellm ships, else a guess from the length."""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

# tiktoken names a cached file by the SHA-1 of its address, and removes and downloads one whose SHA-256 differs.
_FILE = "fb374d419588a4632f3f557e76b4b70aebbca790"
_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
_BYTES_PER_TOKEN = 3.5
# The pair merging of tiktoken is quadratic in a run of one kind of character; no language has such words.
_RUN = re.compile(r"\S{2000}|\s{2000}")


def count(text: str) -> int:
    """How many tokens a text has in o200k_base; text that looks like a control token counts as text."""
    encoding = None if _RUN.search(text) else _encoding()
    return guess(text) if encoding is None else len(encoding.encode_ordinary(text))


def guess(text: str) -> int:
    """One token for 3.5 bytes of UTF-8, which is near for English and too many for most scripts."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


@cache
def _encoding() -> tiktoken.Encoding | None:
    folder = next((f for f in _folders() if _sound(f / _FILE)), None)
    if folder is None:
        return None
    import tiktoken

    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    return tiktoken.get_encoding("o200k_base")


def _folders() -> list[Path]:
    """The folder the user set, and the one inside litellm, found without the seconds its import takes."""
    found = importlib.util.find_spec("litellm")
    places = (found.submodule_search_locations if found else None) or []
    set_by_user = os.environ.get("TIKTOKEN_CACHE_DIR")
    return [Path(f) for f in [set_by_user] if f] + [Path(p) / "litellm_core_utils" / "tokenizers" for p in places]


def _sound(path: Path) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256
    except OSError:
        return False
