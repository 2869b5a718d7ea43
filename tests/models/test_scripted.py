"""Replies written beforehand."""

import json

import pytest

from briefing.errors import ConfigError
from briefing.models import Model, ModelError, Reply, Request
from briefing.models.scripted import Scripted

TOML = """
[[replies]]
match = ["ferry", "Ostrova"]
answer = {headline = "The ferry stops", sentences = []}

[[replies]]
match = "harbour"
schema_name = "part"
text = "not JSON"
model = "tiny-1"

[[replies]]
match = "war"
error = "refusal"

[[replies]]
match = "key"
error = "auth"
scope = "run"
"""


def asked(prompt, schema_name="story"):
    return Request(
        system="s", prompt=prompt, answer_schema={}, schema_name=schema_name, max_output_tokens=9, deadline_s=1
    )


@pytest.fixture
def scripted(tmp_path):
    (tmp_path / "replies.toml").write_text(TOML)
    return Scripted(path=tmp_path / "replies.toml")


def test_the_first_entry_that_matches_answers(scripted):
    reply = scripted.complete(asked("The ferry to Ostrova"))
    assert json.loads(reply.text) == {"headline": "The ferry stops", "sentences": []}
    assert (reply.model, reply.host, reply.usage.cost_usd) == ("scripted", "", 0)


def test_an_entry_may_be_for_one_schema_and_report_another_model(scripted):
    assert scripted.complete(asked("harbour", "part")) == Reply(
        text="not JSON", model="tiny-1", host="", usage=scripted.complete(asked("harbour", "part")).usage
    )
    with pytest.raises(ModelError, match="no entry"):
        scripted.complete(asked("harbour", "story"))


@pytest.mark.parametrize(("prompt", "kind", "scope"), [("war", "refusal", "story"), ("key", "auth", "run")])
def test_an_entry_may_be_a_fault(scripted, prompt, kind, scope):
    with pytest.raises(ModelError) as caught:
        scripted.complete(asked(prompt))
    assert (caught.value.kind, caught.value.scope) == (kind, scope)


def test_json_does_as_well(tmp_path):
    (tmp_path / "r.json").write_text(json.dumps({"replies": [{"answer": {"a": 1}}]}))
    assert Scripted(path=tmp_path / "r.json").complete(asked("anything")).text == '{"a": 1}'


def test_a_function_answers_with_text_a_reply_or_a_fault():
    def answer(request):
        if "war" in request.prompt:
            raise ModelError("refusal", "no")
        return request.prompt if "ferry" in request.prompt else Reply(text="x", model="other", host="")

    model = Scripted(answer=answer)
    assert model.complete(asked("ferry")).text == "ferry"
    assert model.complete(asked("harbour")).model == "other"
    with pytest.raises(ModelError):
        model.complete(asked("war"))


def test_the_key_changes_with_the_file_and_the_name(scripted):
    before = scripted.key()
    assert isinstance(scripted, Model)
    scripted.path.write_text(TOML + "\n")
    assert scripted.key() != before
    assert Scripted(name="a", answer=str).key() != Scripted(name="b", answer=str).key()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("replies = [", "not TOML"),
        ("[[replies]]\nmatch = 'x'", "give one of"),
        ("[[replies]]\ntext = 'x'\nerror = 'length'", "give one of"),
        ("[[replies]]\ntxt = 'x'", "unknown key"),
        ("", "missing"),
    ],
)
def test_a_file_that_is_no_script_is_named(tmp_path, text, told):
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        Scripted(path=tmp_path / "r.toml").complete(asked("x"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml"):
        Scripted(path=tmp_path / "none.toml").complete(asked("x"))


@pytest.mark.parametrize("fields", [{}, {"answer": "x"}, {"answer": str, "path": "x"}])
def test_a_path_or_a_function(fields):
    with pytest.raises(ValueError, match=r"answer|function"):
        Scripted(**fields)
