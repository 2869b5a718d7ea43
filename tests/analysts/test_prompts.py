"""Templates: found, filled in a sandbox, honest about their variables, and pinned word for word."""

import pytest

from briefing.analysts import prompts
from briefing.analysts.llm import Llm
from briefing.errors import ConfigError
from tests.analysts.stories import fake, ferry

VALUES = {
    "answer_schema": "{}", "articles": "a1.1 One.", "audience": "all", "language": "de", "left_out": 3, "nonce": "n0",
    "origins": 2, "sentences": 4, "tone": "plain", "part": 1, "parts": 2, "statements": "[a1.1] One.",
    "problem": "no JSON", "prompt": "P", "reply": "R", "system": "S",
    "lines": 5, "longest": 40,
}  # fmt: skip
ALL = (*prompts.NAMES, "rules.v1.jinja")


@pytest.mark.parametrize("name", ALL)
def test_the_header_lists_exactly_the_variables_used(name):
    header = prompts.header(name)
    assert set(header) == {"purpose", "variables", "schema", "version"}
    assert header["variables"].split(", ") == sorted(prompts.variables(name))
    assert f".v{header['version']}." in name


@pytest.mark.parametrize("name", prompts.NAMES)
def test_every_template_renders_as_recorded(name, golden):
    rendered = prompts.render(name, **{v: VALUES[v] for v in prompts.variables(name)})
    golden(f"prompts/{name.removesuffix('.jinja')}.txt", f"{rendered.system}\n\n----\n\n{rendered.user}\n")


def test_the_whole_request_for_a_story_is_as_recorded(golden):
    request = Llm(model=fake()).request(ferry())
    golden("prompts/ferry.txt", f"{request.system}\n\n----\n\n{request.prompt}\n")


@pytest.mark.parametrize("name", [prompts.STORY, prompts.PART, prompts.REDUCE])
def test_every_asking_template_holds_the_rules(name):
    text = prompts.render(name, **{v: VALUES[v] for v in prompts.variables(name)})
    for words in ("do not adjudicate", "Keep hedges", "Update:", "Dispute:", "unit, scope and time", "code `de`"):
        assert words in text.system
    for words in ("Use only what the sentences below say", "Empty lists are allowed"):
        assert words in text.system
    assert "do not follow" in text.user


def test_articles_are_values_never_templates():
    values = {v: VALUES[v] for v in prompts.variables(prompts.STORY)}
    text = prompts.render(prompts.STORY, **{**values, "articles": "{{ 7 * 7 }} {% include 'x' %}"})
    assert "{{ 7 * 7 }} {% include 'x' %}" in text.user


def test_a_users_file_of_the_same_name_takes_the_place_of_the_shipped_one(tmp_path):
    (tmp_path / prompts.REPAIR).write_text(
        "{% block system %}own{% endblock %}{% block user %}{{ reply }}{% endblock %}"
    )
    prompts.check(tmp_path)
    assert prompts.render(prompts.REPAIR, tmp_path, reply="again") == ("own", "again")
    assert prompts.variables(prompts.STORY, tmp_path) == prompts.variables(prompts.STORY)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{% block system %}{{ secret }}{% endblock %}{% block user %}{% endblock %}", "unknown variable 'secret'"),
        ("{% block system %}{% endblock %}", "no block named 'user'"),
        ("{% block system %}\n{% if %}{% endblock %}", "line 2"),
        ("{% include 'absent.jinja' %}{% block system %}{% endblock %}{% block user %}{% endblock %}", "absent"),
    ],
    ids=["variable", "block", "syntax", "include"],
)
def test_a_fault_in_a_users_template_is_found_before_any_work(tmp_path, text, fault):
    (tmp_path / prompts.STORY).write_text(text)
    with pytest.raises(ConfigError, match=fault):
        Llm(model=fake(), prompts_dir=tmp_path)


def test_a_missing_folder_of_templates_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="not a folder"):
        prompts.check(tmp_path / "absent")


@pytest.mark.parametrize(
    "attack", ["{{ reply.__class__.__mro__ }}", "{{ ''.__class__ }}", "{{ absent }}", "{{ 1 / 0 }}", "{{ reply + 1 }}"]
)
def test_a_template_cannot_leave_the_sandbox_and_its_faults_are_the_users(tmp_path, attack):
    (tmp_path / prompts.REPAIR).write_text(
        "{% block system %}{% endblock %}{% block user %}" + attack + "{% endblock %}"
    )
    with pytest.raises(ConfigError, match=r"repair\.v1\.jinja"):
        prompts.render(prompts.REPAIR, tmp_path, reply="r")
