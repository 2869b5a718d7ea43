"""The language resources a stage may use: a frozen record, given to the stages by the pipeline.

The values stand in `languages/<code>.toml`; another language is another file, not code.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from briefing.types import Record

_NO_WORDS: dict[str, Any] = {}


class DateWords(Record):
    """How one language writes days and hours: words with their meanings, and the forms they stand in.

    Weekdays and months are numbered as in ISO 8601; with `capitals` they count only when written with one.
    `days` maps a word to its first and last day from the publication ("overnight" = -1, 0), `shifts` to periods
    from the present one ("last" = -1), `bounds` to the side of the publication ("earlier" = -1), `counts` to the
    least and most it can mean ("a few"), `feasts` to month and day. `names` hold a weekday and mean none.
    A form is a regular expression over folded text; a space in it is any white space, and `<slot>` one of a
    list's words: <weekday> <month> (or a short one) <whole_month> <relative> (of `days`) <part> <unit> <shift>
    <bound> <count> <feast>; in digits <day> <until> <number> (of a month) <year>. What a form means follows from
    its slots. `clock_forms` know <hour> <minute> <half> (of the day) <named>; `links` join them to a day.
    `ahead` and `behind` are words that show a clause speaks of the future or the past; `towards` put the day right
    behind them ahead ("by").
    """

    capitals: bool = False
    weekdays: dict[str, int] = _NO_WORDS
    months: dict[str, int] = _NO_WORDS
    short_months: dict[str, int] = _NO_WORDS
    days: dict[str, tuple[int, int]] = _NO_WORDS
    parts: dict[str, str] = _NO_WORDS
    units: dict[str, Literal["day", "week", "weekend", "month", "year"]] = _NO_WORDS
    shifts: dict[str, int] = _NO_WORDS
    bounds: dict[str, int] = _NO_WORDS
    counts: dict[str, tuple[int, int]] = _NO_WORDS
    feasts: dict[str, tuple[int, int]] = _NO_WORDS
    halves: dict[str, int] = _NO_WORDS
    hours: dict[str, int] = _NO_WORDS
    names: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    ahead: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()
    towards: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    clock_forms: tuple[str, ...] = ()


class StanceWords(Record):
    """Phrases that show how a text stands to an account; matched over folded words with one space between.

    `verdicts` call an account false ("hoax"), `rebuttals` answer it ("denied", "no evidence"), `reversals` tell that
    what was announced did not come about ("pulled out"), `doubts` pass it on without vouching for it ("reportedly"),
    `confirmations` vouch. `accounts` are words for an account itself ("the story"). In a title `title_hedges`
    leave open whether it is so, and `title_refusals` turn it down.
    """

    verdicts: tuple[str, ...]
    rebuttals: tuple[str, ...]
    reversals: tuple[str, ...]
    doubts: tuple[str, ...]
    confirmations: tuple[str, ...]
    accounts: frozenset[str]
    title_hedges: tuple[str, ...]
    title_refusals: tuple[str, ...]


class FigureWords(Record):
    """What one language's figures are told apart by; all folded.

    `cumulative` are the measures that grow while an event is reported, `falling` those of them that shrink again (the
    missing are found). `persons` are nouns for people in the singular, `kin` those that tell one of a family from
    another of its name, `suffixes` the same behind a name ("jr"), `unrelated` phrases say that two bear one name.
    `vague` maps a word to the least and most it can mean ("dozens"). `fatal` beside "shot" make it a death;
    `killings` before "of" a name tell that its bearer died. `attackers` may or may not be counted among the dead:
    `attacker_deaths` say that they died. `areas` are nouns for a part of a country, `events` nouns whose plural tells
    of several scenes, `roundups` phrases that do. `wholes` stand before "of" for a part of what they count, `parts`
    before a number that is one. `officials` are speakers that stand for one authority; `as_of` are verbs that date a
    count ("rose to").
    """

    cumulative: frozenset[str] = frozenset()
    falling: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    plurals: dict[str, str] = Field(default_factory=dict)
    kin: frozenset[str] = frozenset()
    unrelated: tuple[str, ...] = ()
    suffixes: frozenset[str] = frozenset()
    honorifics: frozenset[str] = frozenset()
    aged: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    vague: dict[str, tuple[float, float]] = Field(default_factory=dict)
    fatal: frozenset[str] = frozenset()
    killings: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    attackers: frozenset[str] = frozenset()
    attacker_deaths: tuple[str, ...] = ()
    events: frozenset[str] = frozenset()
    roundups: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    possible: frozenset[str] = frozenset()
    officials: frozenset[str] = frozenset()
    as_of: frozenset[str] = frozenset()


class AccountWords(Record):
    """How one language tells who or what brought an event about; all folded.

    A form is words with two slots, `<event>` and `<cause>` or `<doer>`: "<event> caused by <cause>", "accused <doer>
    of <event>". `deeds` are verbs whose object is the event ("<doer> blew up <event>"), `passives` stand before a
    doer ("by"), `purposes` say that somebody did it on purpose. `events` are sets of words for one kind of event, in
    the singular; the first names it, `light` words say nothing of it ("broke out"). `causes` are sets of words for
    causes of one kind: of two kinds one event has one. `doers` are the same for people who do such things; those of
    `bands` may go by a name of their own ("rebels"), `vague` ones may be anyone ("gunmen"). `partial` words leave
    room for another cause, `open_words` leave it open ("investigating"), `again` tells of one time out of several.
    """

    forms: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    passives: frozenset[str] = frozenset()
    purposes: tuple[str, ...] = ()
    light: frozenset[str] = frozenset()
    events: tuple[tuple[str, ...], ...] = ()
    causes: tuple[frozenset[str], ...] = ()
    doers: tuple[frozenset[str], ...] = ()
    bands: frozenset[str] = frozenset()
    vague: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    open_words: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()


class GenreWords(Record):
    """Wording by which an article shows that it is no news report; regular expressions over folded text.

    `release_openings`, `opinion_notes`, `satire_notes` and `sponsor_notes` are met where a line begins; of
    `release_endings` two stand in the last lines of a press release, each on its own. `live` is what a live blog
    calls itself, `faults` what a correction says of the report it corrects. `correction_notes` begin a sentence of
    an article that was corrected.
    """

    release_openings: tuple[str, ...] = ()
    release_endings: tuple[str, ...] = ()
    opinion_notes: tuple[str, ...] = ()
    satire_notes: tuple[str, ...] = ()
    sponsor_notes: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    correction_notes: tuple[str, ...] = ()


class Lexicon(Record):
    """Word lists of one language, all folded: lower case, no accents, straight apostrophes.

    `reporting_verbs` are finite forms, `reporting_participles` the "-ing" forms whose subject is the
    sentence's own. `weak_verbs` report only beside what is said ("added that"), `figure_verbs` only before
    a figure ("put the damage at"). `organisations` are the `speaker_nouns` that are no persons. `measures` maps
    a word ("killed", "dead") to the thing counted ("dead").
    Function words: `ties` join parts of a noun phrase ("of", "in"), `leads` and `times` stand before one,
    `clause_openers` end it, `suppositions` open what nobody said ("if"); before a verb `auxiliaries` make it
    passive or unreal, `perfect` and `adverbs` do not.
    `withheld` is what may be "denied" to someone, `sayings` are names for what is said ("reports"), `unspecific`
    words for what is denied that leave open what it is ("wrongdoing"); `saying_links` join a saying to what it says
    ("reports of"), `passing` a sentence to a saying it only mentions ("after reports").
    `office_words` stand in the name of an office beside a `speaker_nouns` ("foreign").
    `variants` maps a spelling to the one it is compared under ("turkiye" -> "turkey").
    `contrasts` are sets of sides (words split at white space) of which one event has one: "exports", "imports".
    `opposites` are pairs of sides a statement may not exchange, `negating_prefixes` make more ("un"); `units` maps a
    word or sign to the unit's sign, `measure_words` are units of time, length and weight, `scale_signs` letters at a
    number ("5bn").
    `allegations` are deeds nobody may be said to have done in the tool's voice, `accusing` words say who alleges them.
    `subjects` are names of fields that a topic may bear without being called so by its stories ("economy").
    `roundup_titles` stand in the title of an article on many events ("news in brief").
    `admissions` say that who denied something no longer does, `retractions` that something said is taken back.
    """

    language: str
    stopwords: frozenset[str]
    numbers: dict[str, float]
    scales: dict[str, float]
    fractions: frozenset[str]
    approximate: frozenset[str]
    minimum: tuple[str, ...]
    maximum: tuple[str, ...]
    generic_units: frozenset[str]
    money: frozenset[str]
    measures: dict[str, str]
    negations: frozenset[str]
    near_negations: frozenset[str]
    hedges: frozenset[str]
    reader_words: frozenset[str]
    requests: frozenset[str]
    request_phrases: tuple[str, ...]
    reporting_verbs: frozenset[str]
    weak_verbs: frozenset[str]
    figure_verbs: frozenset[str]
    reporting_participles: frozenset[str]
    issuing_verbs: frozenset[str]
    statement_nouns: frozenset[str]
    attribution_phrases: tuple[str, ...]
    quoting: tuple[tuple[str, str], ...]
    denial_verbs: tuple[str, ...]
    denial_predicates: tuple[str, ...]
    not_denials: tuple[str, ...]
    differing_phrases: tuple[str, ...]
    withheld: frozenset[str] = frozenset()
    sayings: frozenset[str] = frozenset()
    unspecific: frozenset[str] = frozenset()
    saying_links: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    clause_openers: frozenset[str]
    noun_glue: frozenset[str]
    determiners: frozenset[str]
    ties: frozenset[str]
    leads: frozenset[str]
    times: frozenset[str]
    auxiliaries: frozenset[str]
    perfect: frozenset[str]
    adverbs: frozenset[str]
    relatives: frozenset[str]
    suppositions: frozenset[str]
    person_pronouns: frozenset[str]
    singular_pronouns: frozenset[str]
    speaker_nouns: frozenset[str]
    organisations: frozenset[str]
    office_words: frozenset[str] = frozenset()
    calendar: frozenset[str]
    variants: dict[str, str]
    country_endings: tuple[str, ...]
    demonym_endings: tuple[str, ...]
    dates: DateWords
    contrasts: tuple[tuple[str, ...], ...]
    opposites: tuple[tuple[str, str], ...]
    negating_prefixes: frozenset[str]
    units: dict[str, str]
    measure_words: frozenset[str]
    scale_signs: dict[str, float]
    allegations: frozenset[str]
    accusing: frozenset[str]
    figures: FigureWords = FigureWords()
    accounts: AccountWords = AccountWords()
    genres: GenreWords = GenreWords()
    subjects: frozenset[str]
    roundup_titles: tuple[str, ...]
    admissions: tuple[str, ...] = ()
    retractions: tuple[str, ...] = ()
    stances: StanceWords

    def __hash__(self) -> int:
        """By language: a run has one lexicon of each."""
        return hash(self.language)


class Inflection(Record):
    """How the words of one language change their form, as far as it takes to know one again.

    `endings` are pairs of which one stands for the other ("y", "ies"), `prefixes` are written onto a word (the article
    of Arabic), `fixed` are words whose other form is another word ("news"); folded. With `capital_nouns` a capital
    does not make a name.
    """

    language: str = ""
    endings: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    capital_nouns: bool = False

    def __hash__(self) -> int:
        """By language, as for a lexicon."""
        return hash(self.language)


Lexicons = Mapping[str, Lexicon]
Inflections = Mapping[str, Inflection]
