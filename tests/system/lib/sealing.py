"""Sealed files as PROTOCOL.md, section 15, has them: libsodium by ctypes, nothing of fupin's own code."""
import ctypes
import hashlib
import os
import struct
import time

import zmq.utils.z85

from wire import uuid7

SODIUM = ctypes.CDLL("libsodium.so.23")
VERSION, SUBMISSIONS, ANSWERS = 1, 1, 2


def raw(key):
    """The 32 bytes of a key's Z85 text."""
    return zmq.utils.z85.decode(key.encode())


class Header:
    def __init__(self, office, centre, count, kind=SUBMISSIONS, file=None, time_us=None, version=VERSION):
        self.office, self.centre, self.count, self.kind = office, centre, count, kind
        self.file, self.version = file or uuid7(), version
        self.time_us = int(time.time() * 1e6) if time_us is None else time_us

    def write(self):
        return b"fupin-sealed" + struct.pack(">HH32s32s16sqI", self.version, self.kind, self.office, self.centre, self.file,
                                             self.time_us, self.count)

    @staticmethod
    def read(data):
        assert data[:12] == b"fupin-sealed"
        version, kind, office, centre, file, time_us, count = struct.unpack(">HH32s32s16sqI", data[12:108])
        return Header(office, centre, count, kind, file, time_us, version)


ORDER = 2**252 + 27742317777372353535851937790883648493


def number_of(data):
    return int.from_bytes(data, "little") % ORDER


def point_of(scalar):
    """The point of Ed25519, 32 bytes."""
    point = ctypes.create_string_buffer(32)
    assert SODIUM.crypto_scalarmult_ed25519_base_noclamp(point, scalar.to_bytes(32, "little")) == 0
    return point.raw


def sign(message, secret):
    clamped = bytes([secret[0] & 248]) + secret[1:31] + bytes([secret[31] & 127 | 64])
    scalar, once = number_of(clamped), number_of(os.urandom(64))
    point, commitment = point_of(scalar), point_of(once)
    challenge = number_of(hashlib.sha512(commitment + point + message).digest())
    return point + commitment + ((once + challenge * scalar) % ORDER).to_bytes(32, "little")


def signed_by(message, signature, key):
    """An Ed25519 signature by the point in front, which is the X25519 key's."""
    owner = ctypes.create_string_buffer(32)
    return (SODIUM.crypto_sign_ed25519_pk_to_curve25519(owner, signature[:32]) == 0 and owner.raw == key and
            SODIUM.crypto_sign_verify_detached(signature[32:], message, ctypes.c_ulonglong(len(message)), signature[:32]) == 0)


def close(header, number, content, secret, signer=None):
    """`signer`: whose secret key signs it, if not the writer's."""
    reader = header.centre if header.kind == SUBMISSIONS else header.office
    inside = header.write() + struct.pack(">I", number) + content
    inside += sign(inside, signer or secret)
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
    assert signed_by(inside.raw[:-96], inside.raw[-96:], writer)
    return inside.raw[112:-96]


def unsealed_by(header, number, letter, secret, reader):
    """The content of a letter of one's own: who wrote it has the same shared secret."""
    box, inside = letter[24:], ctypes.create_string_buffer(len(letter) - 40)
    assert SODIUM.crypto_box_open_easy(inside, box, ctypes.c_ulonglong(len(box)), letter[:24], reader, secret) == 0
    assert inside.raw[108:112] == struct.pack(">I", number)
    return inside.raw[112:-96]


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
