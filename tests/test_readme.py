"""What the README shows can be run: its settings load, its commands and options exist."""

import re
from pathlib import Path

import pytest

from briefing import config
from briefing.analysts.llm import Llm
from briefing.cli import cli

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
SETTINGS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("shown", SETTINGS, ids=range(len(SETTINGS)))
def test_settings_shown_are_settings_that_load(shown, tmp_path):
    (tmp_path / "exchanges").mkdir()
    path = tmp_path / "briefing.toml"
    path.write_text(f'{shown}\n[[sources]]\npath = "articles"\n', encoding="utf-8")
    loaded = config.load(path)
    assert isinstance(loaded.analyst, Llm) == ("[model]" in shown)
    assert len(loaded.sources) == shown.count("[[sources]]") + 1


def test_four_ways_to_a_model_are_shown():
    assert len(SETTINGS) >= 4
    assert "fallbacks" in "".join(SETTINGS)
    assert 'language = "de"' in "".join(SETTINGS)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_in_the_readme_with_its_options(name):
    assert f"`briefing {name}" in README
    if name == "build":
        options = [o for p in cli.commands[name].params for o in p.opts if o.startswith("--")]
        assert [o for o in options if o not in README] == []
