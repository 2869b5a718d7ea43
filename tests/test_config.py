"""The configuration: defaults, faults named with their place, the file `briefing init` writes."""

import re
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from briefing import config, plugins
from briefing.analysts.llm import Llm
from briefing.config import Config, Keep
from briefing.errors import ConfigError
from briefing.models.budget import Budget
from briefing.models.embedding import Embedding
from briefing.models.gate import Limits
from briefing.models.litellm import LiteLlm
from briefing.outputs.archive import Archive
from briefing.outputs.delivery.carriers import Apprise, Sendmail, Smtp
from briefing.sources.fetching.exchange import Net
from briefing.sources.files import Files
from briefing.stages.interests.profile import Interest, Mute, Reader, Section
from briefing.types import Record


def load(folder: Path, text: str | bytes) -> Config:
    path = folder / "briefing.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config.load(path)


def faults(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    prefix = f"{folder / 'briefing.toml'}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def test_empty_file_gives_the_defaults_and_no_source(tmp_path: Path) -> None:
    loaded = load(tmp_path, "")
    assert (loaded.title, loaded.language, loaded.timezone) == ("Daily briefing", "en", "UTC")
    assert (loaded.formats, loaded.max_stories, loaded.map, loaded.workers) == (
        ("md", "html", "json"),
        30,
        "auto",
        0,
    )
    assert loaded.out == tmp_path / "briefings"
    assert loaded.sources == ()
    assert isinstance(loaded.analyst, plugins.Analyst)


def test_settings_are_taken_and_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    loaded = load(
        tmp_path,
        """
        title = "Port news"
        timezone = "Europe/Oslo"
        out = "out"
        formats = ["md"]
        [[sources]]
        path = "articles"
        [[sources]]
        kind = "files"
        path = "/var/news"
        source = "Norrholm Post"
        max_bytes = 1000
        [analyst]
        kind = "extractive"
        [outputs.markdown]
        """,
    )
    assert loaded.out == tmp_path / "out"
    assert loaded.formats == ("md", "json")
    assert loaded.sources == (
        Files(path=tmp_path / "articles"),
        Files(path=Path("/var/news"), source="Norrholm Post", max_bytes=1000),
    )
    assert [output.extension for output in loaded.renderers()] == ["md", "json"]


def test_relative_path_of_the_file_itself_does_not_change_its_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path, "")
    monkeypatch.chdir(tmp_path)
    assert config.load(Path("briefing.toml")).out == tmp_path / "briefings"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("titel = 'x'", "titel: unknown key; did you mean 'title'? (known: analyst,"),
        ("title = 3", "title: should be a valid string, not 3"),
        ("title = ''", "title: String should have at least 1 character, not ''"),
        ("max_stories = '30'", "max_stories: should be a valid integer, not '30'"),
        ("max_stories = 0", "max_stories: should be greater than or equal to 1, not 0"),
        ("max_stories = true", "max_stories: should be a valid integer, not True"),
        ("timezone = 'Europe/Olso'", "timezone: unknown time zone 'Europe/Olso'; did you mean 'Europe/Oslo'?"),
        ("timezone = 'Europe'", "timezone: unknown time zone 'Europe'"),
        ("timezone = '../../etc/passwd'", "timezone: unknown time zone"),
        ("timezone = ''", "timezone: unknown time zone"),
        ("language = 'English'", "language: String should match pattern"),
        ("map = 'thread'", "map: should be 'auto', 'builtin', 'threads' or 'processes', not 'thread'"),
        ("formats = ['pdf']", "formats: unknown format 'pdf' (known: eml, html, json, md)"),
        ("formats = ['htm']", "formats: unknown format 'htm'; did you mean 'html'?"),
        (
            "[[sources]]\npth = 'x'",
            "sources[0].pth: unknown key; did you mean 'path'? (known: llm, max_bytes, path, section,",
        ),
        ("[[sources]]\npath = 'x'\n[[sources]]\n", "sources[1].path: missing"),
        ("[[sources]]\nkind = 'file'", "sources[0].kind: unknown kind 'file' of sources; did you mean 'files'?"),
        ("[sources]\npath = 'x'", "sources: each should be a table under [[sources]]"),
        ("sources = ['x']", "sources[0]: should be a table"),
        ("analyst = 'extractive'", "analyst: should be a table"),
        (
            "[analyst]\nkind = 'extractiv'",
            "analyst.kind: unknown kind 'extractiv' of analysts; did you mean 'extractive'?",
        ),
        ("[analyst]\nsentence = 1", "analyst.sentence: unknown key; did you mean 'sentences'?"),
        ("outputs = 1", "outputs: should be tables like [outputs.markdown]"),
        ("[outputs.markdwon]", "outputs.markdwon: unknown key; did you mean 'markdown'?"),
        ("[outputs.markdown]\nkind = 'html'", "outputs.markdown.kind: unknown key"),
        ("[outputs.html]\ncolor = 1", "outputs.html.color: unknown key"),
        ("title = 'x", "not TOML: "),
        ("a = " + "[" * 5000, "not TOML: "),
        ("a = " + "1" * 5000, "not TOML: "),
        (b"title = '\xff'", "not UTF-8 at byte 9"),
    ],
)
def test_fault_is_named_with_its_place(tmp_path: Path, text: str | bytes, line: str) -> None:
    assert any(found.startswith(line) for found in faults(tmp_path, text))


def test_syntax_error_names_its_line(tmp_path: Path) -> None:
    assert re.search(r"at line 2, column \d", faults(tmp_path, "title = 'x'\nmap builtin\n")[0])


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    text = "titel = 1\nworkers = -1\n[[sources]]\npth = 1\n[[sources]]\nmax_bytes = 0\n[analyst]\nx = 1\n[outputs.y]\n"
    places = [line.split(":")[0] for line in faults(tmp_path, text)]
    assert sorted(places) == [
        "analyst.x",
        "outputs.y",
        "sources[0].path",
        "sources[0].pth",
        "sources[1].max_bytes",
        "sources[1].path",
        "titel",
        "workers",
    ]


def test_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbftitle = 'x'").title == "x"


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; `briefing init` writes one"):
        config.load(tmp_path / "briefing.toml")


def test_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="could not be read"):
        config.load(tmp_path)


@pytest.mark.parametrize(
    "secret",
    ["sk-abcdefghijklmnop1234", "Bearer abcdefgh12345", "https://user:hunter22@feeds.example/"],
)
def test_secret_is_refused_without_being_shown(tmp_path: Path, secret: str) -> None:
    (found,) = faults(tmp_path, f"[[sources]]\npath = 'x'\nsource = '{secret}'")
    assert found.startswith("sources[0].source: looks like a secret")
    assert secret not in found


def test_unknown_key_does_not_show_its_value(tmp_path: Path) -> None:
    assert "hunter22" not in faults(tmp_path, "password = 'hunter22'")[0]


def test_replaced_setting_is_validated() -> None:
    with pytest.raises(ValueError, match="max_stories"):
        Config().replace(max_stories=0)
    assert Config(sources=(Files(path=Path("x")),)).replace(formats=("md",)).formats == ("md", "json")


def placed(folder: Path) -> Config:
    return Config(out=folder / "briefings", cache=folder / "cache", state=folder / "state")


def test_starter_is_valid_as_it_is(tmp_path: Path) -> None:
    loaded = load(tmp_path, config.starter())
    assert loaded == placed(tmp_path).replace(sources=(Files(path=tmp_path / "articles"),))


def uncommented() -> str:
    return re.sub(r"^#(?=[\[a-z])", "", config.starter(), flags=re.MULTILINE)


def test_starter_shows_the_defaults(tmp_path: Path) -> None:
    shown = load(tmp_path, uncommented())
    assert shown.replace(sources=()) == placed(tmp_path)
    assert shown.sources == (Files(path=tmp_path / "articles", source="The Example Gazette", section="World"),)


def test_starter_shows_a_table_that_loads_of_every_kind_of_source(tmp_path: Path) -> None:
    shown = config.starter().partition("# Other kinds of sources.")[2].partition("# How sites are asked.")[0]
    loaded = load(tmp_path, "\n".join(re.findall(r"^# (\[\[.*|[a-z_]+ = .*)$", shown, re.MULTILINE)))
    made = {type(source) for source in loaded.sources} | {Files}
    assert made == {plugins.load("sources", name) for name in plugins.names("sources")}


def test_starter_shows_every_key_there_is() -> None:
    tables: tuple[type[Record], ...] = (
        Config,
        *(plugins.load(kind, name) for kind in ("sources", "analysts", "outputs") for name in plugins.names(kind)),
        plugins.load("models", "litellm"),
        Embedding,
        Limits,
        Budget,
        Net,
        Archive,
        Keep,
        Smtp,
        Sendmail,
        Apprise,
        Interest,
        Mute,
        Section,
        Reader,
    )
    # Tables stand as tables; the language of a model's text is the edition's; `ask` and a source's `web` are given.
    keys = {key for table in tables for key in table.model_fields} - {
        "outputs",
        "analyst",
        "sources",
        "embedding",
        "limits",
        "budget",
        "web",
        "archive",
        "keep",
        "delivery",
        "model",
        "ask",
        "overview",
        "topics",
        "checker",
        "judge",
        "mute",
        "readers",
    }
    missing = {key for key in keys if not re.search(rf"^(?:# ?)?{key} = ", config.starter(), re.MULTILINE)}
    assert not missing


def test_reading_a_configuration_imports_no_heavy_library(tmp_path: Path) -> None:
    (tmp_path / "briefing.toml").write_text("[[sources]]\npath = 'x'\n")
    code = (
        "import sys, pathlib; from briefing import config; config.load(pathlib.Path(sys.argv[1]));"
        "print(*sorted({'litellm', 'scipy', 'sklearn', 'trafilatura', 'charset_normalizer'} & set(sys.modules)))"
    )
    path = str(tmp_path / "briefing.toml")
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


WISHES = """
interests = ["Ellin harbour", { words = ["ferry", "quay*"], name = "Ships", weight = 2 }]
sections = [{ name = "Harbour", words = ["harbour"] }, { name = "World" }]
[mute]
words = ["lottery"]
outlets = ["spark.example"]
[[sources]]
path = "x"
section = "World"
weight = 0.5
"""


def test_wishes_are_taken(tmp_path: Path) -> None:
    loaded = load(tmp_path, WISHES)
    assert [(i.label, i.words, i.weight) for i in loaded.interests] == [
        ("Ellin harbour", ("Ellin harbour",), 1.0),
        ("Ships", ("ferry", "quay*"), 2.0),
    ]
    assert loaded.profile.mute == Mute(words=("lottery",), outlets=("spark.example",))
    assert [s.name for s in loaded.profile.sections] == ["Harbour", "World"]
    assert loaded.sources == (Files(path=tmp_path / "x", section="World", weight=0.5),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("interests = 'ferry'", "interests: "),
        ("interests = [' ']", "interests[0].words[0]: ' ' should be words"),
        ("interests = ['*ferry']", "interests[0].words[0]: '*ferry': a '*' stands at the end of a word"),
        ("interests = [{ word = 'x' }]", "interests[0].word: unknown key; did you mean 'words'?"),
        ("interests = [{ words = ['x'], weight = 0 }]", "interests[0].weight: should be greater than 0"),
        ("interests = [{ words = ['x'], weight = '2' }]", "interests[0].weight: should be a valid number"),
        ("[mute]\nword = ['x']", "mute.word: unknown key; did you mean 'words'?"),
        ("[mute]\nwords = 'x'", "mute.words: "),
        ("[[sections]]\nwords = ['x']", "sections[0].name: missing"),
        ("[[sources]]\npath = 'x'\nweight = 0", "sources[0].weight: should be greater than or equal to 0.1, not 0"),
    ],
)
def test_a_fault_of_a_wish_is_named_with_its_place(tmp_path: Path, text: str, line: str) -> None:
    assert any(found.startswith(line) for found in faults(tmp_path, text))


MODEL = """
language = "de"
[model]
name = "openai/one"
api_base = "http://127.0.0.1:1/v1"
api_key_env = "A_KEY"
fallbacks = ["anthropic/two", {name = "openai/three", temperature = 0.5}]
[analyst]
sentences = 3
[limits]
concurrency = 2
"""


def test_a_model_table_makes_the_analyst_that_asks_it(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    loaded = load(tmp_path, MODEL)
    assert isinstance(loaded.analyst, Llm)
    assert (loaded.analyst.name, loaded.analyst.language, loaded.analyst.sentences) == ("openai/one", "de", 3)
    assert [model.name for model in loaded.analyst.fallbacks] == ["anthropic/two", "openai/three"]
    assert loaded.analyst.prompts_dir == tmp_path / "prompts"
    assert loaded.limits.concurrency == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[model]\nnam = 'openai/x'", "nam: unknown key; did you mean 'name'?"),
        ("[model]\nname = 'gpt'", "name"),
        ("[model]\nname = 'openai/x'\nfallbacks = 'openai/y'", "model.fallbacks: should be a list"),
        ("[model]\nkind = 'lite'\nname = 'openai/x'", "did you mean 'litellm'?"),
        ("model = 'openai/x'", "model"),
        ("[limits]\nconcurrency = 0", "limits.concurrency: should be greater than or equal to 1, not 0"),
    ],
)
def test_a_fault_in_a_model_table_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        load(tmp_path, text)


def test_an_embedding_table_names_a_model_and_there_is_none_by_default(tmp_path: Path) -> None:
    assert load(tmp_path, "").embedding is None
    loaded = load(tmp_path, "[embedding]\nmodel = 'ollama/bge-m3'\nthreshold = 0.7")
    assert loaded.embedding == Embedding(model="ollama/bge-m3", threshold=0.7)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("threshold = 0.7", "embedding.model: missing"),
        ("model = 'bge-m3'", "embedding.model: String should match pattern"),
        ("model = 'ollama/bge-m3'\nbach = 3", "embedding.bach: unknown key; did you mean 'batch'? (known: api_base,"),
        ("model = 'ollama/bge-m3'\nthreshold = 1.5", "embedding.threshold: should be less than or equal to 1, not 1.5"),
        ("model = 'ollama/bge-m3'\noptions = {input = 'x'}", "embedding.options: cannot be set here: input"),
        (
            "model = 'ollama/bge-m3'\napi_key_env = 'sk-abcdefghijklmnop1234'",
            "embedding.api_key_env: looks like a secret",
        ),
    ],
)
def test_a_fault_in_an_embedding_table_is_named(tmp_path: Path, text: str, line: str) -> None:
    assert any(found.startswith(line) for found in faults(tmp_path, f"[embedding]\n{text}"))


def test_starter_shows_an_embedding_table_that_loads(tmp_path: Path) -> None:
    shown = config.starter().partition("# [embedding]\n")[2].partition("\n\n")[0]
    text = "\n".join(["[embedding]", *re.findall(r"^# ([a-z_]+ = .*)$", shown, re.MULTILINE)])
    loaded = load(tmp_path, text).embedding
    assert loaded is not None
    default = Embedding(model="ollama/bge-m3")
    shown_only = {"dimensions", "api_base", "api_key_env", "options"}
    assert loaded.model_dump(exclude=shown_only) == default.model_dump(exclude=shown_only)


ROLES = """
[model]
name = "ollama_chat/one"
api_base = "http://127.0.0.1:1"
api_key_env = "A_KEY"
options = {num_ctx = 9000}
temperature = 0.3
"""


def roles(folder: Path, text: str) -> tuple[object, object]:
    loaded = load(folder, ROLES + text)
    return loaded.checker, loaded.judge


def test_the_roles_of_a_model_are_off_unless_named(tmp_path: Path) -> None:
    assert roles(tmp_path, "") == (None, None)
    assert roles(tmp_path, "checker = 'none'\n[model.judge]\nname = 'none'") == (None, None)


def test_a_role_takes_what_it_is_not_given_from_the_model(tmp_path: Path) -> None:
    model = cast("Llm", load(tmp_path, ROLES).analyst).model
    assert roles(tmp_path, "judge = 'ollama_chat/two'\n[model.checker]\nseed = 7") == (
        model.replace(seed=7),
        model.replace(name="ollama_chat/two"),
    )


@pytest.mark.parametrize("table", ["name = 'openai/two'", "name = 'openai/two'\napi_base = 'http://127.0.0.1:2'"])
def test_a_key_and_an_address_go_to_no_other_provider(tmp_path: Path, table: str) -> None:
    checker = cast("LiteLlm", roles(tmp_path, f"[model.checker]\n{table}")[0])
    assert (checker.api_key_env, checker.options, checker.temperature) == (None, {}, 0.3)
    assert checker.api_base in {None, "http://127.0.0.1:2"}


def test_a_key_goes_to_no_other_address(tmp_path: Path) -> None:
    checker = cast("LiteLlm", roles(tmp_path, "[model.checker]\napi_base = 'http://127.0.0.1:2'")[0])
    assert (checker.name, checker.api_base, checker.api_key_env) == ("ollama_chat/one", "http://127.0.0.1:2", None)


def test_roles_alone_leave_the_telling_to_the_analyst_without_a_model(tmp_path: Path) -> None:
    loaded = load(tmp_path, "[model.checker]\nname = 'openai/one'")
    assert loaded.analyst == Config().analyst
    assert loaded.checker == LiteLlm(name="openai/one")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[model.checker]\nnam = 'openai/x'", "model.checker.nam: unknown key; did you mean 'name'?"),
        ("[model.judge]\nseed = 1", "model.judge.name: missing"),
        ("[model]\njudge = 3", "model.judge: should be a table"),
        ("[model]\nname = 'openai/x'\njudge = 'x'", "model.judge.name: String should match"),
        ("[checker]\nname = 'openai/x'", "checker: unknown key; did you mean [model.checker]?"),
    ],
)
def test_a_fault_in_a_role_is_named(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(line)):
        load(tmp_path, text)


def test_starter_shows_the_tables_of_all_roles(tmp_path: Path) -> None:
    shown = config.starter().partition("# The roles")[2].partition("# The analyst's own")[0]
    loaded = load(tmp_path, "\n".join(re.findall(r"^# (\[.*\]|[a-z_]+ = .*)$", shown, re.MULTILINE)))
    assert isinstance(loaded.analyst, Llm)
    assert isinstance(loaded.checker, LiteLlm)
    assert isinstance(loaded.judge, LiteLlm)
    assert [m.name for m in loaded.writers("overview")] == ["ollama_chat/qwen3:14b"]
    assert [m.name for m in loaded.writers("topics")] == ["ollama_chat/qwen3:4b"]


def writers(folder: Path, text: str) -> dict[str, list[str]]:
    """Who tells the stories, writes the day in lines and names the topics, by the name of each model."""
    loaded = load(folder, text)
    story = [loaded.analyst.model, *loaded.analyst.fallbacks] if isinstance(loaded.analyst, Llm) else []
    told = {"story": story, "overview": loaded.writers("overview"), "topics": loaded.writers("topics")}
    return {role: [model.name for model in models] for role, models in told.items()}


ONE, ALL = (
    ["ollama_chat/one"],
    {"story": ["ollama_chat/one"], "overview": ["ollama_chat/one"], "topics": ["ollama_chat/one"]},
)


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        ("", {}),
        ("story = 'none'", {"story": []}),
        ("overview = 'none'\n[model.topics]\nname = 'none'", {"overview": [], "topics": []}),
        ("topics = 'openai/two'", {"topics": ["openai/two"]}),
        ("[model.story]\nname = 'openai/two'", {"story": ["openai/two"]}),
        ("fallbacks = ['openai/two']\ntopics = 'openai/three'", {
            "story": [*ONE, "openai/two"], "overview": [*ONE, "openai/two"], "topics": ["openai/three", "openai/two"],
        }),
    ],
)  # fmt: skip
def test_a_model_tells_writes_the_overview_and_names_topics_unless_a_role_says_otherwise(tmp_path, more, changed):
    assert writers(tmp_path, ROLES + more) == {**ALL, **changed}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", {}),
        ("[model]\nname = 'none'", {}),
        ("[model.checker]\nname = 'openai/x'", {}),
        ("[model]\nname = 'none'\noverview = 'openai/x'", {"overview": ["openai/x"]}),
        ("[model.story]\nname = 'openai/x'", {"story": ["openai/x"], "overview": ["openai/x"], "topics": ["openai/x"]}),
    ],
)
def test_without_a_model_only_the_roles_that_are_named_ask_one(tmp_path, text, named):
    assert writers(tmp_path, text) == {"story": [], "overview": [], "topics": [], **named}


def test_an_analysts_settings_wait_while_no_model_tells_the_stories(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    text = f"{ROLES}story = 'none'\n[analyst]\nkind = 'llm'\nbudget_tokens = 900"
    assert load(tmp_path, text).analyst == Config().analyst
    assert load(tmp_path, text).prompts_dir == tmp_path / "prompts"
    with pytest.raises(ConfigError, match=r"prompts_dir: .*absent is not a folder"):
        load(tmp_path, f"prompts_dir = 'absent'\n{text}")
