"""A source's own rules for its article pages: CSS selectors, or XPath 1.0 by its first sign."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

from feedhub.errors import ExtractError
from feedhub.text.markup import one_line

__all__ = ["first_text", "select", "texts"]

_MATCHES_LIMIT = 1000


@lru_cache(maxsize=512)
def _compiled(rule: str) -> etree.XPath:
    rule = rule.strip()
    try:
        if rule.startswith(("/", "./", "(")):
            return etree.XPath(rule)
        return etree.XPath(HTMLTranslator().css_to_xpath(rule, prefix="descendant-or-self::"))
    except (SelectorError, etree.XPathSyntaxError) as error:
        raise ExtractError(
            f"the rule {rule!r} is neither a CSS selector nor an XPath 1.0 expression: {error}"
        ) from error


def select(tree: HtmlElement, rule: str) -> list[Any]:
    """Return what a rule finds: elements, or strings where an XPath asks for text or attributes.

    Raises `ExtractError` when the rule cannot be read or evaluated.
    """
    try:
        found = _compiled(rule)(tree)
    except etree.XPathError as error:
        raise ExtractError(f"the rule {rule!r} cannot be applied: {error}") from error
    return found[:_MATCHES_LIMIT] if isinstance(found, list) else [found]


def texts(tree: HtmlElement, rule: str) -> list[str]:
    """Return the non-empty texts a rule finds, each as one line."""
    found = [
        one_line(each.text_content() if isinstance(each, HtmlElement) else str(each))
        for each in select(tree, rule)
    ]
    return [text for text in found if text]


def first_text(tree: HtmlElement, rule: str) -> str:
    """Return the first non-empty text a rule finds; a time or meta element gives its value."""
    for each in select(tree, rule):
        if isinstance(each, HtmlElement):
            text = each.get("datetime") or each.get("content") or each.text_content()
        else:
            text = str(each)
        if text and text.strip():
            return one_line(text)
    return ""
