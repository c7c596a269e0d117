"""A centre that is none, with the real one's key: it passes an office's requests on to that, and may keep or change what goes
by. And offices that have no line at all: their sheets, their fupin.ini."""
import os
import threading

import zmq
import zmq.auth

import fupin_pb2 as pb
from wire import NoAnswer, Wire

NOWHERE = "tcp://127.0.0.1:9"  # discard: nobody answers


class Relay:
    """`change(request, reply)` says what the office gets: a Reply, or None for nothing at all. `reply` is a function that
    asks the real centre, as the office."""

    def __init__(self, centre, office, change):
        self.centre, self.office, self.change = centre, office, change
        _, self.secret = zmq.auth.load_certificate(os.path.join(centre.data, "centre.key_secret"))
        self.stopping = threading.Event()
        self.ready = threading.Event()
        self.endpoint = self.socket = None
        self.kept = 0  # requests without an answer
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        assert self.ready.wait(30)

    def serve(self):
        context = zmq.Context()
        socket = context.socket(zmq.ROUTER)
        socket.linger = 0
        socket.curve_server = True
        socket.curve_secretkey = self.secret
        self.endpoint = f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"
        wire = Wire(self.centre.endpoint, self.centre.centre_key(), self.office.public_key, self.office.secret_key)
        self.socket = socket
        self.ready.set()
        while not self.stopping.is_set():
            if not socket.poll(50):
                continue
            sender, data = socket.recv_multipart()
            request = pb.Request.FromString(data)
            number = request.request_id

            def ask():
                return wire.ask(request)
            try:
                reply = self.change(request, ask)
            except NoAnswer:
                continue
            if reply is None:
                self.kept += 1
            else:
                reply.request_id = number
                socket.send_multipart([sender, reply.SerializeToString()])
        wire.close()
        socket.close()
        context.term()

    def wait_for_next(self):
        """For `change`: until the office has made its next request, which is answered after this one."""
        assert self.socket.poll(30_000), "the office asks no more"

    def __enter__(self):
        """The office's home leads here."""
        write_ini(self.office, self.endpoint, self.centre.centre_key())
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)
        write_ini(self.office, self.centre.endpoint, self.centre.centre_key())


def write_ini(office, endpoint, key):
    with open(office.home + "/fupin.ini", "w", encoding="utf-8") as file:
        file.write(f"[centre]\nendpoint = {endpoint}\npublic-key = {key}\n")


def save_offline(office, *paths):
    """Into the outbox, each file a submission, and no further. The centre is asked for its catalogue first."""
    office.run("submit", "--quiet", check=0)
    office.run("submit", *paths, "--each", "--offline", check=4)


def fund_sheet(office, voucher, amount="1,000.00"):
    path = os.path.join(office.home, voucher + ".csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"类别,单位,凭证号,日期,来源,金额\n筹措,{office.unit},{voucher},2013/4/5,其他涉农资金,\"{amount}\"\n")
    return path
