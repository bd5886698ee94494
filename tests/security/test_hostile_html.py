"""Descriptions that are made to take long or to leave something behind become plain text."""
from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from shopkeeper.catalog.html_text import html_of, text_of
from tests.security.bodies import BODIES


def test_a_hostile_body_becomes_plain_text(tried: Callable[[str, int], None]) -> None:
    for name, body in BODIES.items():
        text = text_of(body)
        assert len(text) <= len(body), name
        assert "\n\n\n" not in text, name
        short = text_of(body[:9_000])
        assert text_of(html_of(short)) == short, name
    tried("hostile bodies", len(BODIES))


@pytest.mark.parametrize(("html", "text"), [
    ("<script>alert(1)</script>a<SCRIPT src=x>b</sCript >c", "ac"), ("<style>p{}</style>a", "a"),
    ("<script>a</scripted>b</script>c", "c"), ("a<script>b", "a"), ("<scripted>a", "a"), ("a<!-- <p>b --> c", "a c"),
    ("a<!-->b", "ab"), ("a<!--b", "a"), ("a<!doctype html>b<?php c ?>d</>e", "abde"),
    ("a<p title='>b'>c", "a\n\nc"), ('a<p title=">b">c', "a\n\nc"), ("a<p title=it's>c", "a\n\nc"),
    ("a<p it's=\"x>y\">c", "a\n\nc"), ("a<p/>b", "a\n\nb"), ("<p>a<p b", "a"),
    ("<p>1 < 2 > 0</p>", "1 < 2 > 0"), ("1 <2, 2<3", "1 <2, 2<3"), ("a <b and no more", "a <b and no more"),
    ("<p>&lt;script&gt;a&lt;/script&gt;</p>", "<script>a</script>"), ("<p>&amp;lt;b&amp;gt;", "&lt;b&gt;"),
    ("<ul><li>a<li>b</ul><p>c", "• a\n• b\n\nc"), ("<ul><li>a<ul><li>b</ul>c</ul>d", "• a\n• b\nc\n\nd"),
    ("<li>a</li></ul></ul>b", "• a\n\nb"), ("<p>a&#0;&#x1b;[31mb&#27;c</p>", None), ("<p>&#1;<p>a", "a"),
])
def test_markup_is_read_as_a_browser_reads_it(html: str, text: str | None) -> None:
    assert text is None or text_of(html) == text
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text_of(html)) is None
