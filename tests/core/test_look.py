"""The look keeps its promises: nothing from other servers, nothing inline, small on a telephone."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory

import jwp

ROOT = Path(jwp.__file__).parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
KIB = 1024


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.html")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_has_inline_styles_or_scripts(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.html")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_loads_anything_from_another_server(path: Path) -> None:
    assert not re.search(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=[\"'](?:https?:)?//", path.read_text())


def test_style_sheets_and_scripts_stay_at_home() -> None:
    for path in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        assert not re.search(r"@import|url\([\"']?(?:https?:)?//|import\(", path.read_text()), path.name


def test_a_personal_link_is_small() -> None:
    page = render_to_string("light.html", request=RequestFactory().get("/r/x/"))
    assert 'id="main"' in page and "bootstrap" not in page and "woff2" not in page
    css, script = (STATIC / "css/light.css").stat().st_size, (STATIC / "js/light.js").stat().st_size
    assert css <= 8 * KIB
    assert script <= 6 * KIB
    assert len(page.encode()) + css + script <= 24 * KIB  # which leaves 26 for the form itself


def test_every_file_a_layout_names_is_there() -> None:
    named = {
        name for path in ROOT.rglob("*.html") for name in re.findall(r"{% static ['\"]([^'\"]+)", path.read_text())
    }
    assert "css/app.css" in named
    assert [name for name in named if finders.find(name) is None] == []


def test_what_is_vendored_is_named_with_version_and_licence() -> None:
    readme = (STATIC / "vendor/README.md").read_text()
    for folder in (path for path in (STATIC / "vendor").iterdir() if path.is_dir()):
        assert f"{folder.name}/" in readme
        assert list(folder.glob("*LICENSE*")), folder.name


def test_compressed_copies_hold_the_same_bytes() -> None:
    copies = list((STATIC / "vendor").rglob("*.gz"))
    assert len(copies) == 1
    for copy in copies:
        assert gzip.decompress(copy.read_bytes()) == copy.with_suffix("").read_bytes(), copy.name


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_and_say_what_to_do(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert re.search(r"<title>\w[^<]+</title>", page)
    assert 'class="btn btn-primary" href="/"' in page


@pytest.mark.parametrize("tone", ["accepted", "reported", "late", "silent", "waiting"])
def test_a_status_has_a_word_a_colour_and_a_shape(tone: str) -> None:
    chip = render_to_string("components/chip.html", {"word": "a word", "tone": tone, "why": "because"})
    assert f"chip-{tone}" in chip and "a word" in chip and "because" in chip and "<details" in chip
    rule = re.search(rf"\.chip-{tone} {{([^}}]+)}}", (STATIC / "css/components.css").read_text())
    assert rule and "--tone:" in rule[1] and "--draw: url(" in rule[1]
    light = re.search(rf"\.chip-{tone}::before {{ content: \"([^\"]+)\"", (STATIC / "css/light.css").read_text())
    assert light and light[1]
