"""Takes pictures of parts of a page, as small files: at most 256 colours, well packed."""

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.guides.progress import Progress
from tests.system.desks import Desk

MARGIN = 14
# A part that is nearly as wide as the page is shown with the whole page's width.
NEARLY = 0.7
SIGNATURE = b"\x89PNG\r\n\x1a\n"
BOX = """([selectors, margin, nearly]) => {
  const boxes = selectors.flatMap(one => [...document.querySelectorAll(one)])
    .map(one => one.getBoundingClientRect()).filter(one => one.width && one.height)
  const page = document.documentElement
  let left = Math.min(...boxes.map(one => one.left)) - margin
  let right = Math.max(...boxes.map(one => one.right)) + margin
  if (right - left > page.clientWidth * nearly) { left = 0; right = page.clientWidth }
  const top = Math.max(Math.min(...boxes.map(one => one.top)) - margin + scrollY, 0)
  const bottom = Math.max(...boxes.map(one => one.bottom)) + margin + scrollY
  const width = Math.round(right - left), height = Math.round(bottom - top)
  return {x: Math.round(left), y: Math.round(top), width, height}
}"""
# The most frequent colours stay; a rare one stays as well unless one that is kept is near, and the
# rest become the nearest that is kept. How near is near grows until no more than 256 are left.
REDUCE = """async png => {
  const image = new Image()
  image.src = "data:image/png;base64," + png
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = image.width; canvas.height = image.height
  const brush = canvas.getContext("2d", {willReadFrequently: true})
  brush.drawImage(image, 0, 0)
  const bytes = brush.getImageData(0, 0, image.width, image.height).data
  const often = new Map(), size = image.width * image.height
  const colour = at => bytes[4 * at] << 16 | bytes[4 * at + 1] << 8 | bytes[4 * at + 2]
  for (let at = 0; at < size; at++) often.set(colour(at), (often.get(colour(at)) || 0) + 1)
  const ranked = [...often.keys()].sort((a, b) => often.get(b) - often.get(a) || a - b)
  const apart = (a, b) => [16, 8, 0].reduce(
    (sum, bits) => sum + ((a >> bits & 255) - (b >> bits & 255)) ** 2, 0)
  let kept = ranked
  for (let near = 4; kept.length > 256; near *= 2) {
    kept = []
    for (const one of ranked) if (kept.every(other => apart(one, other) > near)) kept.push(one)
  }
  const nearest = one => kept.reduce(
    (best, other, at) => apart(one, other) < apart(one, kept[best]) ? at : best, 0)
  const place = new Map(ranked.map(one => [one, nearest(one)]))
  let packed = ""
  for (let at = 0; at < size; at++) packed += String.fromCharCode(place.get(colour(at)))
  return {width: image.width, height: image.height, palette: kept, pixels: btoa(packed)}
}"""


class Camera:
    """Takes the pictures of one language."""

    def __init__(self, folder: Path, language: str, progress: Progress) -> None:
        self._folder, self._progress = folder, progress
        self.language = language

    def take(self, desk: Desk, name: str, *selectors: str) -> None:
        """Keep what encloses these parts of the page as it looks now."""
        page = desk.page
        # Nothing looks chosen or pointed at that the reader did not choose.
        page.mouse.move(0, 0)
        page.evaluate("() => { document.activeElement.blur(); return document.fonts.ready }")
        box = page.evaluate(BOX, [selectors, MARGIN, NEARLY])
        raw = page.screenshot(full_page=True, clip=box, animations="disabled", caret="hide")
        path = self._folder / f"{self.language}-{name}.png"
        path.write_bytes(packed(page, raw))
        self._progress.tell(f"{path.name}, {path.stat().st_size // 1000} kB")


def packed(page: Page, raw: bytes) -> bytes:
    """The same picture as a smaller file; the page's browser counts the colours."""
    # A page of its own: the console's own rules forbid pictures from elsewhere.
    helper = page.context.new_page()
    try:
        found: dict[str, Any] = helper.evaluate(REDUCE, base64.b64encode(raw).decode())
    finally:
        helper.close()
    width, height = found["width"], found["height"]
    pixels = base64.b64decode(found["pixels"])
    rows = (pixels[at : at + width] for at in range(0, width * height, width))
    # No filter (0) in front of each row: with a palette that packs best.
    lines = b"".join(b"\0" + row for row in rows)
    palette = b"".join(one.to_bytes(3, "big") for one in found["palette"])
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check
