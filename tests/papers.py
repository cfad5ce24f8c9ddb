"""Small real files of every kind that comes in from people, and files that are two things or do something."""

import io
import zipfile

import pikepdf
import xlsxwriter
from PIL import Image

from himpun.commands.tour.paper import sample_pdf

SCRIPT = b"<script>fetch('/akun/token/',{method:'POST'});document.title='SUDAH JALAN'</script>"


def pdf(*lines: str) -> bytes:
    """A PDF of one page that says these lines."""
    return sample_pdf(lines)


def image(kind: str, width: int = 40, height: int = 30) -> bytes:
    """A picture, "PNG" or "JPEG"."""
    made = io.BytesIO()
    Image.effect_noise((width, height), 40).save(made, kind)
    return made.getvalue()


def xlsx() -> bytes:
    """A workbook of one cell."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet().write_string(0, 0, "isi")
    return made.getvalue()


def docx(extra: str = "") -> bytes:
    """The parts that make a Word document, and perhaps one more."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    parts = {"[Content_Types].xml": types, "_rels/.rels": "<Relationships/>", "word/document.xml": "<w:document/>"}
    return zipped(parts | ({extra: "x"} if extra else {}))


def ods(extra: str = "", text: str = "x") -> bytes:
    """The parts that make a workbook of LibreOffice, and perhaps one more."""
    content = '<?xml version="1.0"?><office:document-content><office:body/></office:document-content>'
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    return zipped(parts | {"META-INF/manifest.xml": "<manifest/>"} | ({extra: text} if extra else {}))


def zipped(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return made.getvalue()


def sizes(paper: bytes) -> set[tuple[int, int]]:
    """Width and height of the pages of a PDF, in points."""
    with pikepdf.open(io.BytesIO(paper)) as opened:
        boxes = [[float(edge) for edge in page.mediabox] for page in opened.pages]
    return {(round(box[2] - box[0]), round(box[3] - box[1])) for box in boxes}


def changed_pdf(how: str) -> bytes:
    """A PDF that runs a script ("script"), starts a program ("launch"), hides it ("hidden"), or is locked ("locked")."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("isi"))) as paper:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        if how == "script":
            paper.Root.OpenAction = action
        elif how == "launch":
            paper.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
        elif how == "hidden":
            paper.pages[0].AA = pikepdf.Dictionary(O=paper.make_indirect(action))
        locked = pikepdf.Encryption(user="rahasia", owner="rahasia") if how == "locked" else None
        streams = pikepdf.ObjectStreamMode.generate if how == "hidden" else pikepdf.ObjectStreamMode.preserve
        paper.save(made, encryption=locked if locked else False, object_stream_mode=streams)
    return made.getvalue()
