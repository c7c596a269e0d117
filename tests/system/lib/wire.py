"""The protocol from Python: pyzmq and protoc's output, nothing of fupin's own code."""
import hashlib
import os
import time

import zmq

import fupin_pb2 as pb


def uuid7():
    """A UUIDv7 (RFC 9562) as 16 bytes."""
    ms = int(time.time() * 1000)
    raw = bytearray(ms.to_bytes(6, "big") + os.urandom(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return bytes(raw)


def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


class NoAnswer(Exception):
    """Nothing came within the time."""


class Wire:
    """One DEALER connection of one office. Every call waits for its own answer."""

    context = None

    def __init__(self, endpoint, centre_key, public_key, secret_key, timeout=20, options=None):
        if Wire.context is None:
            Wire.context = zmq.Context()
        self.timeout = timeout
        self.last_id = 0
        self.socket = Wire.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndtimeo = int(timeout * 1000)
        self.socket.curve_serverkey = centre_key.encode()
        self.socket.curve_publickey = public_key.encode()
        self.socket.curve_secretkey = secret_key.encode()
        for option, value in (options or {}).items():
            setattr(self.socket, option, value)
        self.socket.connect(endpoint)

    def close(self):
        self.socket.close()

    def send(self, request):
        self.last_id += 1
        request.request_id = self.last_id
        self.send_raw(request.SerializeToString())
        return self.last_id

    def try_send(self, request):
        """For those whom the centre may have refused before."""
        try:
            self.send(request)
        except NoAnswer:
            pass

    def send_raw(self, *frames):
        """Once the centre has refused the key, libzmq has nowhere to put what is sent, and waits."""
        try:
            self.socket.send_multipart(frames)
        except zmq.Again as why:
            raise NoAnswer() from why

    def receive(self, timeout=None):
        if not self.socket.poll(int((self.timeout if timeout is None else timeout) * 1000)):
            raise NoAnswer()
        return pb.Reply.FromString(self.socket.recv())

    def ask(self, request, timeout=None):
        wanted = self.send(request)
        until = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            reply = self.receive(max(0, until - time.monotonic()))
            if reply.request_id == wanted:
                return reply

    def ping(self, timeout=None):
        return self.ask(pb.Request(ping=pb.Ping()), timeout).pong

    def hello(self):
        return self.ask(pb.Request(hello=pb.Hello(protocol=1, software="test"))).welcome

    def catalogue(self):
        query = pb.CatalogueQuery(units=True, forms=True)
        return self.ask(pb.Request(catalogue=query)).catalogue

    def submit(self, submission, timeout=None):
        """A receipt or a refusal, as the reply holds it. Bytes are sent as they are."""
        data = submission if isinstance(submission, bytes) else submission.SerializeToString()
        reply = self.ask(pb.Request(submit=pb.Submit(submission=data)), timeout)
        return reply.receipt if reply.WhichOneof("body") == "receipt" else reply.refusal

    def set_clock(self, seconds):
        """Moves a drill's clock; the Pong, or a refusal."""
        reply = self.ask(pb.Request(set_clock=pb.SetClock(time_us=int(seconds * 1_000_000))))
        return reply.pong if reply.WhichOneof("body") == "pong" else reply.refusal

    def reports(self, unit, first, last, **fields):
        """All pages of a list of reports, or a refusal."""
        query = pb.ReportQuery(unit=unit, to=last, **fields)
        setattr(query, "from", first)
        items = []
        while True:
            reply = self.ask(pb.Request(reports=query))
            if reply.WhichOneof("body") != "reports":
                return reply.refusal
            items += reply.reports.reports
            if not reply.reports.HasField("next"):
                return items
            query.after.CopyFrom(reply.reports.next)

    def total(self, unit, first, last, by=0, indicators=(), funds=False):
        query = pb.TotalQuery(unit=unit, to=last, by=by, indicators=indicators, funds=funds)
        setattr(query, "from", first)
        reply = self.ask(pb.Request(total=query))
        return reply.total if reply.WhichOneof("body") == "total" else reply.refusal


class Stubborn:
    """A client as PROTOCOL.md has it: the same bytes again, over a new connection, until the receipt is there.

    step() does what can be done and does not wait; `connect` makes a Wire."""

    def __init__(self, connect, submissions, silence=1.0):
        self.connect, self.silence = connect, silence
        self.open = {s.id: s.SerializeToString() for s in submissions}
        self.sent = list(self.open)  # ids, in order
        self.receipts = {}
        self.connections = 0
        self.wire = None

    def begin(self):
        self.close()
        self.wire = self.connect()
        self.connections += 1
        self.heard = time.monotonic()
        for data in self.open.values():
            self.wire.send(pb.Request(submit=pb.Submit(submission=data)))

    def step(self):
        """True when everything is receipted."""
        if not self.wire or time.monotonic() - self.heard > self.silence:
            self.begin()
        while self.open and self.wire.socket.poll(0):
            reply = self.wire.receive()
            self.heard = time.monotonic()
            if reply.refusal.retry_after_ms:
                continue  # it goes again with the others
            assert reply.WhichOneof("body") == "receipt", reply
            data = self.open.pop(reply.receipt.id, None)
            if data:
                assert reply.receipt.digest == digest(data)
                self.receipts[reply.receipt.id] = reply.receipt
        return not self.open

    def close(self):
        if self.wire:
            self.wire.close()
            self.wire = None


def codes(refusal):
    """The names of a refusal's problems."""
    return [pb.ProblemCode.Name(p.code) for p in refusal.problems]
