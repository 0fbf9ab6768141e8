"""Checks a bundle or an evidence pack of Imprimatur. One file, standard library only, no network.

    python -I verify.py FILE [--key LINE]

Ends with 0 if everything fits and with 1, and the reason, if anything does not. ``--key`` is the portal's
public key as its operator tells it (the line in ``public-key.txt``): without it the file is only known to be
sound by the key that it carries itself.

Formats: ZIP; signed notes and checkpoints of C2SP; hashes of RFC 6962 §2.1; Ed25519 of RFC 8032 §5.1.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import calendar
import hashlib
import hmac
import json
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

FORMAT = "imprimatur-export"
VERSION = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
CHECKPOINT, KEY = "ledger/checkpoint.txt", "ledger/public-key.txt"
KEYS = "ledger/keys.jsonl"
"""How the log came from its first key to this one; not there where it has had but one."""
ENTRIES, NODES, BINDINGS = "ledger/entries.jsonl", "ledger/nodes.jsonl", "ledger/bindings.jsonl"
SIGNED_MANIFEST = b"imprimatur-export-manifest-v1\n"
"""Stands before the manifest where it is signed, so that its signature is never one of a checkpoint."""
PIECE = 1 << 20
MOST_FILES, LONGEST_LINE, LARGEST_MANIFEST = 200_000, 64 << 20, 64 << 20
FREE_SIZE, MOST_RATIO = 100 << 20, 200
"""Below so many bytes a file may unpack to anything; above, to at most so many times its packed size."""


ERASED = "ledger.entries.erased"
"""The kind of entry that names others as having lost their content."""
BOUND = ("texts/", "sign-offs/", "documentation/")
"""Files that an entry must name; where none does, that is told."""
RECORDS = tuple(
    f"data/{name}.jsonl" for name in ("sign-offs", "documentation-signatures", "releases", "comments")
)
"""Files of which an entry must name each line; where none does, that is told."""
SAME_TIME = 60
"""Seconds: a record and its entry are written together."""
PROVES = """This proves: whoever holds that key signed all this; the entries stand at their places in one log;
  the documents are the ones that these entries name.
This does not prove: whose key it is (compare it with the one that the portal's operator gave you, or use
  --key); that the log shows everything that happened; that what people wrote in it is true; that no second
  log was kept (compare the root and the size with a checkpoint that somebody else holds)."""


class Bad(Exception):
    """Something does not fit; the text says what."""


# --- Ed25519, from the formulas of RFC 8032 §5.1 -----------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple  # X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z (§5.1.4)
ZERO = (0, 1, 1, 0)


def _plus(one: Point, other: Point) -> Point:
    """The sum of two points (§5.1.4); complete, so it doubles as well."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _x_of(y: int, sign: int) -> int | None:
    """The x of a point by its y and the lowest bit of x (§5.1.3), or None where there is no such point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point | None:
    """The point that 32 bytes encode (§5.1.3)."""
    value = int.from_bytes(data, "little")
    y = value & ((1 << 255) - 1)
    x = _x_of(y, value >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def _bytes(point: Point) -> bytes:
    """The encoding of a point (§5.1.2)."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_base_y = 4 * pow(5, -1, P) % P
_base_x = _x_of(_base_y, 0) or 0
BASE = (_base_x, _base_y, 1, _base_x * _base_y % P)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is one of ``message`` by the 32 bytes of ``key`` (RFC 8032 §5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    signer, s = _point(key), int.from_bytes(signature[32:], "little")
    if signer is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus = (P - signer[0], signer[1], 1, P - signer[3])
    choices = (None, BASE, minus, _plus(BASE, minus))  # both factors go bit by bit through one sum
    total: Point = ZERO
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        total = _plus(total, total)
        chosen = choices[(s >> bit & 1) + 2 * (k >> bit & 1)]
        total = _plus(total, chosen) if chosen else total
    return _bytes(total) == signature[:32]


# --- the file as a ZIP that hides nothing --------------------------------------------------------------


def _names(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The members by name; raises ``Bad`` for anything by which a reader could be misled."""
    infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    if len(infos) > MOST_FILES:
        raise Bad(f"it holds more than {MOST_FILES:,} files")
    if archive.comment:
        raise Bad("the archive carries a comment, which no export has")
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    end, total = 0, 0
    for info in infos:
        name = info.filename
        if name.lower() in seen:
            raise Bad(f"{name} is there twice")
        seen.add(name.lower())
        parts = name.split("/")
        if "" in parts or "." in parts or ".." in parts or any(c in '\\:*?"<>|' or c < " " for c in name):
            raise Bad(f"{name!r} is no safe name of a file")
        if info.orig_filename != name or info.is_dir() or info.external_attr >> 28 not in {0, 8}:
            raise Bad(f"{name!r} is no ordinary file")
        if info.flag_bits & 0x1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Bad(f"{name} is encrypted, or packed in a way that no export uses")
        if info.header_offset < end or (end == 0 and info.header_offset != 0):
            raise Bad(f"{name} overlaps with what stands before it")
        end = info.header_offset + 30 + len(info.filename.encode()) + info.compress_size
        total += info.file_size
        found[name] = info
    if total > FREE_SIZE and total > MOST_RATIO * size:
        raise Bad(f"it would unpack to {total:,} bytes from {size:,}: a bomb")
    return found


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with archive.open(name) as file:
            while piece := file.read(PIECE):
                yield piece
    except KeyError:
        raise Bad(f"{name} is missing") from None


def _whole(archive: zipfile.ZipFile, name: str, most: int = LARGEST_MANIFEST) -> bytes:
    data = b""
    for piece in _pieces(archive, name):
        data += piece
        if len(data) > most:
            raise Bad(f"{name} is larger than anything of its kind")
    return data


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    """The JSON values of a file, one to a line."""
    rest = b""
    for piece in _pieces(archive, name):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield _json(name, line)
        if len(rest) > LONGEST_LINE:
            raise Bad(f"{name} has an endless line")
    if rest:
        raise Bad(f"{name} ends in the middle of a line")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _json(name: str, data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Bad(f"{name} is no JSON: {error}") from None


# --- the ledger ----------------------------------------------------------------------------------------


class Checkpoint:
    """A signed tree head: how many entries, which root, when it was signed, by which key."""

    def __init__(self, note: str, line: str) -> None:
        """Reads note and key line; raises ``Bad`` unless both signatures of the note are by that key."""
        self.line = line.strip()
        name, _, rest = self.line.partition("+")
        shown, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
            body, _, tail = note.partition("\n\n")
            self.origin, size, root = body.split("\n")
            self.size, self.root = int(size), base64.b64decode(root, validate=True)
            given = [one.split(" ") for one in tail.strip("\n").split("\n")]
            signed = [(who, base64.b64decode(data, validate=True)) for _, who, data in given]
        except (ValueError, binascii.Error):
            raise Bad("the checkpoint or the key is not of the form that it must have") from None
        self.key = raw[1:]
        if len(raw) != 33 or raw[:1] != b"\x01" or shown != self._id(b"\x01").hex() or name != self.origin:
            raise Bad("the public key is not the one that its own line names")
        text = f"{body}\n".encode()
        plain = [data[4:] for who, data in signed if who == name and data[:4] == self._id(b"\x01")]
        timed = [data[4:] for who, data in signed if who == name and data[:4] == self._id(b"\x04")]
        if len(plain) != 1 or len(timed) != 1 or len(self.root) != 32 or self.size < 0:
            raise Bad("the checkpoint does not carry the two signatures that it must have")
        self.moment = int.from_bytes(timed[0][:8], "big")
        stamped = f"cosignature/v1\ntime {self.moment}\n".encode() + text
        if not is_signed(self.key, text, plain[0]) or not is_signed(self.key, stamped, timed[0][8:]):
            raise Bad("the checkpoint is not signed by the key beside it")

    def _id(self, kind: bytes) -> bytes:
        return hashlib.sha256(self.line.partition("+")[0].encode() + b"\n" + kind + self.key).digest()[:4]

    @property
    def time(self) -> str:
        """When it was signed, in UTC."""
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.moment))


def _raw(line: str) -> bytes:
    try:
        return base64.b64decode(line.split("+", 2)[2], validate=True)[1:]
    except (IndexError, binascii.Error):
        raise Bad(f"{KEYS}: a key is not of the form that it must have") from None


def _rotations(changes: list[Any], newest: str, named: str) -> int:
    """How many changes lead from the named key to the newest, each signed by the key before."""
    lines, vouched = [newest], 0
    for change in reversed(changes):
        told = [str(change.get(name)) for name in ("old", "new", "size", "root")]
        if told[1] != lines[-1] or told[0].partition("+")[0] != newest.partition("+")[0]:
            raise Bad(f"{KEYS}: the keys do not follow one another")
        statement = "\n".join(["imprimatur-key-change-v1", *told, ""]).encode()
        try:
            signature = base64.b64decode(str(change.get("endorsement")), validate=True)
        except binascii.Error:
            raise Bad(f"{KEYS}: a signature is none") from None
        if signature and not is_signed(_raw(told[0]), statement, signature):
            raise Bad(f"{KEYS}: a change of keys is not signed by the key before it")
        if signature and vouched == len(lines) - 1:
            vouched += 1
        lines.append(told[0])
    if named not in lines:
        raise Bad("it is signed by another key than the one that you named")
    if lines.index(named) > vouched:
        raise Bad("the key that you named was lost, and it vouches for none that came after")
    return lines.index(named)


class Tree:
    """A Merkle tree built from the left, of leaves and of whole subtrees that stand for leaves left out."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []

    def add(self, level: int, digest: bytes) -> None:
        """Adds the subtree of ``2**level`` leaves with that hash; it must begin where one of its size can."""
        if not 0 <= level < 63 or self.size % (1 << level) or len(digest) != 32:
            raise Bad(f"a hash at entry {self.size} cannot stand there")
        self.size += 1 << level
        self._edge.append((level, digest))
        while len(self._edge) > 1 and self._edge[-1][0] == self._edge[-2][0]:
            (level, left), (_, right) = self._edge[-2:]
            self._edge[-2:] = [(level + 1, hashlib.sha256(b"\x01" + left + right).digest())]

    @property
    def root(self) -> bytes:
        """The hash over all of them."""
        if not self._edge:
            return hashlib.sha256(b"").digest()
        root = self._edge[-1][1]
        for _, left in reversed(self._edge[:-1]):
            root = hashlib.sha256(b"\x01" + left + root).digest()
        return root


class Ledger:
    """The entries of the file, each found in the signed tree. ``kept`` holds the wanted ones by position."""

    def __init__(self, archive: zipfile.ZipFile, head: Checkpoint, wanted: set[int]) -> None:
        self.count = 0
        self.kept: dict[int, dict[str, Any]] = {}
        self.erased: set[int] = set()
        self.told: set[int] = set()
        """Positions without content, and those that entries of this file name as erased."""
        self.gap = 0
        """Up to where something is left out: all entries from there on are in the file."""
        tree, nodes = Tree(), _lines(archive, NODES)
        node = next(nodes, None)
        last = -1
        for entry in _lines(archive, ENTRIES):
            position = _number(entry, "position", ENTRIES)
            if position <= last:
                raise Bad(f"entry {position} does not follow entry {last}: doubled or out of order")
            while node is not None and tree.size < position:
                tree.add(_number(node, "level", NODES), _hash(node, "hash", NODES))
                node, self.gap = next(nodes, None), position
            if tree.size != position:
                raise Bad(f"what stands before entry {position} is missing")
            tree.add(0, self._leaf(entry, position, position in wanted))
            self.count, last = self.count + 1, position
        while node is not None:
            tree.add(_number(node, "level", NODES), _hash(node, "hash", NODES))
            node, self.gap = next(nodes, None), head.size
        if tree.size != head.size or tree.root != head.root:
            raise Bad("the entries are not those of the signed tree: one was altered, added or left out")

    def _leaf(self, entry: dict[str, Any], position: int, keep: bool) -> bytes:
        body, salt = entry.get("body"), entry.get("salt")
        payload: Any = entry.get("payload")
        if not isinstance(body, str) or set(entry) != {"position", "leaf_hash", "body", "payload", "salt"}:
            raise Bad(f"entry {position} is not of the form that it must have")
        leaf = hashlib.sha256(b"\x00" + body.encode()).digest()
        if leaf != _hash(entry, "leaf_hash", ENTRIES):
            raise Bad(f"entry {position}: its bytes do not give its hash")
        told = _json(f"entry {position}", body.encode())
        if payload is None and salt is None:
            self.erased.add(position)
        else:
            try:
                bound = hmac.new(bytes.fromhex(str(salt)), payload.encode(), "sha256").hexdigest()
            except (ValueError, TypeError, AttributeError):
                raise Bad(f"entry {position}: payload and salt do not go together") from None
            if bound != told.get("commitment"):
                raise Bad(f"entry {position}: its payload is not the one that it committed to")
            if told.get("event") == ERASED:
                self.told |= {place for place in _positions(position, payload) if place < position}
        if keep:
            content = _json(f"the payload of entry {position}", payload.encode()) if payload else None
            self.kept[position] = {**told, "payload": content}
        return leaf

    def untold(self, since: set[int]) -> int:
        """How many entries without content no entry here names as erased, where the file cannot show it.

        ``since`` are those that the manifest says were erased after the log's head was signed. An entry that
        erases stands after what it erased, so where all that follows is in the file it must be there.
        """
        untold = self.erased - self.told
        missing = sorted(place for place in untold - since if place >= self.gap)
        if missing:
            raise Bad(f"entry {missing[0]} has lost its content, and no entry after it says who erased it")
        return len(untold - since)


def _positions(position: int, payload: str) -> list[int]:
    """What an entry that erases names."""
    told = _json(f"the payload of entry {position}", payload.encode())
    places = told.get("positions") if isinstance(told, dict) else None
    return [place for place in places if isinstance(place, int)] if isinstance(places, list) else []


def _number(row: Any, name: str, where: str) -> int:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Bad(f"{where}: {name} is no number")
    return value


def _hash(row: Any, name: str, where: str) -> bytes:
    value: Any = row.get(name) if isinstance(row, dict) else None
    try:
        return bytes.fromhex(value) if len(value) == 64 else b""
    except (TypeError, ValueError):
        raise Bad(f"{where}: {name} is no hash") from None


# --- what binds documents to entries ------------------------------------------------------------------


def rows_digest(rows: Iterator[Any]) -> str:
    """The digest of a run's results: of the list of the digests of its rows, as compact ASCII JSON.

    Who judged is part of a row where a model did.
    """

    def digest(value: Any) -> str:
        return hashlib.sha256(
            json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        ).hexdigest()

    names = ("case", "case_digest", "provider", "repeat", "state", "output", "error")
    judged = (*names, "judged_by")
    return digest(
        [digest([row.get(name) for name in (judged if row.get("judged_by") else names)]) for row in rows]
    )


def _check_bindings(
    archive: zipfile.ZipFile, ledger: Ledger, digests: dict[str, str]
) -> tuple[int, list[str]]:
    """Each line says that an entry names a file's digest, a run's results, or the fields of a record.

    ``said`` are fields that the entry does not repeat in its payload: ``{"username": "actor"}``.

    Returns how many there are, and the texts, evidence and records that no entry names.
    """
    count, bare = 0, {name for name in digests if name.startswith(BOUND)}
    rows = {name: list(_lines(archive, name)) for name in RECORDS if name in digests}
    bare |= {_line(name, number) for name in rows for number in range(len(rows[name]))}
    for bound in _lines(archive, BINDINGS):
        count += 1
        name, position = str(bound.get("file")), _number(bound, "entry", BINDINGS)
        entry = ledger.kept.get(position)
        if name not in digests or entry is None:
            raise Bad(f"{name} is bound to entry {position}, and one of the two is missing")
        if "line" in bound:
            if name not in rows:
                rows[name] = list(_lines(archive, name))
            line = _number(bound, "line", BINDINGS)
            row = rows[name][line] if line < len(rows[name]) else {}
            if wrong := _wrong(row, bound, entry):
                raise Bad(f"{_line(name, line)}: {wrong} is not what entry {position} recorded")
            bare.discard(_line(name, line))
            continue
        told = entry["payload"]
        if told is None:
            continue  # erased: the entry still proves that there was one
        bare.discard(name)
        field = str(bound.get("field"))
        is_run = bound.get("how") == "results"
        found = rows_digest(_lines(archive, name)) if is_run else digests[name]
        if found != told.get(field):
            raise Bad(f"{name} is not what entry {position} ({entry['event']}) names as its {field}")
    return count, sorted(bare)


def _line(name: str, number: int) -> str:
    return f"{name}, line {number + 1}"


def _wrong(row: Any, bound: dict[str, Any], entry: dict[str, Any]) -> str:
    """The first field of a record that is not as the entry tells: by its payload (unless that is erased), or
    by its own who, why and when.
    """
    for field in bound["fields"] if entry["payload"] is not None else ():
        if row.get(field) != entry["payload"].get(field):
            return str(field)
    for field, name in bound.get("said", {}).items():
        there, told = row.get(field), entry.get(name)
        if there != told and not (name == "time" and abs(_moment(there) - _moment(told)) <= SAME_TIME):
            return str(field)
    return ""


def _moment(text: Any) -> int:
    return calendar.timegm(time.strptime(str(text)[:19], "%Y-%m-%dT%H:%M:%S"))


def _check_evidence(archive: zipfile.ZipFile, digests: dict[str, str]) -> int:
    """The runs that a signer was shown have, where they are in the file, the results that were shown."""
    known: dict[str, str] = {}
    count = 0
    for name in digests:
        if not (name.startswith("sign-offs/") and name.endswith(".evidence.json")):
            continue
        count += 1
        for run in _json(name, _whole(archive, name)).get("runs", []):
            results = f"runs/{run.get('id')}.results.jsonl"
            if results in digests:
                known.setdefault(results, rows_digest(_lines(archive, results)))
                if known[results] != run.get("digest"):
                    raise Bad(f"{name}: run {run.get('id')} has other results than the signer was shown")
    return count


# --- all together ------------------------------------------------------------------------------------


def check(file: BinaryIO, key: str = "") -> dict[str, Any]:
    """What the file is and holds, all checked; raises ``Bad`` with the first thing that does not fit."""
    file.seek(0, 2)
    size = file.tell()
    try:
        with zipfile.ZipFile(file) as archive:
            return _check(archive, _names(archive, size), key)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Bad(f"it is no whole archive: {error}") from None
    except (ValueError, AttributeError, TypeError, LookupError, ArithmeticError) as error:
        raise Bad(f"something in it is not of the form that it must have: {error!r}") from None


def _check(archive: zipfile.ZipFile, there: dict[str, zipfile.ZipInfo], key: str) -> dict[str, Any]:
    head = Checkpoint(_whole(archive, CHECKPOINT, 100_000).decode(), _whole(archive, KEY, 10_000).decode())
    changes = list(_lines(archive, KEYS)) if KEYS in there else []
    rotations = _rotations(changes, head.line, key.strip() or head.line)
    data = _whole(archive, MANIFEST)
    try:
        signature = base64.b64decode(_whole(archive, SIGNATURE, 1000), validate=True)
    except binascii.Error:
        raise Bad(f"{SIGNATURE} is no signature") from None
    if not is_signed(head.key, SIGNED_MANIFEST + data, signature):
        raise Bad("the manifest is not signed by the key beside it: it was altered")
    manifest = _json(MANIFEST, data)
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        raise Bad("it is no export of this format and version")
    digests = _files(archive, there, manifest)
    wanted = {_number(bound, "entry", BINDINGS) for bound in _lines(archive, BINDINGS)}
    ledger = Ledger(archive, head, wanted)
    if ledger.count != manifest.get("entries") or head.size != manifest.get("tree_size"):
        raise Bad("there are not as many entries as the manifest says")
    since = {place for place in manifest.get("erased_since", []) if isinstance(place, int)}
    untold = ledger.untold(since)
    bindings, bare = _check_bindings(archive, ledger, digests)
    return {
        "kind": manifest["kind"],
        "subject": manifest["subject"],
        "made_by": manifest["made_by"],
        "files": len(digests),
        "entries": ledger.count,
        "erased": len(ledger.erased),
        "erased_untold": untold,
        "erased_since": len(since & ledger.erased),
        "size": head.size,
        "root": head.root.hex(),
        "signed": head.time,
        "key": head.line,
        "rotations": rotations,
        "bindings": bindings,
        "bare": bare,
        "sign_offs": _check_evidence(archive, digests),
    }


def _files(
    archive: zipfile.ZipFile, there: dict[str, zipfile.ZipInfo], manifest: dict[str, Any]
) -> dict[str, str]:
    """SHA-256 by name; every file is in the manifest, and every one of the manifest is there as it says."""
    listed = {str(row["name"]): row for row in manifest["files"]}
    if len(listed) != len(manifest["files"]):
        raise Bad("the manifest names a file twice")
    extra = sorted(set(there) - set(listed) - {MANIFEST, SIGNATURE})
    missing = sorted(set(listed) - set(there))
    if extra or missing:
        raise Bad(f"{extra[0]} is not in the manifest" if extra else f"{missing[0]} is missing")
    digests = {}
    for name, row in listed.items():
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(archive, name):
            digest.update(piece)
            size += len(piece)
        if size != row["size"] or digest.hexdigest() != row["sha256"]:
            raise Bad(f"{name} was altered")
        digests[name] = digest.hexdigest()
    return digests


def told(found: dict[str, Any]) -> str:
    """What was found, and what it means, for a reader."""
    erased = f" ({found['erased']:,} with their content erased)" if found["erased"] else ""
    untold = ""
    if found["erased_untold"]:
        untold = f"  of {found['erased_untold']:,} of these it cannot tell who erased them: "
        untold += "the entries that say so are not in this file\n"
    if found["erased_since"]:
        untold += (
            f"  {found['erased_since']:,} of these were erased while the file was made, as its maker says\n"
        )
    bare = "".join(f"  no entry of the log names {name}: nothing proves it\n" for name in found["bare"])
    steps = found["rotations"]
    followed = f", {steps} change{'s'[: steps > 1]} after the key that you named" if steps else ""
    return f"""SOUND: {found["kind"]} of {found["subject"]}, exported by {found["made_by"]}
  {found["files"]:,} files are as the signed manifest lists them; none is missing, none was added
  {found["entries"]:,} entries{erased} are in the log of {found["size"]:,} entries
{untold}  {found["bindings"]:,} documents and records are as entries of the log name them
  {found["sign_offs"]:,} signatures come with the evidence that was signed
{bare}  signed {found["signed"]}
  root {found["root"]}
  key  {found["key"]}{followed}
{PROVES}"""


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Check a bundle or an evidence pack of Imprimatur.")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--key", default="", help="the public key that must have signed it")
    asked = parser.parse_args()
    try:
        with open(asked.file, "rb") as file:
            print(told(check(file, asked.key)))  # noqa: T201  a program of its own
    except (Bad, OSError) as error:
        print(f"NOT SOUND: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
