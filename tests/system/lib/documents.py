"""Documents from Python: files of every type, and the requests that carry them."""
import io
import random
import zipfile

from wire import digest
import fupin_pb2 as pb

OFFICES = ("province", "admin", "prefecture-2201", "prefecture-2202", "county-220122", "county-220112")
COUNTY, BESIDE = 220122, 220112
PLAN, ACCEPTANCE = 1, 2
PART = 256 * 1024
MOST = 20 * 1024 * 1024
DAY = 86400


def pdf(size, seed=0):
    """So many bytes that begin as a PDF does."""
    return (b"%PDF-1.4\n" + random.Random(f"{size} {seed}").randbytes(size))[:size]


def zipped(*names, comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
        archive.comment = comment
    return file.getvalue()


def docx():
    return zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def ole(stream):
    """The smallest that has the signature and a directory entry."""
    name = stream.encode("utf-16-le") + b"\0\0"
    item = name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + b"\2"
    return (bytes.fromhex("D0CF11E0A1B11AE1").ljust(512, b"\0") + item.ljust(128, b"\0")).ljust(1024, b"\0")


def upload(data, offset=None, unit=COUNTY, kind=pb.PDF, **changed):
    """An offer, or the part at `offset`."""
    fields = dict(unit=unit, digest=digest(data), size=len(data), type=kind)
    if offset is not None:
        fields.update(offset=offset, part=data[offset:offset + PART])
    return pb.Request(upload=pb.Upload(**dict(fields, **changed)))


def parts(data):
    return range(0, len(data), PART)


def ask(wire, request):
    """The answer's body: Uploaded, FilePart, Documents or Refusal."""
    reply = wire.ask(request)
    return getattr(reply, reply.WhichOneof("body"))


def send_all(wire, data, **fields):
    """Offers and sends all parts; the last answer."""
    answer = ask(wire, upload(data, **fields))
    for offset in parts(data):
        if isinstance(answer, pb.Refusal) or answer.whole:
            break
        answer = ask(wire, upload(data, offset, **fields))
    return answer


def document(data, unit=COUNTY, kind=PLAN, replaces=0, file_type=pb.PDF, name="方案.pdf", note="", **changed):
    fields = dict(unit=unit, kind=kind, replaces=replaces, type=file_type, size=len(data), digest=digest(data),
                  name=name if isinstance(name, bytes) else name.encode(), note=note if isinstance(note, bytes) else note.encode())
    return pb.Document(**dict(fields, **changed))


def listed(wire, unit=22, **fields):
    """All pages."""
    query, items = pb.DocumentQuery(unit=unit, **fields), []
    while True:
        answer = ask(wire, pb.Request(documents=query))
        if isinstance(answer, pb.Refusal):
            return answer
        items += answer.documents
        if not answer.HasField("next"):
            return items
        query.after.CopyFrom(answer.next)


def fetch(wire, unit, kind, version=0):
    """All bytes of a version."""
    data, offset, size = b"", 0, 1
    while offset < size:
        answer = ask(wire, pb.Request(file=pb.FileQuery(key=pb.DocumentKey(unit=unit, kind=kind, version=version), offset=offset)))
        assert isinstance(answer, pb.FilePart), answer
        assert answer.offset == offset
        data, size = data + answer.part, answer.document.size
        offset = len(data)
    return data
