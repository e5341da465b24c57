"""Links between pages: they lead to a file of the project, and to a heading that is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


def _plain(page: Path) -> str:
    """Return a page without its code blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8", errors="replace"))


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub names them."""
    headings = _HEADING.findall(_plain(page))
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in headings}


def local_links(page: Path) -> list[str]:
    """Return the links of a page but for those to other places."""
    links = _LINK.findall(_plain(page))
    return [link for link in links if "://" not in link and not link.startswith("mailto:")]


def broken_links(page: Path, root: Path) -> list[str]:
    """Return what is wrong with a page's links, one line each.

    Args:
        page: the page.
        root: folder of the project, which no link leaves.
    """
    problems = []
    for link in local_links(page):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists():
            problems.append(f"links to {place}, which is not there")
        elif not target.resolve().is_relative_to(root.resolve()):
            problems.append(f"links to {place}, which is outside the project")
        elif anchor and target.suffix == ".md" and anchor not in _anchors(target):
            problems.append(f"links to {link}: there is no such heading")
    return problems
