"""The real litellm against loopback servers of embeddings: protocols, the cache, faults, secrets."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from briefing.cache import Cache
from briefing.models import ModelError
from briefing.models.embedding import Embedder, Embedding
from briefing.models.gate import Gate
from tests.models.asking import KEY, QUIET, imported, key, nothing_printed_and_no_secret_told  # noqa: F401 - fixtures
from tests.models.bilingual import meaning, understanding
from tests.models.servers import HTML, JSON, Got, Say, embeddings, error, ollama_embeddings, serving

pytestmark = QUIET
TEXTS = ("The ferry ran aground in fog", "Die Fähre lief im Nebel auf Grund", "Fire in the bakery")


def ollama(got: Got) -> Say:
    return Say(ollama_embeddings([meaning(text) for text in got.body["input"]]))


def gemini(got: Got) -> Say:
    sent = [request["content"]["parts"][0]["text"] for request in got.body["requests"]]
    return Say({"embeddings": [{"values": meaning(text)} for text in sent]})


PROVIDERS = {
    "openai": ("openai/text-embedding-3-small", "/v1", understanding, "/v1/embeddings"),
    "local": ("openai/some-server", "/v1", understanding, "/v1/embeddings"),
    "vllm": ("hosted_vllm/e5", "/v1", understanding, "/v1/embeddings"),
    "mistral": ("mistral/mistral-embed", "/v1", understanding, "/v1/embeddings"),
    "gemini": (
        "gemini/gemini-embedding-001",
        "/v1beta",
        gemini,
        "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    ),
    "ollama": ("ollama/bge-m3", "", ollama, "/api/embed"),
}


def embedding(server, model="openai/embed-1", path="/v1", **fields):
    settings = {"api_key_env": "BRIEFING_TEST_KEY", "first_wait_s": 0.01, **fields}
    return Embedding(model=model, api_base=server.base + path, **settings)


def embedder(folder, settings, refresh=False, **gate):
    return Embedder(settings, Gate(**gate), Cache(folder=folder), refresh)


def failed(embed, texts=TEXTS):
    with pytest.raises(ModelError) as caught:
        embed(texts)
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def sent(server):
    return [text for got in server.got for text in got.body["input"]]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_gives_the_vectors_of_the_texts_in_their_order(provider, tmp_path):
    name, path, answer, end = PROVIDERS[provider]
    with serving(answer) as server:
        gate = Gate()
        found = Embedder(embedding(server, name, path), gate, Cache(folder=tmp_path))(TEXTS)
    assert [list(vector) for vector in found] == [pytest.approx(meaning(text)) for text in TEXTS]
    assert [got.path for got in server.got] == [end]
    assert (gate.meter.requests, gate.meter.hosts) == (1, (server.host,))
    assert gate.meter.tokens_in > 0


@pytest.mark.parametrize("provider", sorted(PROVIDERS.keys() - {"ollama"}))
def test_the_key_goes_in_a_header_only(provider, tmp_path):
    """To Ollama litellm sends none with embeddings."""
    name, path, answer, _ = PROVIDERS[provider]
    with serving(answer) as server:
        embedder(tmp_path, embedding(server, name, path))(TEXTS)
    (got,) = server.got
    assert KEY in str(got.headers)
    assert KEY not in got.path + str(got.body)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_redirect_is_followed(provider, tmp_path):
    name, path, answer, end = PROVIDERS[provider]
    with serving(answer) as other, serving(Say(status=307, headers={"location": other.base + end})) as server:
        fault = failed(embedder(tmp_path, embedding(server, name, path)))
    assert other.got == []
    assert (fault.kind, fault.scope) == ("not-found", "run")


def test_a_base_of_yours_does_not_get_the_providers_key(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(understanding) as server:
        embedder(tmp_path, Embedding(model="openai/local", api_base=server.base + "/v1"))(TEXTS)
    assert KEY not in str(server.got)


def test_no_variable_moves_the_text_to_another_host(monkeypatch, tmp_path):
    """The network guard of the tests stands for the provider."""
    with serving(understanding) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base + "/v1")
        failed(
            embedder(tmp_path, Embedding(model="openai/x", api_key_env="BRIEFING_TEST_KEY", attempts=1, timeout_s=5))
        )
    assert server.got == []


def test_the_price_is_known_of_a_model_that_litellm_lists(tmp_path):
    """text-embedding-3-small: 0.02 USD a million tokens; the server counts 40."""
    with serving(understanding) as server:
        gate = Gate()
        Embedder(embedding(server, "openai/text-embedding-3-small"), gate, Cache(folder=tmp_path))(TEXTS)
    assert gate.meter.cost_usd == pytest.approx(40 * 0.02 / 1e6)


def test_vectors_come_in_the_order_of_the_texts_whatever_the_servers(tmp_path):
    def backwards(got):
        body = embeddings([meaning(text) for text in got.body["input"]])
        return Say({**body, "data": body["data"][::-1]})

    with serving(backwards) as server:
        found = embedder(tmp_path, embedding(server))(TEXTS)
    assert list(found[0]) == pytest.approx(meaning(TEXTS[0]))


def test_dimensions_prefix_and_options_are_sent(tmp_path):
    with serving(understanding) as server:
        settings = embedding(server, dimensions=20, prefix="query: ", options={"user": "desk"})
        embedder(tmp_path, settings)(TEXTS)
    (got,) = server.got
    assert got.body["dimensions"] == 20
    assert got.body["user"] == "desk"
    assert got.body["input"] == ["query: " + text for text in TEXTS]


# The cache


def test_a_second_run_asks_nothing_and_gives_the_same(tmp_path):
    with serving(understanding) as server:
        settings = embedding(server)
        first = embedder(tmp_path, settings)(TEXTS)
        again = embedder(tmp_path, settings)
        assert again(TEXTS) == first
        assert (len(server.got), again.hits) == (1, 3)
        assert embedder(tmp_path, settings, offline=True)(TEXTS) == first
        embedder(tmp_path, settings, refresh=True)(TEXTS)
        assert len(server.got) == 2


def test_a_changed_text_asks_for_itself_alone(tmp_path):
    with serving(understanding) as server:
        settings = embedding(server)
        embedder(tmp_path, settings)(TEXTS)
        embedder(tmp_path, settings)(("The ferry is afloat", *TEXTS[1:]))
    assert sent(server)[3:] == ["The ferry is afloat"]


@pytest.mark.parametrize(
    "change", [{"model": "openai/embed-2"}, {"prefix": "x "}, {"dimensions": 20}, {"options": {"user": "a"}}]
)
def test_other_settings_are_asked_anew(change, tmp_path):
    with serving(understanding) as server:
        embedder(tmp_path, embedding(server))(TEXTS)
        embedder(tmp_path, embedding(server).replace(**change))(TEXTS)
    assert len(server.got) == 2


def test_how_it_is_asked_changes_no_vector():
    settings = Embedding(model="openai/x", api_base="https://user:pa55word@models.example/v1", api_key_env="SOME_KEY")
    assert "pa55word" not in settings.key()
    for change in ({"api_key_env": None}, {"attempts": 1}, {"timeout_s": 1.0}, {"batch": 1}, {"threshold": 0.5}):
        assert settings.replace(**change).key() == settings.key()


def test_a_damaged_entry_is_asked_for_again(tmp_path):
    with serving(understanding) as server:
        settings = embedding(server)
        first = embedder(tmp_path, settings)(TEXTS)
        for entry in tmp_path.rglob("*.json"):
            entry.write_text(entry.read_text()[:-9])
        assert embedder(tmp_path, settings)(TEXTS) == first
    assert len(server.got) == 2


def test_batches_hold_so_many_texts_and_may_be_asked_side_by_side(tmp_path):
    together = threading.Barrier(3, timeout=10)

    def answer(got):
        together.wait()
        return understanding(got)

    texts = [f"ferry {number}" for number in range(5)]
    with serving(answer) as server, ThreadPoolExecutor(3) as pool:
        found = embedder(tmp_path, embedding(server, batch=2))((*texts, texts[0]), pool.map)
    assert len(found) == 6
    assert found[0] == found[5]
    assert sorted(len(got.body["input"]) for got in server.got) == [1, 2, 2]


def test_offline_nothing_is_asked_and_a_miss_is_said(tmp_path):
    with serving(understanding) as server:
        fault = failed(embedder(tmp_path, embedding(server), offline=True))
        assert server.got == []
    assert fault.kind == "offline"


# Faults


def test_a_rate_limit_is_waited_out(tmp_path):
    with serving(Say(error("slow down"), 429, {**JSON, "retry-after": "1"}), understanding) as server:
        started = time.monotonic()
        assert len(embedder(tmp_path, embedding(server))(TEXTS)) == 3
    assert time.monotonic() - started >= 1
    assert len(server.got) == 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_failing_server_is_asked_as_often_as_set(provider, tmp_path):
    name, path, _, _ = PROVIDERS[provider]
    with serving(Say(b"<html>bad gateway</html>", 502, HTML)) as server:
        fault = failed(embedder(tmp_path, embedding(server, name, path)))
    assert (fault.kind, fault.usage.requests) == ("server", 3)
    assert len(server.got) == 3


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_bad_key_ends_the_run_at_once_and_is_not_told(provider, tmp_path):
    name, path, _, _ = PROVIDERS[provider]
    with serving(Say(error(f"Incorrect API key provided: {KEY}"), 401)) as server:
        fault = failed(embedder(tmp_path, embedding(server, name, path)))
    assert (fault.kind, fault.scope, len(server.got)) == ("auth", "run", 1)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("hang", [Say(before=30), Say(embeddings([[1.0]]), drip="body")])
def test_a_server_that_hangs_is_left_at_the_deadline(provider, hang, tmp_path):
    name, path, _, _ = PROVIDERS[provider]
    with serving(hang) as server:
        started = time.monotonic()
        fault = failed(embedder(tmp_path, embedding(server, name, path, timeout_s=0.5)))
    assert time.monotonic() - started < 3
    assert fault.kind == "timeout"


ROW = [0.5] * 4
SHAPES = {
    "too few": (embeddings([ROW, ROW]), "2 vectors for 3 texts"),
    "too many": (embeddings([ROW] * 4), "4 vectors for 3 texts"),
    "no number": (embeddings([ROW, ROW, [0.5, float("nan"), 0.5, 0.5]]), "finite numbers"),
    "endless": (embeddings([ROW, ROW, [0.5, float("inf"), 0.5, 0.5]]), "finite numbers"),
    "beyond single precision": (embeddings([ROW, ROW, [1e300, 0.5, 0.5, 0.5]]), "finite numbers"),
    "empty": (embeddings([ROW, ROW, []]), "finite numbers"),
    "of two lengths": (embeddings([ROW, ROW, [0.5] * 3]), "vectors of 3 and of 4 numbers"),
    "none at all": (embeddings([]), ""),
    "words": (embeddings([ROW, ROW, ["a", "b", "c", "d"]]), ""),
    "no data": ({"object": "list"}, ""),
    "not JSON": (b"<html>hello</html>", ""),
    "cut": (json.dumps(embeddings([ROW] * 3)).encode()[:60], ""),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("provider", ["openai", "vllm"])
def test_an_answer_that_is_no_vectors_is_refused_and_not_kept(shape, provider, tmp_path):
    name, path, _, _ = PROVIDERS[provider]
    body, told = SHAPES[shape]
    with serving(Say(body)) as server:
        fault = failed(embedder(tmp_path, embedding(server, name, path)))
    assert fault.kind in {"invalid", "connection"}
    assert told in str(fault)
    assert len(server.got) <= 3


def test_a_length_other_than_asked_for_is_refused(tmp_path):
    with serving(understanding) as server:
        fault = failed(embedder(tmp_path, embedding(server, dimensions=512)))
    assert "vectors of 20 numbers; `dimensions` asks for 512" in str(fault)
    assert list(tmp_path.rglob("*.json")) == []


def test_another_model_behind_the_same_name_is_noticed(tmp_path):
    with serving(understanding, lambda got: Say(embeddings([[0.5] * 7 for _ in got.body["input"]]))) as server:
        settings = embedding(server)
        embedder(tmp_path, settings)(TEXTS[:2])
        fault = failed(embedder(tmp_path, settings))
        assert "vectors of 7 and of 20 numbers" in str(fault)
        assert "--refresh" in str(fault)
        assert len(embedder(tmp_path, settings, refresh=True)(TEXTS)[0]) == 7
