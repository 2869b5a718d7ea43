"""The report of an evaluation as a reader meets it."""

import pytest

from briefing.evaluation import page
from briefing.evaluation.cases import load
from briefing.evaluation.prepare import prepared
from tests.browser import audit
from tests.evaluation.scripts import DATA, candidate, lying, perfect
from tests.evaluation.test_page import evaluation

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    cases = prepared(load([DATA], shipped=False))
    found = evaluation(
        cases, candidate("good", perfect, cases), candidate("a/very-long-name-of-a-model:70b", lying, cases)
    )
    path = tmp_path_factory.mktemp("report") / "evaluation.html"
    path.write_text(page.render(found), encoding="utf-8")
    return path


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_the_report_is_accessible(settings, visit, report):
    assert audit.faults(visit(report, **settings)) == []


def test_on_a_phone_only_the_tables_scroll_sideways(visit, report):
    tab = visit(report, **PHONE)
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    assert tab.locator(".scroll").first.evaluate("box => box.scrollWidth > box.clientWidth")


def test_the_articles_of_a_case_open_in_place(visit, report):
    tab = visit(report)
    article = tab.get_by_text("La rivero Lumo inundis la urbon Verda Valo dum la nokto")
    assert not article.first.is_visible()
    tab.get_by_text("The articles").last.click()
    tab.get_by_text("The articles").first.click()
    assert article.first.is_visible()


def test_a_case_in_the_list_leads_to_its_telling(visit, report):
    tab = visit(report)
    tab.get_by_role("link", name="eo-ponto").click()
    assert tab.url.endswith("#case-eo_2dponto")
