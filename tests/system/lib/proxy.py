"""A line between offices and the centre that the test spoils on purpose: plain TCP, frames unread.

One thread moves the bytes; the test's own thread changes what happens to them, and every change takes effect at
once. `up` is office → centre, `down` centre → office.

    proxy = Proxy(centre.endpoint)
    proxy.change(up_cut_after=700)      # bytes of each connection; then it breaks
    proxy.wait("the cut", lambda p: p.cuts)
    proxy.change(down_blocked=True)     # nothing goes through, both sockets stay open
    proxy.mend()                        # from here on an ordinary line

To add a fault: a field in Direction, and its place in Proxy.forward.
"""
import contextlib
import select
import socket
import struct
import threading
import time

CHUNK = 65536


class Direction:
    """What is done to the bytes of one direction."""

    def __init__(self):
        self.mend()

    def mend(self):
        self.delay_s = 0.0       # each byte arrives so much later
        self.cut_after = None    # bytes of a connection that still pass; then it is broken
        self.blocked = False     # nothing is read or handed on; both sockets stay open
        self.piece = CHUNK       # bytes handed on at once, each as a segment of its own
        self.bytes_per_s = None  # of each connection


class Flow:
    """One direction of one connection."""

    def __init__(self, source, target, direction):
        self.source, self.target, self.direction = source, target, direction
        self.waiting = []  # (when, bytes)
        self.passed = self.allowed = 0
        self.last = time.monotonic()
        self.ended = False


class Proxy:
    def __init__(self, endpoint):
        host, port = endpoint.rsplit("/", 1)[1].rsplit(":", 1)
        self.target = (host, int(port))
        self.up, self.down = Direction(), Direction()
        self.cut_with_reset = False
        self.breaking = False
        self.refusing = False    # new connections are reset before a byte
        self.connections = self.cuts = 0
        self.pairs = []
        self.lock = threading.Condition()
        self.asking = 0          # who waits for the lock
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.bell, self.ear = socket.socketpair()
        self.running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    # ------------------------------------------------------------ for the test

    @contextlib.contextmanager
    def held(self):
        """The lock, also from a thread that takes it again and again because it is busy."""
        self.asking += 1
        with self.lock:
            self.asking -= 1
            yield

    def change(self, **fields):
        """Sets fields of the proxy: up_… and down_… of its directions."""
        with self.held():
            for name, value in fields.items():
                side, _, field = name.partition("_")
                place = {"up": self.up, "down": self.down}.get(side)
                if place:
                    assert hasattr(place, field), name
                    setattr(place, field, value)
                else:
                    assert hasattr(self, name), name
                    setattr(self, name, value)
        self.wake()

    def mend(self):
        """An ordinary line from here on; what was held back goes on."""
        with self.held():
            self.up.mend()
            self.down.mend()
            self.refusing = self.cut_with_reset = False
        self.wake()

    def wait(self, what, condition, seconds=60):
        with self.held():
            if not self.lock.wait_for(lambda: condition(self), seconds):
                raise AssertionError("the proxy waited in vain for " + what)

    def break_all(self):
        """Ends all connections; what was held back in them is lost."""
        with self.held():
            self.breaking = True
            self.wake()
            self.lock.wait_for(lambda: not self.breaking, 60)  # the thread may be about to wait for these very sockets

    def close(self):
        self.running = False
        self.wake()
        self.thread.join(10)
        for pair in self.pairs:
            self.shut(pair)
        self.pairs = []
        for one in (self.listener, self.bell, self.ear):
            one.close()

    # ------------------------------------------------------------ the thread

    def wake(self):
        self.bell.send(b"x")

    def run(self):
        while self.running:
            readable, wait = self.interests()
            ready, _, _ = select.select(readable, [], [], wait)
            while self.asking:
                time.sleep(0.0002)
            with self.lock:
                if self.ear in ready:
                    self.ear.recv(CHUNK)
                if self.listener in ready:
                    self.accept()
                if self.breaking:
                    for pair in list(self.pairs):
                        self.cut(pair)
                    self.breaking = False
                for pair in list(self.pairs):
                    for flow in pair:
                        if pair in self.pairs and flow.source in ready:
                            self.take(pair, flow)
                    for flow in pair:
                        if pair in self.pairs:
                            self.forward(pair, flow)
                self.lock.notify_all()

    def interests(self):
        """Sockets to read from, and the time until held-back bytes are due."""
        now, wait = time.monotonic(), None
        sockets = [self.ear, self.listener]
        for pair in self.pairs:
            for flow in pair:
                room = not flow.waiting or flow.direction.delay_s
                if not flow.ended and room and not flow.direction.blocked:
                    sockets.append(flow.source)
                if flow.waiting and not flow.direction.blocked:
                    # A piece in each turn; other lines are looked at again when they may have room.
                    least = 0.0 if flow.direction.piece < CHUNK else 0.002
                    due = max(least, flow.waiting[0][0] - now)
                    wait = due if wait is None else min(wait, due)
        return sockets, wait

    def accept(self):
        office, _ = self.listener.accept()
        self.connections += 1
        if self.refusing:
            self.reset(office)
            self.cuts += 1
            return
        try:
            centre = socket.create_connection(self.target, 5)
        except OSError:
            self.reset(office)  # the centre is not there
            return
        for one in (office, centre):
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pairs.append((Flow(office, centre, self.up), Flow(centre, office, self.down)))

    def take(self, pair, flow):
        try:
            data = flow.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            flow.ended = True
            return
        flow.waiting.append((time.monotonic() + flow.direction.delay_s, data))

    def forward(self, pair, flow):
        """Hands on what is due, as the direction allows."""
        way, now = flow.direction, time.monotonic()
        if way.bytes_per_s is not None:
            flow.allowed = min(flow.allowed + (now - flow.last) * way.bytes_per_s, way.bytes_per_s)
        flow.last = now
        while flow.waiting and flow.waiting[0][0] <= now and not way.blocked:
            when, data = flow.waiting[0]
            size = min(len(data), way.piece)
            if way.bytes_per_s is not None:
                size = min(size, int(flow.allowed))
            if way.cut_after is not None:
                size = min(size, way.cut_after - flow.passed)
                if size <= 0:
                    self.cut(pair)
                    return
            if not size:
                return
            try:
                sent = flow.target.send(data[:size])
            except BlockingIOError:
                return
            except OSError:
                self.drop(pair)
                return
            flow.passed += sent
            flow.allowed -= sent if way.bytes_per_s is not None else 0  # the line may become slow later
            if sent < len(data):
                flow.waiting[0] = (when, data[sent:])
            else:
                flow.waiting.pop(0)
            if way.piece < CHUNK:
                return  # the next piece in the next turn
        if flow.ended and not flow.waiting:
            self.drop(pair)

    # ------------------------------------------------------------ ends

    def cut(self, pair):
        self.cuts += 1
        self.drop(pair, self.cut_with_reset)

    def drop(self, pair, with_reset=False):
        self.pairs.remove(pair)
        self.shut(pair, with_reset)

    def shut(self, pair, with_reset=False):
        for flow in pair:
            if with_reset:
                self.reset(flow.source)
            else:
                flow.source.close()

    @staticmethod
    def reset(one):
        """RST instead of FIN."""
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
