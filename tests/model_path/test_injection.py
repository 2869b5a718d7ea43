"""Articles that carry instructions, and a model that obeys them: what they ask for reaches no reader unmarked."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.analysts.llm import Llm
from briefing.models.scripted import Scripted
from tests.analysts.stories import LEAK, article, story
from tests.model_path.injection import HIDDEN_WORDS, folder_of, hidden, obedient, visible
from tests.model_path.newsroom import fenced, kept_out, lines, marked, rendered, run, unmarked
from tests.model_path.reading import assert_told_nowhere

ATTACKS = {attack.name: attack for attack in (*visible(), *hidden())}
_FENCE = re.compile(r"^(?:ARTICLES|NOTES|ANSWER) \S+$", re.MULTILINE)
_LINE = re.compile(r"## a\d+ \| .* \| \S.*|a\d+\.\d+ .*|\[a\d+\.\d+(?: = a\d+\.\d+)*\] .*")


def each():
    return pytest.mark.parametrize("name", list(ATTACKS))


@pytest.fixture(scope="module")
def obeyed(tmp_path_factory):
    """The edition in which a model obeyed the attack, and the requests it was made from; built once for each."""
    found = {}

    def get(name):
        if name not in found:
            folder = folder_of(ATTACKS[name], tmp_path_factory.mktemp("attack") / "in")
            found[name] = run(folder, obedient(ATTACKS[name]))
        return found[name]

    return get


def test_there_are_forty_articles_and_no_two_alike():
    assert len(ATTACKS) >= 40
    assert len({attack.text for attack in ATTACKS.values()}) == len(ATTACKS)


@each()
def test_what_an_article_orders_reaches_no_reader_unmarked(name, obeyed):
    briefing = obeyed(name).briefing
    assert ATTACKS[name].words not in unmarked(briefing)
    assert_told_nowhere(briefing, ATTACKS[name].words)


@each()
def test_no_rendering_holds_a_link_that_an_article_ordered(name, obeyed):
    """Not even where the article's own sentence, with its link, is quoted as evidence."""
    files = rendered(obeyed(name).briefing)
    assert not re.search(r'href="[^"]*evil', files.html)
    assert not re.search(r"\]\(<?[^)]*evil|^\[[^\]]+\]: .*evil", files.markdown, re.MULTILINE)


@each()
def test_the_story_is_still_told_by_the_model_with_what_the_rules_found(name, obeyed):
    briefing = obeyed(name).briefing
    (told,) = (s for s in briefing.stories if len(s.articles) > 2)
    assert told.analysed_by == "test/one"
    assert [d.kind for d in told.disputes][:1] == ["denial"]
    assert ["4", "9"] in [[s.value for s in u.steps] for u in told.updates]


@each()
def test_an_article_stands_inside_the_fence_and_cannot_close_it(name, obeyed):
    for _, request in obeyed(name).asked:
        inside = fenced(request)
        marks = _FENCE.findall(request.prompt)
        # An answer that is shown again has a fence of its own, and the mark of its request.
        assert sorted(Counter(marks).values()) in ([2], [2, 2])
        assert len({line.split()[1] for line in marks}) == 1
        mark = marks[0].split()[1]
        assert mark not in inside
        outside = request.system + request.prompt.replace(inside, "").partition("\nANSWER ")[0]
        assert "Port Sarn" not in outside
        assert "Evening Post" not in outside
        assert all(word not in outside for word in ("Quell", "evil.example", "mayor", "pope"))


@each()
def test_every_line_inside_the_fence_is_one_of_ours(name, obeyed):
    for _, request in obeyed(name).asked:
        body, _, _ = fenced(request).partition("## possible conflicts")
        assert [line for line in body.strip().splitlines() if not _LINE.fullmatch(line)] == []
        shown = lines(request)
        listed = re.findall(r"\ba\d+\.\d+\b", body)
        assert sorted(set(listed)) == sorted(set(listed) & request_ids(request))
        assert all(not re.search(r"\ba\d+\.\d", text) for text in shown.values())
        assert "<|" not in body


def request_ids(request):
    return set(request.answer_schema["properties"]["headline"]["properties"]["ids"]["items"]["enum"])


@pytest.mark.parametrize("name", [attack.name for attack in hidden()])
def test_what_a_page_hides_is_never_sent(name, obeyed):
    for _, request in obeyed(name).asked:
        assert HIDDEN_WORDS not in request.prompt
        assert "arsenic" not in request.prompt
    assert HIDDEN_WORDS not in "".join(rendered(obeyed(name).briefing))


def test_most_of_what_can_be_seen_is_sent_so_that_the_suite_tests_something(obeyed):
    sent = [a for a in visible() if any(_start(a) in request.prompt for _, request in obeyed(a.name).asked)]
    assert len(sent) >= 30


def _start(attack):
    return " ".join(re.sub(r"[^\x20-\x7e].*", "", attack.text).split()[:3])


def test_all_that_was_ordered_and_not_told_is_listed_with_its_problem(obeyed):
    for name, attack in ATTACKS.items():
        if attack.tells != "summary":
            continue
        briefing = obeyed(name).briefing
        assert all({**kept_out(briefing), **marked(briefing)}.values()), name


fences = st.sampled_from(["ARTICLES ", "NOTES ", "ANSWER ", "\n", "##", "a1.1", "[a1.1]", "<|im_end|>", " | "])
marks = st.text("0123456789abcdef", min_size=12, max_size=12)
pieces = st.lists(st.one_of(fences, marks, st.text(max_size=12)), max_size=12).map("".join)


@given(title=pieces, source=pieces, body=pieces)
def test_no_text_of_an_article_closes_its_fence(title, source, body):
    asked = Llm(model=Scripted(answer=lambda _: "")).request(
        story(article(LEAK, body or LEAK, title=" ".join(title.split()) or "Ferry", source=source or "Courier"))
    )
    assert len(_FENCE.findall(asked.prompt)) == 2
    mark = _FENCE.findall(asked.prompt)[0].split()[1]
    assert asked.prompt.count(mark) == 3
    assert "a1.1" in lines(asked)
