"""How sure a guess is, and when to say nothing instead."""

from __future__ import annotations

from feedhub.suggest.areas import announces_other_things, is_related_heading
from feedhub.suggest.structured import is_article_node, json_nodes
from feedhub.suggest.survey import Survey
from feedhub.suggest.weights import Group

__all__ = ["MINIMUM", "confidence_of", "running_text"]

#: below this the detector abstains
MINIMUM = 0.5
#: characters of a line that is running text and no label
_PARAGRAPH = 80
#: an undated group must be worth at least this much; the best menu of the samples reaches 4.4
_UNDATED_SCORE = 5.0


def confidence_of(survey: Survey, group: Group) -> tuple[float, str]:
    """Return how sure a group is the page's list, 0 to 1, and in words what speaks against it."""
    doubts: list[tuple[float, str]] = []
    dated = group.date_share >= 0.5
    if dated:
        doubts.append((0.6 + 0.4 * group.date_share, "some rows have no date"))
    else:
        doubts.append((0.55, "the rows have no dates"))
        if group.score < _UNDATED_SCORE and not _are_documents(survey, group):
            doubts.append((0.5, "the rows look like a menu"))
    doubts.append((0.65 + 0.35 * min(1.0, group.title_quality / 0.5), "the rows have no headlines"))
    count = len({link.url for link in group.link.links.values()})
    if count < 5:
        doubts.append((0.8 if count >= 3 else 0.4, f"there are only {count} rows"))
    if group.area < 0.95:
        trusted = dated and group.title_quality >= 0.5 and len(group.rows) >= 8
        doubts.append((0.85 if trusted else group.area, "the rows stand in a menu or side box"))
    if group.heading_weight < 1:
        factor = 0.45 if announces_other_things(group.heading) else 0.6
        doubts.append((factor, f'the rows stand under "{group.heading}"'))
    if _is_beside_an_article(survey, group):
        doubts.append((0.3, "the page is an article, and the rows are other articles beside it"))
    sure = 1.0
    for factor, _ in doubts:
        sure *= factor
    reason = min(doubts)[1] if min(doubts)[0] < 0.9 else ""
    return sure, reason


def _are_documents(survey: Survey, group: Group) -> bool:
    """Tell whether undated rows lead deep into the site under real headlines, as no menu does."""
    outside, inside = running_text(survey, group)
    return (
        group.deep >= 0.8
        and group.title_quality >= 0.6
        and group.area >= 0.95
        and len(group.rows) >= 5
        and inside > outside
    )


def _is_beside_an_article(survey: Survey, group: Group) -> bool:
    outside, inside = running_text(survey, group)
    rows = len(group.rows)
    if _says_article(survey):
        return rows < 8 or group.date_share < 0.6 or group.area < 1 or inside < outside
    if outside < 300:
        return False
    if is_related_heading(group.heading):
        return outside > min(600, 0.8 * inside) or rows <= 12
    if group.date_share < 0.5:
        return outside > inside
    if group.area < 0.95:
        return outside > 1.2 * inside and rows <= 15
    return outside > 4 * inside and rows <= 6


def running_text(survey: Survey, group: Group) -> tuple[int, int]:
    """Return the characters of running text before and after the rows, and of all text in them."""
    page = survey.page
    first = page.starts[group.rows[0]]
    last = max(page.ends[group.rows[-1]], *(each.end for each in group.stretches.values()))
    inside = sum(
        sum(map(len, page.pieces[each.start : each.end])) for each in group.stretches.values()
    )
    inside = inside * len(group.rows) // len(group.stretches)
    linked = [False] * len(page.pieces)
    for number in survey.links:
        for place in range(page.starts[number], page.ends[number]):
            linked[place] = True
    outside = line = 0
    for place, piece in enumerate(page.pieces):
        if page.breaks[place]:
            outside += line if line >= _PARAGRAPH else 0
            line = 0
        if not first <= place < last and not linked[place]:
            line += len(piece.strip())
    return outside + (line if line >= _PARAGRAPH else 0), inside


def _says_article(survey: Survey) -> bool:
    """Tell whether the page's own metadata calls it one article."""
    root = survey.page.root
    for meta in root.iter("meta"):
        if (meta.get("property") or "").lower() == "article:published_time":
            return True
    return sum(is_article_node(node) for node in json_nodes(survey.page)) == 1
