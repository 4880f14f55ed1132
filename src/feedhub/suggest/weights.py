"""Groups of rows, and what makes one more likely to be the page's list than another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import log2

from feedhub.model.source import RowReach
from feedhub.suggest.areas import area_weight, heading_above, heading_weight
from feedhub.suggest.date_fields import DateField
from feedhub.suggest.fields import Field, LinkField, headline_quality, text_beside
from feedhub.suggest.survey import Survey
from feedhub.text.dom import Page
from feedhub.text.stretches import Stretch

__all__ = ["Group", "weigh"]

_DEEP = re.compile(r"\d{3,}|(?:[^/-]++-){3}|\.(?:pdf|docx?|html?|aspx?|php)$", re.IGNORECASE)


@dataclass(slots=True)
class Group:
    """Rows of one shape, their fields, and a score (higher is better, without unit)."""

    rows: list[int]
    reach: RowReach
    stretches: dict[int, Stretch]
    fields: list[Field]
    link: LinkField
    title: Field | None
    date: DateField | None
    summary: Field | None
    #: titles are the bare text behind the link
    titled_beside: bool = False
    #: the date headings above runs of rows, where those date them
    headings: list[int] = field(default_factory=list)
    score: float = 0.0
    date_share: float = 0.0
    title_quality: float = 0.0
    area: float = 1.0
    #: the share of the links that lead deep into a site
    deep: float = 0.0
    heading: str = ""
    heading_weight: float = 1.0

    def title_elements(self) -> dict[int, int]:
        """Return the element each row's title is in."""
        if self.title is not None:
            return self.title.elements
        return {index: link.element for index, link in self.link.links.items()}


def weigh(survey: Survey, group: Group) -> None:
    """Give a group its score and what it was made of."""
    page = survey.page
    count = len(group.stretches)
    links = list(group.link.links.values())
    urls = {link.url for link in links}
    titles = page.texts(group.title_elements().values())
    group.title_quality = headline_quality(titles, count)
    if group.title is None and group.title_quality < 0.25:
        beside = text_beside(page, group.link)
        if beside >= 0.4:
            group.titled_beside = True
            group.title_quality = beside
    if group.date is not None:
        group.date_share = len(group.date.dates) / count
    certain = min(1.0, group.date.quality / 2.5) if group.date else 0.0
    deep = group.deep = sum(bool(_DEEP.search(url, url.find("/", 8) + 1)) for url in urls) / len(
        urls
    )
    text = sum(_length(page, each.start, each.end) for each in group.stretches.values())
    group.heading = heading_above(page, group.rows[0])
    group.heading_weight = heading_weight(group.heading, survey.title)
    group.area = max(area_weight(page, number) for number in (group.rows[0], group.rows[-1]))
    group.score = (
        log2(1 + len(urls) / count * len(group.rows))
        * (0.1 + group.title_quality)
        * (1 + 1.6 * group.date_share * max(0.0, certain) + 0.4 * bool(group.summary) + 0.4 * deep)
        * (0.5 + text / count * len(group.rows) / max(1, survey.length))
        * (len(urls) / len(links))
        / _crowding(survey, group)
        * group.area
        * group.heading_weight
        * _vouched(survey, group, urls)
    )


def _vouched(survey: Survey, group: Group, urls: set[str]) -> float:
    """Weigh a group by what the page's own structured data says of it: 1 where it says nothing."""
    weight = 1.0
    if len(survey.named) >= 3:
        known = len(urls & survey.named)
        weight += 2 * known / (len(urls) + min(len(survey.named), len(group.rows)))
    if survey.marked and sum(number in survey.marked for number in group.rows) > len(urls) / 2:
        weight += 0.3
    return weight


def _crowding(survey: Survey, group: Group) -> float:
    """Return how many entries seem to stand in one row: several make the row a container."""
    page = survey.page
    rows = len(group.stretches)
    urls: dict[int, set[str]] = {}
    headlines = 0
    dated: dict[int, int] = {}
    date_path = group.date.field.path if group.date and group.date.field else -1
    for each in group.fields:
        if each.path == group.link.field.path:
            for index, number in each.elements.items():
                link = survey.links.get(number)
                if link is not None and link.url not in urls.setdefault(index, set()):
                    urls[index].add(link.url)
                    headlines += len(page.text(number)) >= 12
        elif each.path == date_path and group.date and each is not group.date.field:
            for index, number in each.elements.items():
                if number in survey.dates.elements:
                    dated[index] = dated.get(index, 1) + 1
    mean = max(headlines / rows, sum(map(len, urls.values())) / rows / 2)
    # two dates may be the first and the last version's
    mean = max(mean, sum(dated.values()) / rows - 1)
    return mean if mean > 1.25 else 1.0


def _length(page: Page, start: int, end: int) -> int:
    return sum(map(len, page.pieces[start:end]))
