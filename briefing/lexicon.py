"""The language resources a stage may use: a frozen record, given to the stages by the pipeline.

The values stand in `languages/<code>.toml`; another language is another file, not code.
"""

from collections.abc import Mapping

from briefing.types import Record


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

    def __hash__(self) -> int:
        """By language: a run has one lexicon of each."""
        return hash(self.language)


Lexicons = Mapping[str, Lexicon]
