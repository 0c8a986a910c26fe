#!/usr/bin/env python3
"""Makes receipt-24.bin: the dots of a receipt head's fonts, 12x24 for ASCII and 24x24 for GB2312.

Source: Noto Sans CJK (OFL 1.1), Debian package fonts-noto-cjk; needs python3-pil.
Usage:  make-font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc receipt-24.bin

Layout after zlib inflation, no header, bit 7 of a byte is the leftmost dot:
  95 glyphs 0x20-0x7E, 24 rows of 2 bytes (12 dots used);
  then for each GB2312 row A1-A9 and B0-F7, 94 glyphs A1-FE, 24 rows of 3 bytes. A cell without character is blank.
"""
import sys
import zlib
from PIL import Image, ImageDraw, ImageFont

SIMPLIFIED_CHINESE_MONO = 7  # index of "Noto Sans Mono CJK SC" in the collection
SIZE = 24
SUPERSAMPLING = 4
# Share of a dot that the outline must cover to be burnt: below one half, because thin strokes must not vanish.
THRESHOLD = 0.44 * 255


def mono_font(path):
    font = ImageFont.truetype(path, SIZE * SUPERSAMPLING, index=SIMPLIFIED_CHINESE_MONO)
    if font.getname()[0] != "Noto Sans Mono CJK SC":
        raise SystemExit(f"unexpected font {font.getname()}")
    return font


def glyph(font, character, width):
    """Rows of packed dots of one character in a cell of width x 24."""
    big = Image.new("L", (width * SUPERSAMPLING, SIZE * SUPERSAMPLING), 0)
    # The em box of this font sits 0.88 em above and 0.12 em below the baseline.
    ImageDraw.Draw(big).text((0, round(0.88 * SIZE * SUPERSAMPLING)), character, font=font, fill=255, anchor="ls")
    small = big.resize((width, SIZE), Image.BOX)
    row_bytes = (width + 7) // 8
    packed = bytearray()
    for y in range(SIZE):
        row = 0
        for x in range(width):
            row = row << 1 | (small.getpixel((x, y)) > THRESHOLD)
        packed += (row << (row_bytes * 8 - width)).to_bytes(row_bytes, "big")
    return bytes(packed)


def main(source, target):
    font = mono_font(source)
    parts = [glyph(font, chr(code), 12) for code in range(0x20, 0x7F)]
    for lead in [*range(0xA1, 0xAA), *range(0xB0, 0xF8)]:
        for trail in range(0xA1, 0xFF):
            try:
                parts.append(glyph(font, bytes([lead, trail]).decode("gb2312"), 24))
            except UnicodeDecodeError:
                parts.append(bytes(72))
    packed = zlib.compress(b"".join(parts), 9)
    with open(target, "wb") as out:
        out.write(packed)
    print(len(packed), "bytes")


main(*sys.argv[1:])
