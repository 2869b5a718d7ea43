"""Every command that a page shows is run: as it stands there, in a shell, against hosts on this machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import places
from tests.docs.blocks import ALL, COMMANDS, ROOT, Block
from tests.docs.places import World
from tests.sources.servers import certificates

CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
RUN_BY_CI = frozenset({"main-job", "tests"})
WITH_COMMANDS = tuple(dict.fromkeys(block.page for block in COMMANDS))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = certificates(tmp_path_factory.mktemp("certificates"))
    with places.world(made, tmp_path_factory.mktemp("home")) as hosts:
        yield hosts


def is_left_out(block: Block) -> bool:
    return bool(block.noted("not run")) or block.note in RUN_BY_CI


def as_shown(expected: str) -> str:
    """A pattern for an output: "…" stands for anything, space for any space."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in expected.split("…")]
    return r".*".join(parts)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_do_what_it_says(page: str, opened: World, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    folder, memory = places.desk(tmp_path / "desk"), tmp_path / "memory"
    for number, block in enumerate(one for one in ALL if one.page == page):
        if target := block.noted("append to"):
            with (folder / target).open("a", encoding="utf-8") as file:
                file.write(f"\n{opened.here(block.text)}")
        if not block.is_commands or is_left_out(block):
            if block.note == "main-job":
                # As it ends, in an environment that stands already.
                places.run(block.text.rpartition("&&")[2], folder, opened.variables)
            continue
        if place := block.noted("in"):
            apart = tmp_path / f"{number}-{place}"
            apart.mkdir()
            login = places.prepared(place, apart, opened)
            printed = places.run(block.text, apart, {**opened.variables, **login}).stdout
        else:
            printed = places.in_turn(block, folder, opened, memory)
        assert re.search(as_shown(block.prints), printed, re.DOTALL), f"{block.name} prints\n{printed}"


def test_what_is_not_run_says_why_and_is_little() -> None:
    left_out = [block for block in COMMANDS if is_left_out(block)]
    for block in left_out:
        assert block.note in RUN_BY_CI or len(block.noted("not run")) > 20, block.name
    for block in left_out:
        assert block.note not in RUN_BY_CI or f"readme {block.note} " in CI, block.name
    counted = {page: sum(block.page == page for block in left_out) for page in WITH_COMMANDS}
    assert {page: count for page, count in counted.items() if count} == {
        "README.md": 3,
        "CONTRIBUTING.md": 1,
        "docs/choosing-a-model.md": 3,
        "docs/tutorial.md": 2,
    }


def test_every_note_is_one_that_is_known() -> None:
    for block in ALL:
        head = block.note.partition(":")[0]
        assert head in {"", "not run", "in", "append to", "not settings", *RUN_BY_CI}, block.name
        assert not block.noted("in") or block.noted("in") in {"model", "mail", "edition"}, block.name
        assert block.kind, f"{block.name}: say what the block is"
