"""The language resources a stage may use: a frozen record, given to the stages by the pipeline.

The values stand in `languages/<code>.toml`; another language is another file, not code.
"""

from collections.abc import Mapping
from typing import Any, Literal

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


class Lexicon(Record):
    """Word lists of one language, all folded: lower case, no accents, straight apostrophes.

    `reporting_verbs` are finite forms, `reporting_participles` the "-ing" forms whose subject is the
    sentence's own. `weak_verbs` report only beside what is said ("added that"), `figure_verbs` only before
    a figure ("put the damage at"). `organisations` are the `speaker_nouns` that are no persons. `measures` maps
    a word ("killed", "dead") to the thing counted ("dead").
    Function words: `ties` join parts of a noun phrase ("of", "in"), `leads` and `times` stand before one,
    `clause_openers` end it, `suppositions` open what nobody said ("if"); before a verb `auxiliaries` make it
    passive or unreal, `perfect` and `adverbs` do not.
    `variants` maps a spelling to the one it is compared under ("turkiye" -> "turkey").
    `contrasts` are sets of sides (words split at white space) of which one event has one: "exports", "imports".
    `roundup_titles` stand in the title of an article on many events ("news in brief").
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
    calendar: frozenset[str]
    variants: dict[str, str]
    country_endings: tuple[str, ...]
    demonym_endings: tuple[str, ...]
    dates: DateWords
    contrasts: tuple[tuple[str, ...], ...]
    roundup_titles: tuple[str, ...]

    def __hash__(self) -> int:
        """By language: a run has one lexicon of each."""
        return hash(self.language)


Lexicons = Mapping[str, Lexicon]
