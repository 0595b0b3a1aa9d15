"""The few shapes that a picture of figures needs, as SVG that reads well on light and on dark."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

# Colours by role; a viewer that prefers dark gets the second set. No meaning lies in colour alone.
STYLE: Final = """<style>
text { font-family: Sarabun, 'Noto Sans Thai', Tahoma, sans-serif; fill: #1f2933; }
.quiet { fill: #52606d; } .paper { fill: #ffffff; } .safe { fill: #eef2f6; }
.grid { stroke: #cbd2d9; } .mark { fill: #1d4e89; } .line { fill: none; stroke-width: 2.5; }
.emergency { stroke: #b42318; } .urgent { stroke: #b25e09; } .normal { stroke: #1d4e89; }
.bar { fill: #b25e09; } .rest { fill: #cbd2d9; } .on-mark { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
text { fill: #e4e7eb; }
.quiet { fill: #9aa5b1; } .paper { fill: #11161c; } .safe { fill: #1d2630; }
.grid { stroke: #3e4c59; } .mark { fill: #7db3e8; }
.emergency { stroke: #ff8a7a; } .urgent { stroke: #f5b45f; } .normal { stroke: #7db3e8; }
.bar { fill: #f5b45f; } .rest { fill: #3e4c59; } .on-mark { fill: #0b1016; }
}
</style>"""
Point = tuple[float, float]


def picture(width: int, height: int, title: str, about: str, shapes: Iterable[str]) -> str:
    """A whole picture with its title and what it tells for whoever cannot see it."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(about)}</desc>',
        STYLE,
        box(0, 0, width, height, "paper"),
    )
    return "\n".join((*head, *shapes, "</svg>\n"))


def box(x: float, y: float, width: float, height: float, kind: str, opacity: float = 1.0) -> str:
    """A filled rectangle."""
    seen = "" if opacity == 1.0 else f' fill-opacity="{opacity:.2f}"'
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" class="{kind}"{seen}/>'


def words(
    x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", kind: str = ""
) -> str:
    """One line of text; `anchor` is start, middle or end."""
    style = f' class="{kind}"' if kind else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}"{style}>'
        f"{escape(text)}</text>"
    )


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    """A thin line of the grid."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="grid"/>'


def path(points: Sequence[Point], kind: str, dash: str = "") -> str:
    """A line through points."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{joined}" class="line {kind}"{broken}/>'
