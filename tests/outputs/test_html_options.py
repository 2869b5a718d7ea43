"""What a user may change of the page, and what is refused before any work."""

import base64
import zlib

import pytest

from briefing import plugins
from briefing.errors import ConfigError
from briefing.outputs import colour, templating
from briefing.outputs.html import Html
from tests.outputs.edition import EMPTY, FULL
from tests.outputs.parsing import elements, tree, words

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h2v2z" fill="url(#g)"/></svg>'


def made(root, **options):
    """The output as a configuration in the folder `root` would make it."""
    return plugins.make("outputs", {"kind": "html", **options}, "outputs.html", root)


def refused(root, **options):
    """What a configuration with these options is refused with."""
    with pytest.raises(ConfigError) as caught:
        made(root, **options)
    return str(caught.value)


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text, encoding="utf-8")
    return name


def test_paths_are_relative_to_the_folder_of_the_settings(tmp_path):
    name = put(tmp_path, "house.css", ":root { --paper: white; }")
    assert made(tmp_path, theme=name).theme == tmp_path / name


def test_a_theme_stands_after_the_page_s_own_rules(tmp_path):
    name = put(tmp_path, "house.css", "@media (width < 40rem) { h1 > a::after { content: '>'; background: url(#x) } }")
    style = words(next(elements(tree(made(tmp_path, theme=name).render(FULL)), "style")))
    assert style.endswith("h1 > a::after { content: '>'; background: url(#x) } }")


@pytest.mark.parametrize(
    ("css", "fault"),
    [
        ("a {}\n@import 'x.css';", "line 2: @import loads something"),
        ("a { background: url( 'https://x.example/p.png') }", "loads something"),
        ("a { background: URL(//x.example/p.png) }", "loads something"),
        ("a { background: image-set('p.png' 1x) }", "loads something"),
        ("</style><script>alert(1)</script>", "line 1: holds markup"),
        (b"\xff\xfe", "not UTF-8"),
        ("a{}" * 40_000, "larger than 100 kB"),
    ],
)
def test_a_theme_that_loads_or_breaks_out_is_refused(tmp_path, css, fault):
    said = refused(tmp_path, theme=put(tmp_path, "house.css", css))
    assert said.startswith("outputs.html.theme: ")
    assert fault in said


def test_a_missing_theme_is_named(tmp_path):
    assert refused(tmp_path, theme="no.css") == (
        f"outputs.html.theme: {tmp_path / 'no.css'} could not be read (No such file or directory)"
    )


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("a.svg", SVG, "image/svg+xml"),
        ("b.svg", b'<?xml version="1.0"?>\n' + SVG, "image/svg+xml"),
    ],
)
def test_a_logo_is_taken_into_the_page(tmp_path, name, content, kind):
    root = tree(made(tmp_path, logo=put(tmp_path, name, content)).render(FULL))
    (logo,) = elements(root, "img")
    assert logo.attrib["src"] == f"data:{kind};base64,{base64.b64encode(content).decode()}"
    assert logo.attrib["alt"] == ""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"GIF89a", "no PNG, JPEG, WebP or SVG"),
        (b"<html>", "no PNG, JPEG, WebP or SVG"),
        (PNG * 5_000, "larger than 100 kB"),
        (SVG.replace(b"<path", b"<script/><path"), "it holds <script>"),
        (SVG.replace(b"<path", b"<foreignObject/><path"), "it holds <foreignobject>"),
        (SVG.replace(b"<path", b'<path onload="alert(1)"'), "it holds the script onload"),
        (SVG.replace(b"<path", b'<image href="https://x.example/p.png"/><path'), "it points to something outside"),
        (SVG.replace(b"url(#g)", b"url(https://x.example)"), "it loads something"),
        (SVG.replace(b"<path", b"<style>@import 'x'</style><path"), "its style loads something"),
        (b'<!-- --><!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "it has a document type"),
        (SVG[:-3], "it is not well-formed"),
        (b"<svgx/>", "it is not an SVG picture"),
    ],
)
def test_a_logo_that_is_no_still_picture_is_refused(tmp_path, content, fault):
    said = refused(tmp_path, logo=put(tmp_path, "logo", content))
    assert said.startswith("outputs.html.logo: ")
    assert fault in said


def test_a_random_logo_never_breaks_the_page(tmp_path):
    content = PNG + zlib.compress(b'"><script>alert(1)</script>' * 9)
    assert not list(elements(tree(made(tmp_path, logo=put(tmp_path, "a", content)).render(FULL)), "script"))


def test_a_file_that_is_gone_is_named_when_the_page_is_made(tmp_path):
    html = made(tmp_path, theme=put(tmp_path, "house.css", "a {}"))
    (tmp_path / "house.css").unlink()
    with pytest.raises(ConfigError, match=r"house\.css could not be read"):
        html.render(FULL)


@pytest.mark.parametrize("accent", ["red", "#fff", "#12345g", "#1234567"])
def test_an_accent_is_written_as_six_hexadecimal_digits(tmp_path, accent):
    assert refused(tmp_path, accent=accent).startswith("outputs.html.accent: ")


def test_the_accent_is_used_as_it_is_for_ornament_and_made_legible_for_text(tmp_path):
    html = made(tmp_path, accent="#FFEE00").render(FULL)
    assert "--accent: #FFEE00;" in html
    assert "--link-dark: #ffee00;" in html
    assert "--link: #ffee00;" not in html


@pytest.mark.parametrize("accent", ["#ffee00", "#000000", "#ffffff", "#808080", "#1f5673", "#e4002b", "#00ff00"])
@pytest.mark.parametrize("grounds", [colour.LIGHT, colour.DARK])
def test_any_accent_is_legible_on_every_ground(accent, grounds):
    assert all(colour.contrast(colour.legible(accent, grounds), ground) >= 4.5 for ground in grounds)


def test_a_legible_accent_stays_what_it_is():
    assert colour.legible("#1f5673", colour.LIGHT) == "#1f5673"
    assert colour.contrast("#000000", "#ffffff") == 21
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_grounds_are_those_of_the_style_sheet():
    html = Html().render(EMPTY)
    for light, dark in zip(colour.LIGHT, colour.DARK, strict=True):
        assert f"light-dark({light}, {dark})" in html


def test_a_note_stands_at_the_end(tmp_path):
    root = tree(made(tmp_path, note="The Ellin desk, <b>Pier 4</b>").render(FULL))
    assert words(next(elements(root, "footer"))).endswith("The Ellin desk, <b>Pier 4</b>")


def test_an_unknown_option_is_named(tmp_path):
    assert refused(tmp_path, acent="#000000").startswith("outputs.html.acent: unknown key; did you mean")


def test_a_template_takes_the_place_of_the_shipped_one_of_its_name(tmp_path):
    put(tmp_path, "templates/page/foot.jinja", "<footer>Printed by {{ page.title }} &amp; sons</footer>")
    root = tree(made(tmp_path, templates_dir="templates").render(FULL))
    assert words(next(elements(root, "footer"))) == "Printed by Ellin briefing & sons"
    assert len(list(elements(root, "article"))) == 3


def test_a_template_can_extend_the_shipped_one_of_its_own_name(tmp_path):
    put(
        tmp_path,
        "templates/briefing.html.jinja",
        '{% extends "shipped/briefing.html.jinja" %}{% block foot %}<p>{{ page.stories }}{{ look.note }}</p>{% endblock %}',
    )
    assert "has no attribute 'stories'" in refused(tmp_path, templates_dir="templates")
    put(
        tmp_path,
        "templates/briefing.html.jinja",
        '{% extends "shipped/briefing.html.jinja" %}{% block foot %}<p>{{ look.note }}</p>{% endblock %}',
    )
    root = tree(made(tmp_path, templates_dir="templates", note="the end").render(FULL))
    assert not list(elements(root, "footer"))
    assert words(list(elements(root, "p"))[-1]) == "the end"


def test_text_of_articles_stays_text_in_a_user_s_template(tmp_path):
    put(
        tmp_path,
        "templates/page/story.jinja",
        "<article><h3>{{ story.headline.text }}</h3></article>",
    )
    put(tmp_path, "templates/page/glance.jinja", "")
    root = tree(made(tmp_path, templates_dir="templates").render(FULL))
    assert any("<script>alert(2)</script>" in words(e) for e in elements(root, "h3"))
    assert not list(elements(root, "script"))


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("<footer>{% if %}</footer>", "foot.jinja: line 1: Expected an expression"),
        ("<footer>\n{{ page.tittle }}</footer>", "foot.jinja: line 2: "),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{% include 'other.jinja' %}", "other.jinja"),
        ("{{ cycler.__init__.__globals__ }}", "access to attribute '__init__'"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% for n in range(10 ** 9) %}x{% endfor %}", "too big"),
        ("{{ page.title + 1 }}", "foot.jinja: line 1: "),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_its_line(tmp_path, template, fault):
    put(tmp_path, "templates/page/foot.jinja", template)
    said = refused(tmp_path, templates_dir="templates")
    assert said.startswith("outputs.html.templates_dir: ")
    assert fault in said


def test_a_folder_of_templates_must_be_one(tmp_path):
    assert "is not a folder" in refused(tmp_path, templates_dir="nowhere")
    (tmp_path / "empty").mkdir()
    said = refused(tmp_path, templates_dir="empty")
    assert "holds no template of a known name" in said
    assert "page/story.jinja" in said


def test_a_template_that_fails_later_is_named(tmp_path):
    put(tmp_path, "templates/page/foot.jinja", "{% if page.title != 'A briefing' %}{{ page.nothing }}{% endif %}")
    html = made(tmp_path, templates_dir="templates")
    with pytest.raises(ConfigError, match=r"foot\.jinja: line 1: .*no attribute 'nothing'"):
        html.render(FULL)


def test_every_shipped_template_names_its_place():
    assert {"briefing.html.jinja", "briefing.css", "page/story.jinja"} <= set(templating.shipped())
