"""The verifier's own Ed25519 says what the ``cryptography`` package says, for good and malformed signatures.

``SIGNATURES=10000`` in the environment compares as many; the quick suite takes a few hundred.
"""

import os
import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audits.exports.verify import BASE, L, P, _bytes, _plus, is_signed

NUMBER = int(os.environ.get("SIGNATURES", "300"))


def theirs(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def flipped(data: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(data))


def with_s(signature: bytes, s: int) -> bytes:
    return signature[:32] + s.to_bytes(32, "little")


def malformed(choice: random.Random, key: bytes, message: bytes, signature: bytes) -> list[bytes]:
    """Key, message and signature with one thing wrong, or with nothing."""
    s = int.from_bytes(signature[32:], "little")
    return choice.choice(
        [
            [key, message, signature],
            [key, message, flipped(signature, choice.randrange(512))],
            [flipped(key, choice.randrange(256)), message, signature],
            [key, flipped(message, choice.randrange(8 * len(message))), signature],
            [key, message, with_s(signature, s + L)],  # the same point, not the smallest s
            [key, message, with_s(signature, 0)],
            [key, message, with_s(signature, (L - s) % L)],
            [key, message, signature[:63]],
            [key, message, signature + b"\0"],
            [key[:31], message, signature],
            [key, message, choice.randbytes(64)],
            [choice.randbytes(32), message, signature],
            [key, message, (P - 1).to_bytes(32, "little") + signature[32:]],
            [key, message, bytes(64)],
        ]
    )


def test_both_say_the_same_of_good_and_malformed_signatures() -> None:
    choice, differ, accepted = random.Random(8032), [], 0
    for _ in range(NUMBER):
        private = Ed25519PrivateKey.from_private_bytes(choice.randbytes(32))
        message = choice.randbytes(choice.randrange(1, 200))
        public = private.public_key().public_bytes_raw()
        case = malformed(choice, public, message, private.sign(message))
        ours = is_signed(*case)
        accepted += ours
        if ours != theirs(*case):
            differ.append([part.hex() for part in case])
    assert differ == []
    assert 0 < accepted < NUMBER


SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
"""Points of small order (RFC 8032 §5.1 has the curve; their order divides 8)."""
NOT_CANONICAL = [
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
"""Encodings of points that RFC 8032 §5.1.3 does not decode: y of at least p, or a sign for an x of 0."""


@pytest.mark.parametrize("key", SMALL)
@pytest.mark.parametrize("start", SMALL)
def test_points_of_small_order_are_judged_alike(key: str, start: str) -> None:
    for message in (b"", b"a", b"b", b"c"):
        case = bytes.fromhex(key), message, bytes.fromhex(start) + bytes(32)
        assert is_signed(*case) == theirs(*case)


@pytest.mark.parametrize("key", NOT_CANONICAL)
def test_what_the_rfc_does_not_decode_is_refused(key: str) -> None:
    for start in [*SMALL, *NOT_CANONICAL]:
        assert not is_signed(bytes.fromhex(key), b"a", bytes.fromhex(start) + bytes(32))


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_the_examples_of_the_rfc(key: str, message: str, signature: str) -> None:
    """RFC 8032 §7.1, tests 1 and 2."""
    assert is_signed(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))


def test_the_base_point_has_the_order_of_the_rfc() -> None:
    total, doubled = (0, 1, 1, 0), BASE
    for bit in range(L.bit_length()):
        total = _plus(total, doubled) if L >> bit & 1 else total
        doubled = _plus(doubled, doubled)
    assert _bytes(total) == (1).to_bytes(32, "little")
