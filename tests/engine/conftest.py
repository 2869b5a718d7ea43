"""The engine, started once a module; without its packages these tests skip and say so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engine import Engine, running, write_model
from tests.models.asking import imported, key, nothing_printed_and_no_secret_told  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The random weights, as a file."""
    for package in ("xllamacpp", "gguf"):
        pytest.importorskip(package, reason=f"{package} is not installed: no inference engine", exc_type=ImportError)
    path = tmp_path_factory.mktemp("engine") / "random.gguf"
    write_model(path)
    return path


@pytest.fixture(scope="module")
def engine(model_file: Path) -> Iterator[Engine]:
    """An engine with room for any prompt."""
    with running(model_file) as serving:
        yield serving


@pytest.fixture(scope="module")
def small_engine(model_file: Path) -> Iterator[Engine]:
    """An engine with less room than the instructions alone take."""
    with running(model_file, context=2_048) as serving:
        yield serving


@pytest.fixture
def own_engine(model_file: Path) -> Iterator[Engine]:
    """An engine to kill."""
    with running(model_file) as serving:
        yield serving
