"""PDF documents written by hand, for the tests of what can be read."""

from __future__ import annotations

from collections.abc import Sequence

A4 = (595.0, 842.0)  # points
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def document(objects: Sequence[bytes], catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A document of objects, numbered from 3 on; the first two are its catalog and its pages, all objects ``/Page``."""
    pages = [number for number, one in enumerate(objects, 3) if b"/Type /Page " in one]
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    head = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
    ]
    made, places = b"%PDF-1.7\n", []
    for number, one in enumerate([*head, *objects], 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    made_of = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>" % (
        size,
        table,
        size,
        trailer,
    )
    return made + made_of + b"\nstartxref\n%d\n%%%%EOF\n" % len(made)


def stream(content: bytes, about: bytes = b"") -> bytes:
    """An object that holds bytes."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), about, content)


def page(contents: int, box: tuple[float, float] = A4, resources: bytes = b"", more: bytes = b"") -> bytes:
    """An object that is a page and shows what the object ``contents`` draws."""
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents %d 0 R /Resources << %s >> %s >>" % (
        *box,
        contents,
        resources,
        more,
    )


def written(*texts: str, size: float = 10, box: tuple[float, float] = A4) -> bytes:
    """A document with a page for each text, which stands there in print."""
    objects = [_FONT]
    for text in texts:
        objects.append(page(len(objects) + 4, box, b"/Font << /F 3 0 R >>"))
        objects.append(stream(b"BT /F %g Tf 60 %g Td (%s) Tj ET" % (size, box[1] / 2, text.encode("ascii"))))
    return document(objects)


def filled_in(text: str) -> bytes:
    """A form with a text that somebody typed into its field, without a look of its own."""
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (vin) /V (%s) /DA (/F 12 Tf 0 g) /Rect [60 400 400 430] >>"
    objects = [_FONT, page(5, more=b"/Annots [6 0 R]"), stream(b""), field % text.encode("ascii")]
    form = b"/AcroForm << /Fields [6 0 R] /NeedAppearances true /DA (/F 12 Tf 0 g) /DR << /Font << /F 3 0 R >> >> >>"
    return document(objects, catalog=form)


def locked() -> bytes:
    """A document that a password is needed for."""
    key = b"<%s>" % (b"ab" * 32)
    lock = b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O %s /U %s >> /ID [<00> <00>]" % (key, key)
    return document([page(4), stream(b"")], trailer=lock)


def with_image(width: int, height: int, content: bytes, about: bytes, box: tuple[float, float] = A4) -> bytes:
    """A document whose one page is an image."""
    how = b"/Type /XObject /Subtype /Image /Width %d /Height %d %s" % (width, height, about)
    draw = stream(b"%g 0 0 %g 0 0 cm /X Do" % box)
    return document([page(4, box, b"/XObject << /X 5 0 R >>"), draw, stream(content, how)])


def laughs(depth: int) -> bytes:
    """A document of a kilobyte whose page holds ten groups, each of them ten, and so on."""
    group = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X %d 0 R >> >>"
    objects = [page(4, resources=b"/XObject << /X 5 0 R >>"), stream(b"/X Do " * 10)]
    objects += [stream(b"/X Do " * 10, group % (6 + level)) for level in range(depth)]
    return document([*objects, stream(b"0 0 9 9 re f", group % 5)])
