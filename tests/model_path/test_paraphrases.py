"""The checks on retellings: what is told truly in other words passes, what is turned round is marked or withheld."""

from collections import Counter

import pytest

from briefing.pipeline import analyse_and_verify
from briefing.stages.verify import title_statement
from briefing.types import Analysis, Article, Citation, Record, Statement, Story
from tests.model_path.paraphrases import RETOLD

# Shares of the retellings, measured: true ones with a problem, false ones with one.
MOST_FALSE_ALARMS = 0.05
KINDS = sorted({r.kind for r in RETOLD} - {""})


class Retelling(Record):
    """An analyst that says one thing of the first sentence of an article."""

    text: str

    def analyse(self, story: Story) -> Analysis:
        (article,) = story.articles
        sentence = article.body.partition("\n\n")[0]
        start = article.text.index(sentence)
        cited = Citation(article=article.id, sentence=1, start=start, end=start + len(sentence), quote=sentence)
        return Analysis(
            id=story.id,
            headline=title_statement(article),
            summary=(Statement(text=self.text, language="en", citations=(cited,)),),
            articles=(article.id,),
            outlets=1,
            origins=1,
            analysed_by="test",
        )


def problems(source: str, text: str) -> tuple[str, ...]:
    """What the checks find in a retelling of a sentence."""
    body = f"{source}\n\nThe rest of the story stands in the paper of the valley on Wednesday."
    article = Article.make("News of the valley", body, language="en", origin="outlet:Courier", source="Courier")
    verified = analyse_and_verify(Story(id="s", articles=(article,)), Retelling(text=text)).verified
    kept = [s for s in verified.analysis.summary if s.text == text]
    return tuple(p for s in (*kept, *verified.withheld) if s.text == text for p in s.problems or ())


def test_the_source_in_its_own_words_has_no_problem():
    assert [r.source for r in RETOLD if problems(r.source, r.source)] == []


def test_a_true_retelling_is_rarely_marked():
    marked = {r.true: found for r in RETOLD if (found := problems(r.source, r.true))}
    assert len(marked) <= MOST_FALSE_ALARMS * len(RETOLD), marked


@pytest.mark.parametrize("kind", KINDS)
def test_most_false_retellings_are_marked(kind):
    told = [r for r in RETOLD if r.kind == kind]
    missed = [r.false for r in told if not problems(r.source, r.false)]
    assert len(missed) <= 0.1 * len(told), missed


def test_there_are_forty_retellings_and_some_false_ones_of_each_kind():
    assert len(RETOLD) >= 40
    assert min(Counter(r.kind for r in RETOLD if r.kind).values()) >= 2
