"""The same law for town pages in English: any mix of forms, the whole article."""

# ruff: noqa: E501 - the markup of the pages reads better unbroken

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.extract.article import extract_article
from feedhub.model.document import Document

TITLE = "Riverside pool reopens with longer evening hours"
PROSE = (
    "The outdoor pool opens again on Saturday after a winter of repairs, and evening swimmers get two more hours.",
    "Lifeguards have been hired from the high school team. The snack bar will be run by the parents' club this year.",
    "Season passes are on sale at the recreation desk; residents may bring proof of address to get the lower price.",
)
CAPTION = "The pool seen from the picnic lawn"
AUTHOR = "Dana Whitlock"
PICTURE = "<img src='/ImageRepository/Document?documentID=77' width=600>"
TITLES = (
    f"<h1>{TITLE}</h1>",
    f"<h2>{TITLE}</h2>",
    f"<h3 class=newsTitle>{TITLE}</h3>",
    f"<div class=title><b>{TITLE}</b></div>",
    f"<span class=title><b>{TITLE}</b></span>",
    f"<div id=page-title>{TITLE}</div>",
    f"<h1>News Flash</h1><h2>{TITLE}</h2>",
)
DATES = (
    "<p>Posted on: April 5, 2024 | Last Modified on: 4/6/2024 8:12:00 AM</p>",
    "<div class=date>Posted on April 5, 2024</div>",
    "<p>April 5, 2024</p>",
    "<div>Published: 4/5/2024 3:15 PM</div>",
    "<span>Friday, April 5, 2024</span><br>",
    "<p class=dateline>Date Posted: 04/05/2024</p>",
    "<p><time datetime='2024-04-05'>April 5</time></p>",
    "<p><em>Release Date: April 5, 2024 at 9:00 a.m.</em></p>",
    "<div>Updated on 5 April 2024</div>",
)
BYLINES = (
    f"<p>By {AUTHOR}</p>",
    f"<p><i>{AUTHOR}</i></p>",
    f"<div class=author>{AUTHOR}</div>",
    f"<p>Author: {AUTHOR}</p>",
    f"<p align=right><b>{AUTHOR}</b></p>",
    f"<p>Posted by: {AUTHOR}</p>",
)
CAPTIONS = (
    f"{PICTURE}<div class=cap>{CAPTION}</div>",
    f"<figure>{PICTURE}<figcaption>{CAPTION}</figcaption></figure>",
    f"<p>{PICTURE}</p><p><em>{CAPTION}</em></p>",
    f"<p align=center>{PICTURE}<br>{CAPTION}</p>",
)
# the last is on no word list: its links give it away
ENDS = ("Other News", "Other News in Home", "News Archive", "Return to full list >>", "Around Town")
HEADS = ("<div class=alert>Today is 4/21/2024</div>", "", "<div>Sunday, April 21, 2024</div>")
SITES = ("News Flash", "Riverside, KS - Official Website", TITLE, f"{TITLE} | City of Riverside")
FRAMES = (
    "<ul>{menu}</ul><div class=newsFlash>{article}</div><div>Copyright 2009-2024. Website by Example.</div>",
    "<table><tr><td>{menu}</td><td>{article}</td><td><h4>Upcoming Events</h4>May 3, 2024 Council<br>May 9, 2024 Parks</td></tr></table>",
    "<form action=x><div>{menu}</div><div id=main>{article}</div><div>Last updated: 4/20/2024 | Contact Us</div></form>",
)
MENU = "<li><a href=/g>Government</a><li><a href=/n>News</a><li><a href=/c>Calendar</a>"
RELATED = "".join(
    f"<li><a href='/CivicAlerts.aspx?AID={n}'>Street sweeping starts in district {n}</a> Posted on: March {n + 2}, 2024</li>"
    for n in range(5)
)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    st.tuples(
        *map(st.sampled_from, (TITLES, DATES, CAPTIONS, BYLINES, ENDS, HEADS, SITES, FRAMES))
    ),
    st.sampled_from(["<p>{}</p>", "{}<br><br>", "<div>{}</div>"]),
)
def test_any_combination_of_forms(forms: tuple[str, ...], paragraph: str) -> None:
    title, when, caption, byline, end, head, site, frame = forms
    first, *rest = (paragraph.format(text) for text in PROSE)
    article_html = (
        f"{title}{when}{first}{caption}{''.join(rest)}{byline}"
        f"<div><h3>{end}</h3><ul>{RELATED}</ul></div>"
    )
    html = (
        f"<html lang=en><head><title>{site}</title></head><body>{head}"
        f"{frame.format(menu=MENU, article=article_html)}</body></html>"
    )
    url = "https://riverside.example.gov/CivicAlerts.aspx?AID=9"
    document = Document(
        requested_url=url, url=url, body=html.encode(), fetched_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    article = extract_article(document, today=date(2026, 11, 23))
    assert article.title == TITLE
    assert article.date_text[:10] == "2024-04-05"
    assert article.authors == (AUTHOR,)
    assert article.image.endswith("documentID=77")
    assert article.body_text.split("\n") == list(PROSE)
