"""Submits one figure over the bare protocol, without libfupin: submit.py HOME ENDPOINT UNIT PERIOD INDICATOR=VALUE…

Needs pyzmq and what `protoc --python_out=. fupin.proto` makes. The frozen bytes are stored before the first send, in
HOME/submission; as long as that file is there, the same bytes go again, and the centre stores them once."""
import hashlib, os, sys, time
import zmq, zmq.auth
import fupin_pb2 as pb

home, endpoint, unit, period = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
figures = dict(word.split("=") for word in sys.argv[5:])
socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 0
socket.curve_publickey, socket.curve_secretkey = zmq.auth.load_certificate(os.path.join(home, "office.key_secret"))
socket.curve_serverkey = zmq.auth.load_certificate(os.path.join(home, "centre.key"))[0]
socket.connect(endpoint)
last_id = 0


def ask(**body):
    """The reply, whenever the centre is there: after silence the same again."""
    global last_id
    silence_ms = 5000
    while True:
        last_id += 1
        socket.send(pb.Request(request_id=last_id, **body).SerializeToString())
        until = time.monotonic() + silence_ms / 1000
        while socket.poll(max(0, (until - time.monotonic()) * 1000)):
            reply = pb.Reply.FromString(socket.recv())
            if reply.request_id == last_id and not reply.refusal.retry_after_ms:
                return reply
        silence_ms = min(2 * silence_ms, 300000)


def uuid7():
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
    return bytes(raw)


stored = os.path.join(home, "submission")
if not os.path.exists(stored):
    ask(hello=pb.Hello(protocol=1, software="submit.py"))
    catalogue = ask(catalogue=pb.CatalogueQuery(units=True, forms=True)).catalogue
    chosen = [i for i in catalogue.indicators if i.code in figures]
    report = pb.Report(unit=unit, period=period, form=chosen[0].form, form_version=1, indicators=[i.number for i in chosen],
                       values=[int(figures[i.code]) for i in chosen])
    with open(stored + ".new", "wb") as file:
        file.write(pb.Submission(id=uuid7(), reports=[report]).SerializeToString())
        file.flush()
        os.fsync(file.fileno())
    os.rename(stored + ".new", stored)
with open(stored, "rb") as file:
    data = file.read()
reply = ask(submit=pb.Submit(submission=data))
if reply.WhichOneof("body") != "receipt":
    os.unlink(stored)  # nothing is stored, its id is free
    sys.exit("\n".join(f"{pb.ProblemCode.Name(p.code)} {p.column}: {p.text}" for p in reply.refusal.problems))
assert reply.receipt.digest == hashlib.blake2b(data, digest_size=32).digest()
os.unlink(stored)
print(f"receipt {reply.receipt.id.hex()} seq {reply.receipt.seq} reports {reply.receipt.reports}")
