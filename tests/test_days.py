"""Three days of `samples/days`, built in turn by the command: what changed from each to the next."""

import json
import re
from pathlib import Path

import pytest

from briefing.commands import editions
from briefing.commands.build import Options, build_edition
from briefing.outputs import terminal
from briefing.types import Analysis, Briefing, Run
from tests.building import SAMPLES, order, without_run

DAYS = SAMPLES / "days"
DATES = ("2031-06-03", "2031-06-04", "2031-06-05")
QUARRY, SPILL, BRIDGE = "Brenna", "Aldersund", "Sel bridge"


def build(out: Path, day: int) -> int:
    return build_edition(
        Options(
            paths=(str(DAYS / str(day)),),
            config=DAYS / "briefing.toml",
            out=out,
            now=f"{DATES[day - 1]}T06:00:00Z",
            formats="md,html",
            quiet=True,
        )
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three days, the third built twice."""
    place = tmp_path_factory.mktemp("mornings") / "briefings"
    assert [build(place, day) for day in (1, 2, 3, 3)] == [0, 0, 0, 0]
    return place


@pytest.fixture(scope="module")
def days(out: Path) -> tuple[Briefing, ...]:
    return tuple(editions.read(out / date) for date in DATES)


def about(briefing: Briefing, words: str) -> Analysis:
    (found,) = (s for s in briefing.stories if any(words in statement.text for statement in (s.headline, *s.summary)))
    return found


def test_without_an_earlier_edition_everything_is_new(days):
    assert {story.status for story in days[0].stories} == {"new"}
    assert all(statement.new for statement in days[0].statements())


def test_each_day_says_which_stories_are_new_developing_and_unchanged(days):
    standing = [{s.headline.text: s.status for s in day.stories} for day in days[1:]]
    assert [sorted(k for k, v in day.items() if v == "new") for day in standing] == [
        [
            "Four days of school: Tolmira's parents count the cost",
            "Karmund wool fair opens with fewer sheep",
            "Vessara's beekeepers count their winter losses",
        ],
        ["Night ferry to Port Alder back after five weeks", "Tarn Hollow market hall gets its glass back"],
    ]
    for day in standing:
        assert [k for k, v in day.items() if v == "unchanged"] == ["Karmund closes Sel bridge for repairs until autumn"]


def test_a_story_keeps_its_id_through_the_days(days):
    for words in (QUARRY, SPILL, BRIDGE):
        assert len({about(day, words).id for day in days}) == 1


def test_a_toll_is_one_chain_over_three_days(days):
    assert not about(days[0], QUARRY).updates
    (second,), (third,) = (about(day, QUARRY).updates for day in days[1:])
    assert [step.value for step in second.steps] == ["four", "nine"]
    assert [step.value for step in third.steps] == ["four", "nine", "eleven"]
    assert second.id == third.id
    assert [step.statement.new for step in third.steps] == [False, False, True]


def test_a_dispute_is_opened_stays_open_and_is_settled(days):
    (opened,), (still,), (ended,) = (about(day, SPILL).disputes for day in days)
    assert [d.state for d in (opened, still, ended)] == ["new", "open", "settled"]
    assert {still.since, ended.since} == {DATES[0]}
    assert opened.id == still.id == ended.id
    assert not any(position.statement.new for position in still.positions)
    assert ended.positions[-1].holder == "Environment Ministry"
    assert "900 litres" in ended.positions[-1].statement.text


def test_day_three_corrects_what_day_one_said(days):
    assert [day.corrections for day in days[:2]] == [(), ()]
    (correction,) = days[2].corrections
    assert correction.text == "The Lantern line cost the city 130 million crowns, not 310 million."
    assert correction.citations[1].quote == "The Lantern line cost the city 310 million crowns."
    assert correction.citations[1].article in days[0].evidence


def test_what_was_told_the_day_before_is_marked_so(days):
    told = {s.text: s.new for s in about(days[2], QUARRY).summary}
    assert told["The road from Tarnskar to Brenna is closed to all but rescue lorries."] is False
    assert True in told.values()


def test_every_edition_proves_itself_alone(out):
    for date in DATES:
        assert "all checks pass" in editions.verify_edition(out / date)


def test_the_third_day_built_twice_is_its_revision_two(out, days):
    first = editions.read(out / DATES[2] / ".r1")
    assert (first.revision, days[2].revision) == (1, 2)
    assert first.replace(revision=2, run=Run()) == days[2].replace(run=Run())


def test_the_last_edition_leads_with_the_correction_and_tells_the_unchanged_in_a_line(out):
    text = (out / DATES[2] / "briefing.md").read_text(encoding="utf-8")
    assert text.index("**Corrections**") < text.index("## ")
    line = text[text.index("### Karmund closes Sel bridge") :]
    assert re.match(r"### .+\n\n\*.+ · unchanged · headline \[\d+\]\*\n\n+#", line)
    assert "**Settled: 200 or 900 litres**" in text
    still = (out / DATES[1] / "briefing.md").read_text(encoding="utf-8")
    assert re.search(r"\*\*Still disputed: 200 or 900 litres\*\* \*\(.*open since 3 June 2031, 1 day\)\*", still)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_editions_are_those_that_ship(days, out, number, request):
    """`pytest --update-golden` writes them; the diff is to be read as a reader of the briefing."""
    place = DAYS / "expected" / DATES[number - 1]
    made = {
        "briefing.json": without_run(days[number - 1]),
        "evidence.json": (out / DATES[number - 1] / "evidence.json").read_text(encoding="utf-8"),
        **{f"briefing.{kind}": _without_clock(out / DATES[number - 1] / f"briefing.{kind}") for kind in ("md", "html")},
    }
    if request.config.getoption("--update-golden"):
        place.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (place / name).write_text(text, encoding="utf-8")
    assert {name: (place / name).read_text(encoding="utf-8") for name in made} == made


def _without_clock(path: Path) -> str:
    return re.sub(r" in \d+\.\d seconds", "", path.read_text(encoding="utf-8"))


def test_hidden_unchanged_stories_are_listed_and_full_ones_told(days):
    hidden, full = (days[2].replace(unchanged=how) for how in ("hide", "full"))
    shown = [terminal.render(edition, 100, colour=False) for edition in (hidden, full)]
    assert [
        ("Also reported" in text, "plank beside the works" in text or "ford at Great Weir" in text) for text in shown
    ] == [
        (True, False),
        (False, True),
    ]


def test_a_damaged_earlier_edition_is_named_and_the_build_goes_on(tmp_path):
    out = tmp_path / "briefings"
    assert build(out, 1) == 0
    (out / DATES[0] / "evidence.json").write_text("{", encoding="utf-8")
    assert build(out, 2) == 3
    (failure,) = editions.read(out / DATES[1]).failures
    assert (failure.stage, failure.item) == ("compare", DATES[0])


def test_only_earlier_dates_are_remembered_and_not_for_ever(out):
    assert [b.date for b in editions.earlier(out, DATES[2]).editions] == [DATES[1], DATES[0]]
    assert editions.earlier(out, DATES[0]).editions == ()


def test_the_tutorial_over_the_samples_reads_none_of_the_days():
    found = order(SAMPLES).sources[0].read(order().now)
    assert not [document.item for document in found.documents if document.item.startswith("days")]


def test_the_json_of_an_edition_before_this_version_is_read(out):
    place = out / DATES[0]
    data = json.loads((place / "briefing.json").read_text(encoding="utf-8"))
    del data["unchanged"]
    from briefing.outputs.json import read

    assert read(json.dumps(data), (place / "evidence.json").read_text(encoding="utf-8")).unchanged == "line"
