"""What changed since the edition before: identity, what was told, figures, disputes, corrections."""

from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.compare import compare
from briefing.stages.compare.told import mark
from briefing.stages.verify import recheck
from briefing.types import Article
from tests.stages.comparing import article, edition, plain, story

FIRE = article(
    "Fire destroys timber yard in Alder Bay",
    "A fire destroyed the timber yard of Alder Bay on Monday. The fire service said three people were killed. "
    "Smoke drifted over the harbour of Alder Bay until the evening.",
    2,
    url="https://courier.example/fire",
)
FIRE_NEXT = article(
    "Five dead after Alder Bay timber yard fire",
    "The fire service said five people were killed in the fire at the timber yard of Alder Bay. "
    "Firefighters searched the burnt timber yard through the night.",
    3,
    url="https://courier.example/fire-next",
)
FIRE_RADIO = article(
    "Timber yard of Alder Bay burns down",
    "The timber yard of Alder Bay burned down on Monday after a fire in its saw hall. "
    "Smoke from the fire drifted over the harbour of Alder Bay.",
    2,
    "Radio Amaran",
)
LOCK = article(
    "Canal lock at Merrow opens after nine months",
    "The canal lock at Merrow opened to barges again after nine months. The lock has new gates of oak and steel. "
    "The canal office said the gates would last for eighty years.",
    2,
    "Basin Observer",
)
SEAL = article(
    "Seal pup found in Tarn Hollow cellar",
    "A seal pup was found in a flooded cellar in Tarn Hollow. The zoo in Belqar has taken the pup in.",
    2,
    "Pereto Herald",
)
ALL = (FIRE, FIRE_NEXT, FIRE_RADIO, LOCK, SEAL)
some = st.sets(st.sampled_from(ALL), min_size=1).map(lambda found: sorted(found, key=lambda a: a.id))


def test_without_an_earlier_edition_nothing_is_changed():
    alone = plain(2, *ALL)
    assert compare(alone, (), ALL, lexicons()) == alone
    assert all(s.status == "new" and all(said.new for said in s.statements()) for s in alone.stories)


@settings(max_examples=15)
@given(some)
def test_the_same_articles_again_are_all_told_and_unchanged(articles):
    first = edition(2, *articles)
    second = edition(3, *articles, earlier=[first])
    assert {s.id: s.status for s in second.stories} == {s.id: "unchanged" for s in first.stories}
    assert not any(said.new for said in second.statements())
    assert second.corrections == ()


@settings(max_examples=20)
@given(some, some, some)
def test_no_two_stories_get_one_id_and_every_edition_stands_on_its_evidence(one, two, three):
    first = edition(2, *one)
    second = edition(3, *two, earlier=[first])
    third = edition(4, *three, earlier=[second, first])
    for made in (second, third):
        ids = [*(s.id for s in made.stories), *(u.id for u in made.more)]
        assert len(ids) == len(set(ids))
        assert all(s.id not in s.was for s in made.stories)
        assert {i for topic in made.topics for i in topic.stories} == {s.id for s in made.stories}
        assert recheck(made, lexicons()) == ()


@settings(max_examples=10)
@given(st.permutations(ALL), st.permutations(ALL))
def test_the_order_of_articles_and_of_editions_plays_no_part(left, right):
    before = [edition(2, FIRE, LOCK), edition(3, FIRE, FIRE_RADIO, SEAL)]
    assert edition(4, *left, earlier=before) == edition(4, *right, earlier=before[::-1])


@settings(max_examples=15)
@given(some)
def test_a_story_keeps_its_id_when_it_gains_articles(more):
    first = edition(2, LOCK, SEAL)
    grown = edition(3, *{a.id: a for a in (LOCK, SEAL, *more)}.values(), earlier=[first])
    for before in first.stories:
        (after,) = (s for s in grown.stories if set(before.articles) <= set(s.articles))
        assert before.id in (after.id, *after.was)


def test_a_story_without_a_common_article_is_known_by_its_likeness():
    first = edition(2, FIRE, LOCK)
    second = edition(3, FIRE_NEXT, SEAL, earlier=[first])
    assert story(second, "timber").id == story(first, "timber").id
    assert story(second, "seal pup").status == "new"


def test_a_story_that_paused_for_a_day_is_known_again():
    first, second = edition(2, FIRE), edition(3, LOCK)
    third = edition(4, FIRE_NEXT, earlier=[second, first])
    assert third.stories[0].id == first.stories[0].id
    assert third.stories[0].status == "developing"


def test_a_merge_keeps_the_older_id_and_says_what_it_was():
    first = edition(2, FIRE)
    apart = edition(3, FIRE_RADIO)
    merged = edition(4, FIRE, FIRE_RADIO, earlier=[apart, first])
    assert (merged.stories[0].id, merged.stories[0].was) == (first.stories[0].id, (apart.stories[0].id,))


def test_of_a_split_one_part_keeps_the_id_and_the_other_says_where_it_came_from():
    both = plain(2, FIRE, LOCK)
    whole = both.stories[0].replace(articles=(FIRE.id, LOCK.id))
    first = both.replace(stories=(whole,), topics=(both.topics[0].replace(stories=(whole.id,)),))
    second = edition(3, FIRE, LOCK, earlier=[first])
    ids = {s.id: s.was for s in second.stories}
    assert len(ids) == 2
    assert ids.pop(whole.id) == ()
    assert list(ids.values()) == [(whole.id,)]


def test_a_file_of_the_same_name_is_not_the_same_story():
    monday = article("A seal in the cellar", "A seal was found in a flooded cellar in Tarn Hollow.", 2, url="today.txt")
    tuesday = article("Lock opens at Merrow", "The canal lock at Merrow opened to barges again.", 3, url="today.txt")
    assert edition(3, tuesday, earlier=[edition(2, monday)]).stories[0].status == "new"


def told(before: str, now: str) -> bool:
    """Whether the second sentence is told by the first."""
    first = edition(2, article("Council of Merrow meets", f"{before} The council of Merrow met.", 2))
    second = plain(3, article("Council of Merrow meets", f"{now} The council of Merrow sat.", 3))
    from briefing.stages.compare.past import Telling

    marked = mark(second.stories[0], [Telling(first.stories[0], first)], lexicons())
    return not next(s for s in marked.summary if s.text == now).new


def test_a_statement_is_told_where_it_adds_nothing():
    was = "The council of Merrow voted to close the old bridge to lorries for 12 weeks."
    assert told(was, was)
    assert told(was, "The council voted to close the old bridge of Merrow to lorries.")
    assert not told(was, "The council of Merrow voted to close the old bridge to lorries for 14 weeks.")
    assert not told(was, "The council of Merrow voted not to close the old bridge to lorries for 12 weeks.")
    assert not told(was, "The council of Merrow voted to close the old bridge to lorries and buses for 12 weeks.")
    assert not told(was, "The council of Merrow voted to close the old bridge to lorries from Friday.")


def test_a_rising_toll_becomes_a_chain_with_the_evidence_of_both_days():
    first = edition(2, FIRE)
    second = edition(3, FIRE_NEXT, earlier=[first])
    (update,) = second.stories[0].updates
    assert [step.value for step in update.steps] == ["three", "five"]
    assert FIRE.id in second.evidence
    assert FIRE.id not in second.own()
    assert second.stories[0].articles == (FIRE_NEXT.id,)


PRICE = "The new lock at Merrow will cost the canal office {} million crowns to build."


def priced(millions: int, day: int, outlet: str = "Basin Observer") -> Article:
    body = f"{PRICE.format(millions)} Work on the new lock at Merrow begins in spring."
    return article("Price of the Merrow lock named", body, day, outlet)


def test_another_figure_that_moved_is_an_update_of_two_steps():
    second = edition(3, priced(58, 3), earlier=[edition(2, priced(41, 2))])
    (update,) = second.stories[0].updates
    assert [step.value for step in update.steps] == ["41 million", "58 million"]
    third = edition(4, priced(58, 3), earlier=[second])
    assert third.stories[0].status == "unchanged"


def test_what_two_speakers_say_is_no_chain():
    was = "The mayor said the new lock at Merrow would cost 41 million crowns to build."
    now = "The auditors said the new lock at Merrow would cost 58 million crowns to build."
    first = edition(2, article("Price of the Merrow lock named", f"{was} Work begins in spring.", 2))
    second = edition(3, article("Price of the Merrow lock named", f"{now} Work begins in May.", 3), earlier=[first])
    assert second.stories[0].updates == ()


DENIED = article(
    "Port denies dumping silt in Merrow bay",
    "The fishermen's union said the Port Authority had dumped silt in Merrow bay. "
    "The Port Authority denied that it had dumped silt in Merrow bay. The bay is a nursery of sole.",
    2,
)


def after_denial(sentence: str, day: int = 4) -> str:
    first = edition(2, DENIED)
    assert [d.kind for d in first.stories[0].disputes] == ["denial"]
    body = f"{sentence} The bay of Merrow is a nursery of sole, and silt dumped there kills it."
    later = article("Silt in Merrow bay: the Port Authority speaks", body, day)
    (dispute,) = story(edition(day, later, earlier=[first]), "Merrow").disputes
    assert dispute.since == "2031-06-02"
    return dispute.state


def test_a_denial_is_settled_when_the_denier_admits():
    assert after_denial("The Port Authority admitted that it had dumped silt in Merrow bay.") == "settled"


def test_a_denial_is_settled_when_the_claim_is_taken_back():
    assert (
        after_denial("The fishermen's union withdrew its claim that the Port Authority had dumped silt in Merrow bay.")
        == "settled"
    )


def test_a_dispute_stays_open_while_it_is_not_settled_in_so_many_words():
    assert after_denial("The Port Authority again denied that it had dumped silt in Merrow bay.") == "open"
    assert after_denial("The mayor said the fishermen's union wrongly claimed silt was dumped in Merrow bay.") == "open"
    assert after_denial("Divers confirmed that silt had been dumped in Merrow bay.") == "open"
    assert after_denial("The Port Authority admitted that the crane of Merrow harbour was old.") == "open"


def test_a_dispute_is_not_carried_into_an_edition_without_its_story():
    second = edition(3, LOCK, earlier=[edition(2, DENIED)])
    assert [d for s in second.stories for d in s.disputes] == []
    assert set(second.articles) == {LOCK.id}


def test_a_settled_dispute_is_not_carried_on():
    first = edition(2, DENIED)
    admits = "The Port Authority admitted that it had dumped silt in Merrow bay."
    second = edition(
        3, article("Port admits dumping silt in Merrow bay", f"{admits} The bay is closed.", 3), earlier=[first]
    )
    assert [d.state for d in second.stories[0].disputes] == ["settled"]
    last = article("Silt in Merrow bay to be dredged", "The silt dumped in Merrow bay is to be dredged by the port.", 4)
    assert edition(4, last, earlier=[second, first]).stories[0].disputes == ()


def hurt(sentence: str, day: int, **fields: object) -> Article:
    body = f"{sentence} The tram ran into the depot wall in Halvik at noon. The depot of Halvik is closed."
    return article("Tram hits depot wall in Halvik", body, day, **{"url": "https://courier.example/tram", **fields})


WAS = "The tram accident in Halvik injured 21 people."


def test_the_note_of_a_corrected_article_corrects_what_was_told():
    note = "An earlier version of this article said the tram accident in Halvik injured 21 people; it was 12."
    second = edition(
        3, hurt(f"The tram accident in Halvik injured 12 people. {note}", 2), earlier=[edition(2, hurt(WAS, 2))]
    )
    (correction,) = second.corrections
    assert (correction.text, correction.citations[1].quote) == (note, WAS)
    third = edition(4, hurt(f"The tram accident in Halvik injured 12 people. {note}", 2), earlier=[second])
    assert third.corrections == ()


def test_a_smaller_toll_on_the_same_page_is_a_correction_and_a_larger_one_is_none():
    first = edition(2, hurt(WAS, 2))
    smaller = edition(3, hurt("The tram accident in Halvik injured 12 people.", 3), earlier=[first])
    assert [c.text for c in smaller.corrections] == ["The tram accident in Halvik injured 12 people."]
    larger = edition(3, hurt("The tram accident in Halvik injured 24 people.", 3), earlier=[first])
    assert larger.corrections == ()
    assert [step.value for step in larger.stories[0].updates[0].steps] == ["21", "24"]


def test_a_sentence_that_takes_back_a_figure_corrects_it_wherever_it_stands():
    first = edition(2, hurt(WAS, 2))
    elsewhere = hurt("The hospital corrected the number of people injured in the tram accident in Halvik to 12.", 3,
                     outlet="Radio Amaran", url="https://radio.example/tram")  # fmt: skip
    (correction,) = edition(3, elsewhere, earlier=[first]).corrections
    assert correction.citations[1].quote == WAS
