"""The files of the demo, all made here: photos of parcels, shelves and the sea, and small documents."""

from __future__ import annotations

import zipfile
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZES = ((1200, 900), (900, 1200), (1200, 800))
SKIES = (((198, 221, 236), (244, 236, 221)), ((250, 214, 165), (236, 128, 116)), ((41, 60, 94), (149, 165, 190)))
BOXES = ((196, 154, 108), (181, 136, 92), (208, 170, 126))


def photo(number: int) -> bytes:
    """Draw a parcel on a quay, another one for each number, and return it as a JPEG."""
    random = Random(number)
    width, height = SIZES[number % len(SIZES)]
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    top, bottom = SKIES[number % len(SKIES)]
    horizon = int(height * random.uniform(0.45, 0.6))
    for y in range(horizon):
        part = y / horizon
        colour = tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        draw.line((0, y, width, y), fill=colour)
    for y in range(horizon, height):
        shade = round(70 + 60 * (y - horizon) / (height - horizon))
        draw.line((0, y, width, y), fill=(shade - 20, shade + 10, shade + 25))
    draw.rectangle((0, int(height * 0.82), width, height), fill=(122, 100, 82))
    for plank in range(0, width, 90):
        draw.line((plank, int(height * 0.82), plank - 40, height), fill=(96, 78, 63), width=4)
    _parcel(draw, random, width, height)
    grain = Image.effect_noise((width, height), 18).convert("RGB")
    image = Image.blend(image, grain, 0.05).filter(ImageFilter.GaussianBlur(0.8))
    whole = BytesIO()
    image.save(whole, "JPEG", quality=72)
    return whole.getvalue()


def _parcel(draw: ImageDraw.ImageDraw, random: Random, width: int, height: int) -> None:
    side = int(min(width, height) * random.uniform(0.3, 0.42))
    left, floor = int(width * random.uniform(0.2, 0.5)), int(height * 0.9)
    box, lid = random.choice(BOXES), int(side * 0.28)
    dark = tuple(value - 38 for value in box)
    draw.polygon(
        [(left, floor - side), (left + lid, floor - side - lid), (left + side + lid, floor - side - lid),
         (left + side, floor - side)], fill=tuple(value + 18 for value in box)
    )  # fmt: skip
    draw.polygon(
        [(left + side, floor), (left + side + lid, floor - lid), (left + side + lid, floor - side - lid),
         (left + side, floor - side)], fill=dark
    )  # fmt: skip
    draw.rectangle((left, floor - side, left + side, floor), fill=box)
    draw.rectangle((left + side * 2 // 5, floor - side, left + side * 3 // 5, floor), fill=(226, 205, 170))
    draw.rectangle(
        (left + side // 10, floor - side // 3, left + side * 3 // 8, floor - side // 8), fill=(245, 245, 240)
    )
    for line in range(4):
        y = floor - side // 3 + 10 + line * side // 24
        draw.line((left + side // 8, y, left + side // 3, y), fill=(90, 90, 90), width=3)
    crack = [(left + side * part // 6, floor - random.randint(side // 5, side * 4 // 5)) for part in range(7)]
    draw.line(crack, fill=dark, width=4)


def documents() -> dict[str, bytes]:
    """Return one small file of each kind that stores and platforms exchange, by name."""
    return {
        "registration.pdf": _pdf("Commercial register, extract of Harbor Goods"),
        "shareholders.csv": b"name,share,since\nOlga Petrova,70 %,2019-03-01\nIvo Marek,30 %,2024-06-15\n",
        "statement.docx": _docx("We confirm that the shares are held as listed in the attached file."),
        "id-scans.zip": _zip({"front.jpg": photo(41), "back.jpg": photo(42)}),
    }


def _pdf(text: str) -> bytes:
    stream = f"BT /F1 20 Tf 60 760 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    whole, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(whole)
    whole += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(whole + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


def _docx(text: str) -> bytes:
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org/"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return _zip(
        {
            "[Content_Types].xml": f'{head}<Types xmlns="{office}package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kinds}"/></Types>',
            "_rels/.rels": f'{head}<Relationships xmlns="{office}package/2006/relationships"><Relationship Id="rId1"'
            f' Type="{office}officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
            "word/document.xml": f'{head}<w:document xmlns:w="{office}wordprocessingml/2006/main"><w:body><w:p><w:r>'
            f"<w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
        }
    )


def _zip(files: dict[str, bytes] | dict[str, str]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 12, 0, 0)), content)
    return whole.getvalue()
