"""Sealed files as PROTOCOL.md, section 15, has them: libsodium by ctypes, nothing of fupin's own code."""
import ctypes
import hashlib
import os
import struct

import zmq.utils.z85

from wire import uuid7

SODIUM = ctypes.CDLL("libsodium.so.23")
VERSION, SUBMISSIONS, ANSWERS = 1, 1, 2


def raw(key):
    """The 32 bytes of a key's Z85 text."""
    return zmq.utils.z85.decode(key.encode())


class Header:
    def __init__(self, office, centre, count, kind=SUBMISSIONS, file=None, time_us=1370390400000000, version=VERSION):
        self.office, self.centre, self.count, self.kind = office, centre, count, kind
        self.file, self.time_us, self.version = file or uuid7(), time_us, version

    def write(self):
        return b"fupin-sealed" + struct.pack(">HH32s32s16sqI", self.version, self.kind, self.office, self.centre, self.file,
                                             self.time_us, self.count)

    @staticmethod
    def read(data):
        assert data[:12] == b"fupin-sealed"
        version, kind, office, centre, file, time_us, count = struct.unpack(">HH32s32s16sqI", data[12:108])
        return Header(office, centre, count, kind, file, time_us, version)


def close(header, number, content, secret):
    reader = header.centre if header.kind == SUBMISSIONS else header.office
    inside = header.write() + struct.pack(">I", number) + content
    nonce, box = os.urandom(24), ctypes.create_string_buffer(len(inside) + 16)
    assert SODIUM.crypto_box_easy(box, inside, ctypes.c_ulonglong(len(inside)), nonce, reader, secret) == 0
    return nonce + box.raw


def unseal(header, number, letter, secret):
    """The content; None: it cannot be opened."""
    writer = header.office if header.kind == SUBMISSIONS else header.centre
    box = letter[24:]
    inside = ctypes.create_string_buffer(len(box) - 16)
    if SODIUM.crypto_box_open_easy(inside, box, ctypes.c_ulonglong(len(box)), letter[:24], writer, secret):
        return None
    assert inside.raw[:112] == header.write() + struct.pack(">I", number)
    return inside.raw[112:]


def join(header, letters):
    """A file's bytes."""
    data = header.write() + b"".join(struct.pack(">I", len(letter)) + letter for letter in letters)
    return data + hashlib.blake2b(data, digest_size=32).digest()


def split(data):
    """Header and letters."""
    assert hashlib.blake2b(data[:-32], digest_size=32).digest() == data[-32:]
    letters, at = [], 108
    while at < len(data) - 32:
        size, = struct.unpack(">I", data[at:at + 4])
        letters.append(data[at + 4:at + 4 + size])
        at += 4 + size
    assert at == len(data) - 32
    return Header.read(data), letters
