"""One self-contained page: no script, no request, nothing that was not in the briefing."""

from typing import ClassVar

from briefing.outputs import templating, view
from briefing.types import Briefing, Record


class Html(Record):
    """`briefing.html`."""

    extension: ClassVar[str] = "html"

    def render(self, briefing: Briefing) -> str:
        """The briefing as an HTML document; untrusted text can only appear literally."""
        return templating.render("briefing.html.jinja", None, page=view.page(briefing))
