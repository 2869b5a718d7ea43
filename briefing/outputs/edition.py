"""What every part of an edition's page needs beside its briefing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from briefing.outputs import dates, numbering
from briefing.outputs.words import Words, words_of
from briefing.types import Briefing, Record


class Edition(Record):
    """A briefing with what every part of its page needs: the words, the citation numbers, the time zone, the year."""

    briefing: Briefing
    words: Words
    numbers: numbering.Numbers
    keys: dict[str, str]
    zone: ZoneInfo
    year: int | None

    @classmethod
    def of(cls, briefing: Briefing) -> "Edition":
        """The edition of a briefing."""
        zone = dates.zone(briefing.timezone)
        day = dates.parse(briefing.date, zone)
        return cls(
            briefing=briefing,
            words=words_of(briefing.language),
            numbers=numbering.numbers(briefing),
            keys={identity: f"a{n}" for n, identity in enumerate(briefing.articles, 1)},
            zone=zone,
            year=day.year if isinstance(day, date | datetime) else None,
        )

    def foreign(self, language: str | None) -> str | None:
        """The language, where it is not the page's."""
        return None if language == self.words.tag else language

    def moment(self, text: str | None) -> str:
        """A point in time as the page shows it."""
        return dates.moment(self.words, text, self.zone)
