"""An article as one line of ``feedhub read --batch`` (``docs/contract.md``)."""

from __future__ import annotations

from typing import Any

from feedhub.model.entry import Article

__all__ = ["article_record"]


def article_record(article: Article) -> dict[str, Any]:
    """Return the article as JSON values.

    ``date`` is ISO 8601 as precise as known, with an offset only where the page gave one, or None;
    ``body`` is text, ``html`` safe HTML, ``image`` an absolute address or "".
    """
    return {
        "title": article.title,
        "date": article.date_text or None,
        "date_precision": str(article.date_precision) if article.date_precision else None,
        "date_evidence": article.date_evidence,
        "date_confidence": article.date_confidence,
        "authors": list(article.authors),
        "body": article.body_text,
        "html": article.body_html,
        "image": article.image,
        "language": article.language,
        "confidence": article.confidence,
    }
