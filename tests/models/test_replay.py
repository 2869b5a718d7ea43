"""Exchanges recorded once and replayed without the model."""

import json

import pytest

from briefing import plugins
from briefing.errors import ConfigError
from briefing.models import Model, ModelError, Reply, Request, Usage
from briefing.models.replay import Replay
from briefing.models.scripted import Scripted


def asked(prompt="The ferry stops", **fields):
    return Request(
        **{
            "system": "s",
            "prompt": prompt,
            "answer_schema": {"type": "object"},
            "schema_name": "story",
            "max_output_tokens": 9,
            "deadline_s": 1,
            **fields,
        }
    )


class Real:
    """Stands for a paid model."""

    name, host = "openai/gpt-4o-mini", "api.openai.com"

    def __init__(self):
        self.calls = 0

    def key(self):
        return '{"name": "openai/gpt-4o-mini"}'

    def complete(self, request):
        self.calls += 1
        if "war" in request.prompt:
            raise ModelError("refusal", "openai/gpt-4o-mini: no", usage=Usage(tokens_in=5))
        text = f"{request.prompt} é \u2028 #{self.calls}"
        return Reply(text=text, model="gpt-4o-mini-2024-07-18", host=self.host, usage=Usage(tokens_in=5, cost_usd=1.0))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recording"


def test_a_replay_gives_what_was_recorded_and_costs_nothing(folder):
    recording = Replay(folder=folder, record=Real())
    first = recording.complete(asked())
    replay = Replay(folder=folder)
    second = replay.complete(asked(deadline_s=99, answer_format="plain"))
    assert (second.text, second.model) == (first.text, first.model)
    assert (second.host, second.usage) == ("", Usage(cost_usd=0.0, requests=0))
    assert isinstance(replay, Model)
    assert (replay.name, replay.key()) == (recording.name, recording.key())
    assert (replay.host, recording.host) == ("", "api.openai.com")


def test_faults_are_recorded_too(folder):
    with pytest.raises(ModelError) as first:
        Replay(folder=folder, record=Real()).complete(asked("war"))
    with pytest.raises(ModelError) as second:
        Replay(folder=folder).complete(asked("war"))
    assert str(first.value) == str(second.value)
    assert second.value.kind == "refusal"


def test_recording_always_asks_and_the_last_reply_stays(folder):
    real = Real()
    recording = Replay(folder=folder, record=real)
    recording.complete(asked())
    last = recording.complete(asked())
    assert real.calls == 2
    assert Replay(folder=folder).complete(asked()).text == last.text


@pytest.mark.parametrize(
    "change", [{"system": "t"}, {"answer_schema": {}}, {"schema_name": "part"}, {"max_output_tokens": 8}]
)
def test_another_request_was_not_recorded(folder, change):
    Replay(folder=folder, record=Real()).complete(asked())
    with pytest.raises(ModelError, match="not recorded") as caught:
        Replay(folder=folder).complete(asked(**change))
    assert caught.value.scope == "story"


def test_the_files_are_readable_text(folder):
    Replay(folder=folder, record=Real()).complete(asked())
    files = sorted(folder.glob("*.json"))
    assert len(files) == 2
    exchange = json.loads(next(path for path in files if path.stem != "recording").read_text("ascii"))
    assert exchange["prompt"] == "The ferry stops"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"system": "s", "prompt": "p", "answer_schema": {}}'])
def test_a_damaged_exchange_is_a_fault_of_its_story(folder, damage):
    Replay(folder=folder, record=Real()).complete(asked())
    next(path for path in folder.glob("*.json") if path.stem != "recording").write_text(damage)
    with pytest.raises(ModelError) as caught:
        Replay(folder=folder).complete(asked())
    assert (caught.value.kind, caught.value.scope) == ("invalid", "story")


def test_a_folder_without_a_recording_is_named(folder):
    with pytest.raises(ConfigError, match="holds no recording"):
        Replay(folder=folder).key()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be written"):
        Replay(folder=tmp_path / "file", record=Real()).complete(asked())


def test_the_model_to_record_is_made_from_its_table(folder, tmp_path, monkeypatch):
    made = []

    def make(kind, table, where, root):
        made.append((kind, table, root))
        return Scripted(answer=lambda request: "{}")

    monkeypatch.setattr(plugins, "make", make)
    table = json.dumps({"folder": "recording", "record": {"name": "openai/x"}})
    replay = Replay.model_validate_json(table, strict=True, context={"root": tmp_path})
    assert made == [("models", {"kind": "litellm", "name": "openai/x"}, tmp_path)]
    assert replay.complete(asked()).text == "{}"
    assert (folder / "recording.json").is_file()


def test_an_exchange_tells_what_was_used_and_how_long_it_took(folder):
    Replay(folder=folder, record=Real()).complete(asked())
    exchange = Replay(folder=folder).exchange(asked())
    assert exchange.reply.usage == Usage(tokens_in=5, cost_usd=1.0)
    assert 0 <= exchange.seconds < 60


def test_an_exchange_recorded_without_its_seconds_is_replayed(folder):
    Replay(folder=folder, record=Real()).complete(asked())
    path = next(path for path in folder.glob("*.json") if path.stem != "recording")
    kept = json.loads(path.read_text("ascii"))
    path.write_text(json.dumps({key: value for key, value in kept.items() if key != "seconds"}))
    assert Replay(folder=folder).complete(asked()).text == kept["reply"]["text"]
