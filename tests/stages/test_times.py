"""The time a sentence speaks of: how dates are read relative to publication, and the days of an article's event."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.lexicon import DateWords
from briefing.stages.times import Spoken, event_days, spoken
from briefing.types import Article

EN = lexicons()["en"]
WEDNESDAY = "2031-05-14T10:00:00+02:00"

# What is read, as "written = first" or "written = first..last", published on Wednesday, 14 May 2031.
READ = [
    ("The dam broke on 2031-05-12.", "2031-05-12 = 2031-05-12"),
    ("The dam broke on 25.04.2031.", "25.04.2031 = 2031-04-25"),
    ("The dam broke on 04/25/2031.", "04/25/2031 = 2031-04-25"),
    ("The dam broke on 04/05/2031.", ""),
    ("The dam broke on 2031-02-30.", ""),
    ("The file is at orlo.example/2031-05-12/dam.", ""),
    ("The dam broke on April 25.", "April 25 = 2031-04-25"),
    ("The dam broke on April 25, 2030.", "April 25, 2030 = 2030-04-25"),
    ("The dam broke on April 25 2030.", "April 25 2030 = 2030-04-25"),
    ("The dam broke on 25 April 2030.", "25 April 2030 = 2030-04-25"),
    ("The dam broke on the 25th of April.", "25th of April = 2031-04-25"),
    ("The dam broke on Friday, April 25, 2031, in Orlo.", "Friday, April 25, 2031 = 2031-04-25"),
    ("ORLO, Dec. 31 (Bell) - The dam broke.", "Dec. 31 = 2030-12-31"),
    ("The dam broke on Sept. 3.", "Sept. 3 = 2030-09-03"),
    ("The fair of April 25-27 is over.", "April 25-27 = 2031-04-25..2031-04-27"),
    ("The fair of 25 to 27 April is over.", "25 to 27 April = 2031-04-25..2031-04-27"),
    ("The fair opens on July 3.", "July 3 = 2031-07-03"),
    ("The fair was held on July 3.", "July 3 = 2030-07-03"),
    ("The fair will open on December 3.", "December 3 = 2031-12-03"),
    ("The fair is on February 30.", ""),
    ("The dam broke on the 5th.", "on the 5th = 2031-05-05"),
    ("The dam broke on the 25th.", "on the 25th = 2031-04-25"),
    ("The council will meet on the 25th.", "on the 25th = 2031-05-25"),
    ("She lives on the 25th floor.", ""),
    ("The dam broke on Tuesday.", "Tuesday = 2031-05-13"),
    ("The dam broke on Wednesday.", "Wednesday = 2031-05-14"),
    ("The dam broke on Thursday.", "Thursday = 2031-05-08"),
    ("Six people died Monday in Orlo.", "Monday = 2031-05-12"),
    ("Monday's fire destroyed the mill.", "Monday = 2031-05-12"),
    ("The mill has stood empty since Monday.", "Monday = 2031-05-12"),
    ("The council will meet on Friday.", "Friday = 2031-05-16"),
    ("The council will meet on Wednesday.", "Wednesday = 2031-05-14"),
    ("On Friday, voters in Orlo will choose a mayor.", "Friday = 2031-05-16"),
    ("The trial is due to begin on Monday.", "Monday = 2031-05-19"),
    ("He will resign, the mayor said on Monday.", "Monday = 2031-05-12"),
    ("The mayor said on Monday he will resign.", "Monday = 2031-05-12"),
    ("The mayor said he would resign on Friday.", "Friday = 2031-05-16"),
    ("The dam broke on Monday. The council will meet.", "Monday = 2031-05-12"),
    ("The road is closed until Friday.", "Friday = 2031-05-16"),
    ("Miners want an answer by Friday.", "Friday = 2031-05-16"),
    ("Talks went on ahead of Friday's vote.", "Friday = 2031-05-16"),
    ("The house was hit by rebels on Friday.", "Friday = 2031-05-09"),
    ("The dam broke last Tuesday.", "last Tuesday = 2031-05-13"),
    ("The dam broke last Wednesday.", "last Wednesday = 2031-05-07"),
    ("Next Tuesday is a holiday.", "Next Tuesday = 2031-05-20"),
    ("This Friday is a holiday.", "This Friday = 2031-05-16"),
    ("Police were called this Monday.", "this Monday = 2031-05-12"),
    ("The dam broke on Tuesday last week.", "Tuesday last week = 2031-05-06"),
    ("The council meets Tuesday of next week.", "Tuesday of next week = 2031-05-20"),
    ("The dam broke today.", "today = 2031-05-14"),
    ("The dam broke yesterday evening.", "yesterday evening = 2031-05-13"),
    ("The council votes tomorrow.", "tomorrow = 2031-05-15"),
    ("The dam broke the day before yesterday.", "the day before yesterday = 2031-05-12"),
    ("The dam broke overnight.", "overnight = 2031-05-13..2031-05-14"),
    ("The dam broke last night.", "last night = 2031-05-13..2031-05-14"),
    ("The dam broke two days ago.", "two days ago = 2031-05-12"),
    ("The dam broke 10 days ago.", "10 days ago = 2031-05-04"),
    ("The dam broke a few days ago.", "a few days ago = 2031-05-07..2031-05-12"),
    ("The dam broke three weeks ago.", "three weeks ago = 2031-04-20..2031-04-26"),
    ("The dam broke a month ago.", "a month ago = 2031-03-30..2031-04-29"),
    ("The dam broke two years ago.", "two years ago = 2029-01-01..2029-12-31"),
    ("The dam broke last week.", "last week = 2031-05-05..2031-05-11"),
    ("The dam broke earlier this week.", "earlier this week = 2031-05-12..2031-05-14"),
    ("The council meets later this week.", "later this week = 2031-05-14..2031-05-18"),
    ("The dam broke earlier this month.", "earlier this month = 2031-05-01..2031-05-14"),
    ("The dam broke last month.", "last month = 2031-04-01..2031-04-30"),
    ("The dam broke last year.", "last year = 2030-01-01..2030-12-31"),
    ("The mill will close next year.", "next year = 2032-01-01..2032-12-31"),
    ("It was the last week of the war.", ""),
    ("On the last day he left.", ""),
    ("The dam broke at the weekend.", "the weekend = 2031-05-10..2031-05-11"),
    ("Rain will return at the weekend.", "the weekend = 2031-05-17..2031-05-18"),
    ("The dam broke last weekend.", "last weekend = 2031-05-10..2031-05-11"),
    ("The dam broke in March.", "in March = 2031-03-01..2031-03-31"),
    ("The dam broke in November.", "in November = 2030-11-01..2030-11-30"),
    ("The mill will close in November.", "in November = 2031-11-01..2031-11-30"),
    ("The dam broke in late March 2029.", "in late March 2029 = 2029-03-01..2029-03-31"),
    ("Since March 2029 nobody has lived there.", "Since March 2029 = 2029-03-01..2029-03-31"),
    ("The dam broke last April.", "last April = 2031-04-01..2031-04-30"),
    ("The dam broke last December.", "last December = 2030-12-01..2030-12-31"),
    ("The mill closes next March.", "next March = 2032-03-01..2032-03-31"),
    ("The dam broke in 2029.", "in 2029 = 2029-01-01..2029-12-31"),
    ("By 2040 the sea will have risen.", "By 2040 = 2040-01-01..2040-12-31"),
    ("In March 25 people died.", "In March = 2031-03-01..2031-03-31"),
    ("The dam broke on New Year's Eve.", "New Year's Eve = 2030-12-31"),
    ("The dam broke on Christmas Day 2028.", "Christmas Day 2028 = 2028-12-25"),
    ("The 7 October attacks were remembered.", "7 October = 2030-10-07"),
    ("The dam broke on Monday; on 9 May 2030 it had been mended.", "Monday = 2031-05-12; 9 May 2030 = 2030-05-09"),
    ("May said she may march on Orlo.", ""),
    ("It may 12 times be said.", ""),
    ("The March on the capital drew thousands.", ""),
    ("He drives a 2030 model.", ""),
    ("He reads the Sunday Times.", ""),
    ("Shops were full on Black Friday.", ""),
    ("Help is there 24/7.", ""),
    ("Power failed in 2,000 homes.", ""),
    ("A Boeing 737 landed.", ""),
    ("Orwell's “1984” sold out.", ""),
    ("Prices rose to 2031.50 crowns in the 1990s.", ""),
    ("Orlo won 3-2 on points.", ""),
    ("The April 2.5 million figure stands.", ""),
]


def shown(times: tuple[Spoken, ...]) -> str:
    days = [f"{t.first}" if t.first == t.last else f"{t.first}..{t.last}" for t in times]
    return "; ".join(f"{t.written} = {d}" for t, d in zip(times, days, strict=True))


@pytest.mark.parametrize(("sentence", "expected"), READ, ids=[sentence for sentence, _ in READ])
def test_times_are_read_from_the_day_of_publication(sentence, expected):
    assert shown(spoken(sentence, WEDNESDAY, EN)) == expected


@pytest.mark.parametrize(
    ("sentence", "hour", "part"),
    [
        ("The dam broke at 14:05 on Tuesday.", (14, 5), ""),
        ("The dam broke on Tuesday at 9.30pm.", (21, 30), ""),
        ("The dam broke on Feb. 7, around 8:34 a.m. local time.", (8, 34), ""),
        ("At about 11pm local time on Tuesday night the dam broke.", (23, 0), "night"),
        ("The dam broke at noon on Tuesday.", (12, 0), ""),
        ("The dam broke shortly before midnight on Tuesday.", (0, 0), ""),
        ("The dam broke at 12:15 am on Tuesday.", (0, 15), ""),
        ("The dam broke at 25:15 on Tuesday.", None, ""),
        ("The dam broke on Tuesday morning.", None, "morning"),
        ("Orlo won 3-2 on Tuesday.", None, ""),
    ],
)
def test_the_hour_beside_a_day_is_kept(sentence, hour, part):
    (time,) = spoken(sentence, WEDNESDAY, EN)
    assert (time.hour, time.part) == (hour, part)
    assert sentence[time.start : time.end] == time.written


def test_the_day_of_publication_is_the_local_one():
    """Half past midnight in Orlo is still Tuesday in Greenwich."""
    assert shown(spoken("today", "2031-05-14T00:30:00+02:00", EN)) == "today = 2031-05-14"
    assert shown(spoken("today", "2031-05-13T22:30:00Z", EN)) == "today = 2031-05-13"


def test_around_the_turn_of_the_year_the_nearest_year_is_meant():
    assert shown(spoken("The dam broke on December 30.", "2031-01-02", EN)) == "December 30 = 2030-12-30"
    assert shown(spoken("The fair is on January 5.", "2030-12-30", EN)) == "January 5 = 2031-01-05"
    assert shown(spoken("The dam broke on February 29.", "2032-03-01", EN)) == "February 29 = 2032-02-29"


def test_this_weekend_told_on_a_monday_is_over():
    told = spoken("The dam was mended this weekend.", "2031-05-12", EN)
    assert shown(told) == "this weekend = 2031-05-10..2031-05-11"


def test_without_a_day_of_publication_nothing_is_guessed():
    text = "On Monday, on April 25, in 2029, in March 2029, last week and on 3 May 2030 or 2030-05-04."
    assert shown(spoken(text, None, EN)) == "3 May 2030 = 2030-05-03; 2030-05-04 = 2030-05-04"
    assert spoken(text, "not a day", EN) == spoken(text, None, EN)


def test_without_a_lexicon_only_digits_are_read():
    assert shown(spoken("On Monday, 3 May 2030, or 2030-05-04.", WEDNESDAY, None)) == "2030-05-04 = 2030-05-04"


def test_a_time_says_whether_publication_was_needed_to_read_it():
    times = spoken("On Monday, on April 25, on 3 May 2030 and in 2029.", WEDNESDAY, EN)
    assert [time.relative for time in times] == [True, True, False, False]


WEEKDAYS = "montag dienstag mittwoch donnerstag freitag samstag sonntag"
MONTHS = "januar februar marz april mai juni juli august september oktober november dezember"
GERMAN = DateWords(
    capitals=True,
    weekdays={word: i for i, word in enumerate(WEEKDAYS.split(), 1)},
    months={word: i for i, word in enumerate(MONTHS.split(), 1)},
    days={"heute": (0, 0), "gestern": (-1, -1), "vorgestern": (-2, -2), "morgen": (1, 1)},
    parts={"morgen": "morning", "abend": "evening", "nacht": "night"},
    units={"tag": "day", "tagen": "day", "woche": "week", "wochen": "week", "wochenende": "weekend", "jahr": "year"},
    shifts={"letzte": -1, "letzten": -1, "vergangenen": -1, "diese": 0, "nachste": 1, "nachsten": 1},
    counts={"einer": (1, 1), "einem": (1, 1)},
    ahead=frozenset({"wird", "werden", "soll", "sollen"}),
    behind=frozenset({"wurde", "wurden", "war"}),
    links=("um", "gegen", "am"),
    forms=(
        r"(?:<weekday>, (?:den |dem )?)?<day>\. <month>(?: <year>)?",
        r"<day>\.<number>\.<year>",
        r"(?:<shift> )?<weekday>(?: ?<part>)?",
        r"<relative>(?: <part>)?",
        r"vor <count> <unit>",
        r"<shift> <unit>",
        r"(?:im|seit|ende|anfang) <whole_month>(?: <year>)?",
        r"am <weekend>",
        r"(?:im jahr|seit) <year>",
    ),
    clock_forms=(r"<hour>(?:[.:]<minute>)? uhr",),
)  # fmt: skip
DE = EN.replace(language="de", dates=GERMAN, numbers={"zwei": 2, "drei": 3})


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Der Damm brach am Dienstag.", "Dienstag = 2031-05-13"),
        ("Der Damm brach am Dienstagabend gegen 21.30 Uhr.", "Dienstagabend gegen 21.30 Uhr = 2031-05-13"),
        ("Der Rat wird am Freitag tagen.", "Freitag = 2031-05-16"),
        ("Der Damm brach am vergangenen Mittwoch.", "vergangenen Mittwoch = 2031-05-07"),
        ("Der Damm brach am 25. April.", "25. April = 2031-04-25"),
        ("Der Damm brach am Freitag, dem 25. April 2031.", "Freitag, dem 25. April 2031 = 2031-04-25"),
        ("Der Damm brach am 04.05.2031.", "04.05.2031 = 2031-05-04"),
        ("Der Damm brach heute, gestern Abend oder vorgestern.",
         "heute = 2031-05-14; gestern Abend = 2031-05-13; vorgestern = 2031-05-12"),
        ("Der Rat tagt morgen.", "morgen = 2031-05-15"),
        ("Der Damm brach vor zwei Tagen.", "vor zwei Tagen = 2031-05-12"),
        ("Der Damm brach letzte Woche.", "letzte Woche = 2031-05-05..2031-05-11"),
        ("Der Damm brach im März.", "im März = 2031-03-01..2031-03-31"),
        ("Der Damm brach am Wochenende.", "am Wochenende = 2031-05-10..2031-05-11"),
        ("Die Mühle steht seit 2029 leer.", "seit 2029 = 2029-01-01..2029-12-31"),
    ],
)  # fmt: skip
def test_another_language_is_words_and_forms(sentence, expected):
    assert shown(spoken(sentence, WEDNESDAY, DE)) == expected


def days_of(title: str, body: str, published: str | None = WEDNESDAY) -> str | None:
    days = event_days(Article.make(title, body, published=published), EN)
    return days and "..".join(sorted({str(day) for day in days}))


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Ferry sinks off Orlo", "A ferry sank off Orlo on Monday, police said on Tuesday.", "2031-05-12"),
        ("Ferry sinks off Orlo", "Police said on Tuesday that a ferry sank on Monday night.", "2031-05-12"),
        ("Mayor resigns", "The mayor of Orlo said on Tuesday she was leaving.", "2031-05-13"),
        ("Orlo votes", "Voters will choose a mayor on Friday, officials said.", None),
        ("Dam breaks", "The dam was built in 1931. It broke over the weekend.", "2031-05-10..2031-05-11"),
        ("Dam breaks", "The dam of Orlo broke. Nobody was hurt.", None),
        ("Looking back", "The dam of Orlo broke on 3 May 2029.", None),
        ("Dam breaks", "x " * 1000 + "It broke on Monday.", None),
    ],
)
def test_the_event_of_an_article_fell_on_the_day_its_lead_tells(title, body, expected):
    assert days_of(title, body) == expected


def test_an_article_without_a_date_of_its_own_is_dated_by_a_full_date_alone():
    assert days_of("Dam breaks", "It broke on Monday.", published=None) is None
    assert days_of("Dam breaks", "It broke on Monday, 3 May 2030.", published=None) == "2030-05-03"


PIECES = (
    "May march 25 31 2031 31st , . - – : in on the last next this week weekend ago two Monday Friday night April Dec. at "
    "9.30pm noon overnight 2031-02-29 12/31/2030 will was İ ß ﬁ “ since year's 0 99 a few days until New Year's Eve"
)
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=30).map(" ".join))
PUBLISHED = st.one_of(st.none(), st.dates().map(str), st.sampled_from(["0001-01-01", "9999-12-31", "", "soon"]))


@given(TEXTS, PUBLISHED, st.sampled_from([EN, DE, None]))
def test_times_stand_in_order_and_as_written(text, published, lexicon):
    times = spoken(text, published, lexicon)
    assert times == spoken(text, published, lexicon)
    end = 0
    for time in times:
        assert end <= time.start < time.end <= len(text)
        assert text[time.start : time.end] == time.written
        assert date.min <= time.first <= time.last
        end = time.end


@given(TEXTS, st.dates().map(str))
def test_without_a_lexicon_the_day_of_publication_changes_nothing(text, published):
    times = spoken(text, published, None)
    assert [t[:5] for t in times] == [t[:5] for t in spoken(text, None, None)]
    assert all(not t.relative and not any(c.isalpha() for c in t.written) for t in times)


@given(TEXTS, PUBLISHED)
def test_the_days_of_an_event_are_days_near_publication(text, published):
    days = event_days(Article.make("Dam breaks", text, published=published), EN)
    if days and published and published[:1].isdigit():
        assert abs((days[0] - date.fromisoformat(published)).days) <= 10


def test_a_hostile_text_is_read_in_time():
    """An exponential or cubic search would meet the time limit of the tests."""
    for piece in ("April ", "25 to 27 ", "on the ", "a few ", "at 9 , , ", "2031-05-", "Friday, "):
        spoken(piece * 5000, WEDNESDAY, EN)
