"""Case files: what is wrong with one is named with its place, and nothing that stands in one can do harm."""

import pytest

from briefing.errors import ConfigError
from briefing.evaluation.cases import load
from briefing.evaluation.prepare import prepared
from tests.evaluation.scripts import DATA

GOOD = """
title = "A fair"
language = "en"
traps = ["plain"]

[[articles]]
outlet = "Courier"
title = "Fair opens in Vell"
date = "2031-01-01"
text = "The cattle fair of Vell opened on Monday with 300 cows in the market hall."

[[must]]
says = "The cattle fair of Vell opened on Monday."
words = ["fair", "open*"]
at = ["The cattle fair of Vell opened"]
"""


def case(folder, text, name="fair.toml"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def fault(folder) -> str:
    with pytest.raises(ConfigError) as caught:
        prepared(load([folder], shipped=False))
    return str(caught.value)


def test_own_cases_stand_beside_those_that_ship(tmp_path):
    names = [one.id for one in load([case(tmp_path, GOOD)])]
    assert names == sorted(names)
    assert "fair" in names
    assert len(names) > 24


def test_a_single_file_is_a_case_too(tmp_path):
    assert [c.id for c in load([case(tmp_path, GOOD) / "fair.toml"], shipped=False)] == ["fair"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("words =", "word =", "must[0].word: unknown key; did you mean 'words'?"),
        ('outlet = "Courier"', 'outlett = "Courier"', "articles[0].outlett: unknown key; did you mean 'outlet'?"),
        ("title = \"A fair\"", "titel = \"A fair\"", "titel: unknown key; did you mean 'title'?"),
        ("title = \"A fair\"", "title = \"A fair\"\nid = \"x\"", "id: unknown key; the file's name is the case's"),
        ('["plain"]', '["plane"]', "traps[0]: should be"),
        ('["plain"]', "[]", "traps: "),
        ('language = "en"', 'language = "English!"', "language: "),
        ('date = "2031-01-01"', 'date = "on Monday"', "articles[0].date: "),
        ('words = ["fair", "open*"]', 'words = ["fair", "open*|"]', "must[0].words[1]: an empty form"),
        ('words = ["fair", "open*"]', 'words = ["*"]', "must[0].words[0]: an empty form"),
        ('words = ["fair", "open*"]', 'words = ["—"]', "must[0].words[0]: an empty form"),
        ('words = ["fair", "open*"]', "words = []", "must[0].words: "),
        ('words = ["fair", "open*"]', "words = [3]", "must[0].words[0]: should be a valid string, not 3"),
        ('words = ["fair", "open*"]', 'words = ["pig*"]', "must[0].says: does not have its own words"),
        ("at = [\"The cattle", "at = [\"The goat", "must[0].at[0]: 'The goat fair of Vell opened' stands in no sentence"),
        ("[[must]]", "[[should]]", "must: missing"),
        ("[[must]]", "[must]", "must: "),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(old, new, says, tmp_path):
    assert old in GOOD
    found = fault(case(tmp_path, GOOD.replace(old, new, 1)))
    assert found.startswith(f"{tmp_path / 'fair.toml'}: ")
    assert says in found


def test_every_fault_of_every_file_is_named_at_once(tmp_path):
    case(tmp_path, GOOD.replace("words", "word"), "one.toml")
    case(tmp_path, "title =", "two.toml")
    found = fault(tmp_path)
    assert {line.partition(": ")[0].rpartition("/")[2] for line in found.splitlines()} == {"one.toml", "two.toml"}


def test_a_name_used_twice_names_both_files(tmp_path):
    one, two = case(tmp_path / "a", GOOD), case(tmp_path / "b", GOOD)
    with pytest.raises(ConfigError) as caught:
        load([one, two], shipped=False)
    assert str(one / "fair.toml") in str(caught.value)
    assert str(two / "fair.toml") in str(caught.value)


def test_a_name_that_ships_cannot_be_taken(tmp_path):
    with pytest.raises(ConfigError, match="'en-namesake' is taken by"):
        load([case(tmp_path, GOOD, "en-namesake.toml")])


def test_an_empty_folder_and_one_that_is_not_there_are_named(tmp_path):
    assert fault(tmp_path) == f"{tmp_path}: holds no case, a file NAME.toml for each"
    assert fault(tmp_path / "none") == f"{tmp_path / 'none'}: no such file or folder"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00", "not UTF-8 at byte 0; save it as UTF-8"),
        (b"a = [" * 5000, "not TOML"),
        (b"title = 'x", "not TOML"),
        (b"", "title: missing"),
        (b'title = "\\ud800"', "not TOML"),
    ],
)
def test_a_file_that_is_no_case_is_named(data, says, tmp_path):
    (tmp_path / "bad.toml").write_bytes(data)
    assert says in fault(tmp_path)


def test_a_folder_called_like_a_case_is_named(tmp_path):
    (tmp_path / "sub.toml").mkdir()
    assert "could not be read" in fault(tmp_path)


def test_an_article_that_gives_none_is_named(tmp_path):
    text = GOOD.replace("The cattle fair of Vell opened on Monday with 300 cows in the market hall.", "Opened.")
    assert "articles: articles[0]: " in fault(case(tmp_path, text))


def test_two_articles_of_one_address_are_said_to_be_read_as_one(tmp_path):
    articles = GOOD.partition("[[articles]]")[2].partition("[[must]]")[0]
    twice = GOOD.replace('outlet = "Courier"', 'outlet = "Courier"\nurl = "https://a.example/1"')
    twice += f'[[articles]]{articles}url = "https://a.example/1"\n'
    assert "2 articles were read as 1" in fault(case(tmp_path, twice))


def test_any_script_may_stand_in_a_case(tmp_path):
    text = """
    title = "市場 🐄 سوق"
    language = "ja"
    traps = ["plain"]
    [[articles]]
    outlet = "海の新聞"
    title = "ヴェルの市場"
    text = "ヴェルの町で月曜日に牛の市場が開かれました。 300頭の牛が集まりました。 多くの人が町を訪れました。 市場は日曜日まで続きます。 入場は無料です。 町長が挨拶しました。 子供たちも来ました。 雨は降りませんでした。"
    [[must]]
    says = "300 頭の牛"
    words = ["300"]
    at = ["300頭"]
    """
    (ready,) = prepared(load([case(tmp_path, text)], shipped=False))
    assert ready.places(["300頭"])


def test_the_order_of_the_files_does_not_matter():
    assert [c.id for c in load([DATA], shipped=False)] == ["eo-fajro", "eo-ponto"]
