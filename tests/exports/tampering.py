"""Ways to falsify a pack, each from the members of a good one."""

import base64
import hashlib
import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.exports import verify

Members = dict[str, bytes]
ENTRIES, NODES, CHECKPOINT, KEY = verify.ENTRIES, verify.NODES, verify.CHECKPOINT, verify.KEY


def members(data: bytes) -> Members:
    """The files of a pack."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(files: Members, more: Iterable[tuple[str | zipfile.ZipInfo, bytes]] = ()) -> bytes:
    """A pack of these files, and of ``more`` that may repeat a name."""
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), *more]:
            archive.writestr(name, data)
    return out.getvalue()


signers: list[Ed25519PrivateKey] = [Ed25519PrivateKey.generate()]
"""The last one seals: a stranger's key, unless a test puts the portal's own there."""


def resealed(files: Members) -> bytes:
    """The manifest made to fit the files again; without the portal's key its signature cannot be."""
    manifest = json.loads(files[verify.MANIFEST])
    names = [name for name in files if name not in {verify.MANIFEST, verify.SIGNATURE}]
    manifest["files"] = [
        {"name": name, "size": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        for name in names
    ]
    manifest["entries"] = files[ENTRIES].count(b"\n")
    data = json.dumps(manifest).encode()
    signed = signers[-1].sign(verify.SIGNED_MANIFEST + data)
    return zipped({**files, verify.MANIFEST: data, verify.SIGNATURE: base64.b64encode(signed)})


def lines(files: Members, change: Callable[[list[bytes]], object], name: str = ENTRIES) -> Members:
    rows = files[name].splitlines(keepends=True)
    change(rows)
    return {**files, name: b"".join(rows)}


def entry(files: Members, **changes: object) -> Members:
    """The first entry with other values, its leaf hash made to fit its body again."""
    row = json.loads(files[ENTRIES].splitlines()[0]) | changes
    if "body" in changes:
        row["leaf_hash"] = hashlib.sha256(b"\x00" + row["body"].encode()).hexdigest()
    return lines(files, lambda rows: rows.__setitem__(0, json.dumps(row).encode() + b"\n"))


def body(files: Members) -> str:
    return str(json.loads(files[ENTRIES].splitlines()[0])["body"])


def without(files: Members, name: str) -> Members:
    return {key: value for key, value in files.items() if key != name}


def _bomb(files: Members) -> bytes:
    return zipped({**files, "zeros": b"\0" * (150 << 20)})


def _link(files: Members) -> bytes:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    return zipped(files, [(info, b"/etc/passwd")])


def _overlapping(files: Members) -> bytes:
    """The second member's place in the central directory is the first one's."""
    data = bytearray(zipped(files))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def _encrypted(files: Members) -> bytes:
    data = bytearray(zipped(files))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def _bit(files: Members) -> bytes:
    data = bytearray(zipped(files))
    data[len(data) // 3] ^= 4
    return bytes(data)


def _note(files: Members, old: str, new: str) -> Members:
    text = files[CHECKPOINT].decode()
    assert old in text
    return {**files, CHECKPOINT: text.replace(old, new).encode()}


def _size(files: Members) -> str:
    return "\n" + files[CHECKPOINT].decode().split("\n")[1] + "\n"


TAMPERED: dict[str, Callable[[Members], bytes]] = {
    "a file altered": lambda f: zipped({**f, "README.txt": b"Trust me."}),
    "a file altered, the manifest made to fit": lambda f: resealed({**f, "README.txt": b"Trust me."}),
    "a file missing": lambda f: zipped(without(f, "README.txt")),
    "a file missing, the manifest made to fit": lambda f: resealed(without(f, "README.txt")),
    "a file added": lambda f: zipped({**f, "more.txt": b"more"}),
    "a file twice": lambda f: zipped(f, [("README.txt", f["README.txt"])]),
    "a file twice in another case": lambda f: zipped(f, [("readme.TXT", f["README.txt"])]),
    "a path that leads out": lambda f: zipped({**f, "../evil.txt": b"x"}),
    "an absolute path": lambda f: zipped({**f, "/etc/evil": b"x"}),
    "a path for Windows": lambda f: zipped({**f, "..\\evil.txt": b"x"}),
    "a drive's letter": lambda f: zipped({**f, "C:evil.txt": b"x"}),
    "a folder": lambda f: zipped({**f, "folder/": b""}),
    "a symbolic link": _link,
    "a bomb": _bomb,
    "members that overlap": _overlapping,
    "an encrypted member": _encrypted,
    "a bit flipped": _bit,
    "cut off": lambda f: zipped(f)[:-100],
    "something before the archive": lambda f: b"#!/bin/sh\n" + zipped(f),
    "no archive": lambda f: b"Nothing of the kind.",
    "an empty archive": lambda f: zipped({}),
    "no manifest": lambda f: zipped(without(f, verify.MANIFEST)),
    "no signature of the manifest": lambda f: zipped(without(f, verify.SIGNATURE)),
    "a signature that is none": lambda f: zipped({**f, verify.SIGNATURE: b"%%%"}),
    "a manifest with a name twice": lambda f: zipped({**f, verify.MANIFEST: b'{"kind":1,"kind":2}'}),
    "the first entry gone": lambda f: resealed(lines(f, lambda rows: rows.pop(0))),
    "the last entry gone": lambda f: resealed(lines(f, lambda rows: rows.pop())),
    "an entry twice": lambda f: resealed(lines(f, lambda rows: rows.insert(1, rows[0]))),
    "two entries swapped": lambda f: resealed(lines(f, lambda rows: rows.reverse())),
    "an entry's bytes altered": lambda f: resealed(entry(f, body=body(f).replace("identity", "somebody"))),
    "a payload exchanged": lambda f: resealed(entry(f, payload='{"a":1}')),
    "a salt exchanged": lambda f: resealed(entry(f, salt="00" * 32)),
    "a proof's hash altered": lambda f: resealed(
        lines(f, lambda rows: rows.__setitem__(0, rows[0].replace(b'"hash":"', b'"hash":"ff')), NODES)
    ),
    "a proof's hash gone": lambda f: resealed(lines(f, lambda rows: rows.pop(), NODES)),
    "the checkpoint of another size": lambda f: resealed(_note(f, _size(f), "\n999\n")),
    "the checkpoint of another log": lambda f: resealed(_note(f, "imprimatur.ledger", "somebody.else")),
    "the checkpoint unsigned": lambda f: resealed(
        {**f, CHECKPOINT: f[CHECKPOINT].partition(b"\n\n")[0] + b"\n\n"}
    ),
    "another key": lambda f: resealed({**f, KEY: f[KEY][:-10] + b"AAAAAAAA=\n"}),
    "a line that never ends": lambda f: resealed({**f, ENTRIES: f[ENTRIES] + b'{"position": 7'}),
    "the manifest signed as if it were a checkpoint": lambda f: zipped(
        {**f, verify.SIGNATURE: f[CHECKPOINT].rpartition(b" ")[2]}
    ),
}

WITH_THE_KEY = {
    "the first entry gone": "cannot stand there|missing",
    "the last entry gone": "cannot stand there|missing|not those",
    "an entry twice": "doubled or out of order",
    "two entries swapped": "cannot stand there|out of order",
    "an entry's bytes altered": "not those of the signed tree",
    "a payload exchanged": "not the one that it committed to",
    "a salt exchanged": "not the one that it committed to",
    "a proof's hash altered": "cannot stand there",
    "a proof's hash gone": "cannot stand there|missing|not those",
    "the checkpoint of another size": "not signed by the key",
    "the checkpoint of another log": "not the one that its own line names",
    "the checkpoint unsigned": "of the form",
    "another key": "of the form|not the one",
    "a line that never ends": "middle of a line",
}
"""What is found even where somebody who holds the portal's key sealed it again, and as what."""
