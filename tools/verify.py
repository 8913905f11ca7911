#!/usr/bin/env python3
"""A second verifier of fundtrail's records, in plain Python 3.8 or later, with nothing to install.

Written from schemas/record.md, schemas/characters.txt and schemas/event/*.json, and from nothing
else: it shares no line with the program that it checks. It recomputes the bytes, the frame, links,
batches, times, leaf hashes, the root, checkpoints, signatures, and folds the movements into
balances. It never writes, and never asks a network. What it does not do: decide again whether the
rules allowed an event. `fundtrail verify` does that.

    python3 verify.py PATH [--key VKEY]... [--checkpoint FILE]... [--balances | --json]

PATH is an exported file of records, a ledger's folder, or an audit pack (packed or unpacked).
Exit: 0 all is right; 1 something is wrong; 2 usage, or PATH cannot be read.
"""

import argparse
import base64
import datetime
import gzip
import hashlib
import itertools
import json
import os
import re
import sys
import tarfile
import unicodedata
import zlib

INTEGER_MAX = 2**53 - 1
EVENT_BYTES_MAX, RECORD_BYTES_MAX, DEPTH_MAX, SIGNATURES_MAX = 40000, 65535, 16, 4
BATCH_LEFT_MAX = 2**32 - 1
FIELDS = ["batch_left", "event", "movements", "posted_by", "prev", "recorded_at", "salt", "seq",
          "signatures", "v"]
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
PATH_TEXT = re.compile(r"[A-Za-z0-9._:/-]{1,256}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,127}")
HEX64, HEX32 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
PAYLOAD_TYPE = "application/vnd.fundtrail.event.v1+json;ledger="
COLUMNS = ["received_fen", "allocated_in_fen", "allocated_out_fen", "recalled_in_fen",
           "recalled_out_fen", "withdrawn_fen", "refunded_fen", "available_fen",
           "consolidated_fen", "committed_fen", "advanced_fen", "spent_fen", "surplus_fen",
           "reclaim_fen"]
# How many steps a place has behind its kind, and which of them names jurisdiction or project.
PLACES = {"available": ((1,), 0), "surplus": ((1,), 0), "consolidated": ((2,), 0),
          "committed": ((2, 3), 0), "spent": ((2, 3), 0), "advanced": ((3, 4), 1),
          "reclaim": ((3, 4), 1)}


class Wrong(Exception):
    """Something does not hold; the text says what."""


def need(holds, reason):
    if not holds:
        raise Wrong(reason)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def exact_base64(text):
    """The bytes of a base64 text in its one form (padding, no unused bits), or a Wrong."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("%r is not base64" % text[:40]) from None
    need(base64.b64encode(data).decode() == text, "%r is not base64 in its one form" % text[:40])
    return data


# --- canonical JSON (record.md section 1) ------------------------------------------------------

class Characters:
    """The characters that a text may hold, from characters.txt."""

    def __init__(self, text):
        ranges = []
        for line in text.splitlines():
            if line and not line.startswith("#"):
                first, last = (int(end, 16) for end in line.split(".."))
                ranges.append("%s-%s" % (re.escape(chr(first)), re.escape(chr(last))))
        self.other = re.compile("[^%s]" % "".join(ranges))

    def check(self, text):
        if text.isascii() and text.isprintable():
            return
        other = self.other.search(text)
        if other:
            raise Wrong("a text holds U+%04X, which is not allowed" % ord(other[0]))
        need(unicodedata.normalize("NFC", text) == text, "a text is not in Unicode NFC")


def pairs(found):
    """An object of a JSON text; a name that stands twice is refused."""
    value = dict(found)
    need(len(value) == len(found), "a field stands twice")
    return value


def integer(text):
    need(len(text) <= 17 and abs(int(text)) <= INTEGER_MAX, "an integer is out of range")
    return int(text)


def no_fraction(text):
    raise Wrong("%s is not an integer" % text[:40])


def walk(value, depth, characters):
    """Whatever re-writing cannot see: null, depth, names, characters."""
    if isinstance(value, str):
        characters.check(value)
    elif isinstance(value, dict):
        need(depth <= DEPTH_MAX, "nested more than %d deep" % DEPTH_MAX)
        for name, item in value.items():
            need(name.isascii(), "a field name is not ASCII")
            characters.check(name)
            walk(item, depth + 1, characters)
    elif isinstance(value, list):
        need(depth <= DEPTH_MAX, "nested more than %d deep" % DEPTH_MAX)
        for item in value:
            walk(item, depth + 1, characters)
    else:
        need(value is not None, "null is not allowed: an absent field is left out")


def canonical(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8")


def parse_canonical(line):
    """The value of a text, which must be what writing the value gives again."""
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=pairs, parse_int=integer,
                           parse_float=no_fraction, parse_constant=no_fraction)
        need(canonical(value) == line, "it is not in canonical form")
    except UnicodeError:
        raise Wrong("it is not UTF-8") from None
    except RecursionError:
        raise Wrong("nested more than %d deep" % DEPTH_MAX) from None
    except ValueError as error:
        raise Wrong("it is not JSON: %s" % error) from None
    return value


# --- the schemas of events ---------------------------------------------------------------------

class Schemas:
    """JSON Schemas by event type: the keywords that schemas/event uses, and no others."""

    KNOWN = {"$defs", "$ref", "$schema", "additionalProperties", "const", "description", "enum",
             "format", "items", "maxItems", "maxLength", "maximum", "minLength", "minimum",
             "pattern", "properties", "required", "title", "type"}
    TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}

    def __init__(self, texts):
        self.by_type = {name: json.loads(text) for name, text in texts.items()}

    def check(self, event):
        """False where the type is not known; a Wrong where the event does not fit."""
        schema = self.by_type.get(event.get("type"))
        if schema is None:
            return False
        self.fits(event, schema, schema, "event")
        return True

    def fits(self, value, schema, root, at):
        need(set(schema) <= self.KNOWN, "the schema of %s uses a keyword unknown here" % at)
        if "$ref" in schema:
            self.fits(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, at)
        if "type" in schema:
            need(type(value) is self.TYPES[schema["type"]], "%s is not %s" % (at, schema["type"]))
        need("const" not in schema or value == schema["const"], "%s has another value" % at)
        need("enum" not in schema or value in schema["enum"], "%s is none of its values" % at)
        if type(value) is int:
            need(schema.get("minimum", value) <= value <= schema.get("maximum", value),
                 "%s is out of range" % at)
        elif isinstance(value, str):
            need(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)),
                 "%s is too short or too long" % at)
            pattern = schema.get("pattern")
            need(not pattern or re.search(pattern.replace("$", r"\Z"), value),
                 "%s does not have its form" % at)
        elif isinstance(value, list):
            need(len(value) <= schema.get("maxItems", len(value)), "%s is too long" % at)
            for number, item in enumerate(value):
                self.fits(item, schema.get("items", {}), root, "%s[%d]" % (at, number))
        elif isinstance(value, dict):
            self.object_fits(value, schema, root, at)

    def object_fits(self, value, schema, root, at):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            need(name in value, "%s.%s is missing" % (at, name))
        for name, item in value.items():
            need(name in properties or schema.get("additionalProperties", True),
                 "%s.%s is no field of it" % (at, name))
            self.fits(item, properties.get(name, {}), root, "%s.%s" % (at, name))


# --- the tree (section 3) ----------------------------------------------------------------------

class Tree:
    """Roots of complete subtrees, largest first: enough for the root at every size on the way."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf):
        self.size += 1
        carry = self.size
        while carry % 2 == 0:
            leaf = sha256(b"\1", self.peaks.pop(), leaf)
            carry //= 2
        self.peaks.append(leaf)

    def root(self):
        if not self.peaks:
            return sha256()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = sha256(b"\1", peak, root)
        return root


# --- Ed25519, strict (section 4; RFC 8032) -----------------------------------------------------

P = 2**255 - 19
GROUP = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)


def point_add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(scalar, point):
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        scalar >>= 1
    return total


def same_point(one, other):
    return ((one[0] * other[2] - other[0] * one[2]) % P == 0
            and (one[1] * other[2] - other[1] * one[2]) % P == 0)


def point(data):
    """The point of a canonical encoding; none where it is none, or of small order."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    found = (x, y, 1, x * y % P)
    return None if same_point(point_times(8, found), IDENTITY) else found


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(key, signature, message):
    """Does the signature hold, without the cofactor?"""
    a, r = point(key), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or scalar >= GROUP:
        return False
    challenge = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(challenge, "little") % GROUP
    return same_point(point_times(scalar, BASE), point_add(r, point_times(challenge, a)))


# --- checkpoints (section 5) -------------------------------------------------------------------

class Key:
    """A public key `NAME+ID+BASE64`; `kind` 1 is a log's, 4 a witness's."""

    def __init__(self, text):
        parts = text.split("+", 2)
        need(len(parts) == 3, "%s is not a verifier key NAME+ID+BASE64" % text)
        self.text, self.name = text, parts[0]
        data = exact_base64(parts[2])
        need(len(data) == 33, "the key of %s does not have 33 bytes" % self.name)
        self.kind, self.key = data[0], data[1:]
        self.id = sha256(self.name.encode(), b"\n", data)[:4]
        need(self.id.hex() == parts[1], "the id of the key of %s is another" % self.name)


class Note:
    """A signed checkpoint: its three lines, and its signature lines, none of them trusted yet."""

    def __init__(self, data):
        try:
            whole = data.decode("utf-8")
        except UnicodeError:
            raise Wrong("it is not UTF-8") from None
        need(not re.search(r"[\x00-\x09\x0b-\x1f]", whole), "it holds a control character")
        text, blank, lines = whole.rpartition("\n\n")
        need(blank and lines.endswith("\n"), "it is no signed note")
        self.text = text + "\n"
        parts = self.text.split("\n")
        need(len(parts) == 4, "its text does not have three lines")
        self.origin = parts[0]
        need(ORIGIN.fullmatch(self.origin), "its first line is no origin")
        need(re.fullmatch("0|[1-9][0-9]{0,15}", parts[1]), "its second line is no size")
        self.size, self.root = int(parts[1]), exact_base64(parts[2])
        need(len(self.root) == 32, "its third line is no root")
        self.lines = []
        for line in lines[:-1].split("\n"):
            match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
            need(match, "it has a line that is no signature")
            self.lines.append((match[1], exact_base64(match[2])))

    def holds(self, key):
        """Is it signed by this key? A line of the key that does not hold is a Wrong."""
        found = False
        for name, payload in self.lines:
            if name != key.name or payload[:4] != key.id:
                continue
            message, signature = self.text.encode(), payload[4:]
            if key.kind == 4:
                time = int.from_bytes(signature[:8], "big")
                message = b"cosignature/v1\ntime %d\n" % time + message
                signature = signature[8:]
            need(signed_by(key.key, signature, message), "the signature of %s does not hold" % name)
            found = True
        return found


# --- balances (section 9) ----------------------------------------------------------------------

class Balances:
    """The movements folded: what stands in each place, and the columns by jurisdiction and lot."""

    def __init__(self):
        self.places, self.cells, self.flows = {}, {}, {}
        self.projects, self.parents, self.gifts = {}, {}, set()

    def learn(self, event):
        data, kind = event.get("data"), event.get("type")
        if kind == "jurisdiction_registered":
            self.parents[data["code"]] = data.get("parent")
        elif kind == "project_admitted":
            self.projects[data["project"]] = event["jurisdiction"]
        elif kind == "donation_received":
            self.gifts.add(data["lot"])

    def home(self, place):
        """The column and the jurisdiction that a place belongs to; none for outside."""
        if place == "outside":
            return None
        kind, *steps = place.split("/")
        lengths, at = PLACES.get(kind, ((), 0))
        need(len(steps) in lengths and all(steps), "%s is no place" % place)
        if lengths[0] == 1 or kind == "consolidated":
            return kind + "_fen", steps[at]
        need(steps[at] in self.projects, "%s names a project that was not admitted" % place)
        return kind + "_fen", self.projects[steps[at]]

    def move(self, movement, reversal):
        lot, fen = movement["lot"], movement["amount_fen"]
        source, target = movement["from"], movement["to"]
        need(source != target, "a movement leads from a place to itself")
        for place, amount in ((source, -fen), (target, fen)):
            self.home(place)
            left = self.places.get((place, lot), 0) + amount
            need(place == "outside" or left >= 0,
                 "lot %s at %s falls to %d fen: less than nothing" % (lot, place, left))
            self.places[place, lot] = left
        if reversal:
            source, target, fen = target, source, -fen
        self.count(lot, self.home(source), self.home(target), fen)

    def count(self, lot, source, target, fen):
        if source:
            self.add(source[1], lot, source[0], -fen)
        if target:
            self.add(target[1], lot, target[0], fen)
        if source is None:
            self.add(target[1], lot, "received_fen", fen)
        elif target is None:
            column = "refunded_fen" if lot in self.gifts else "withdrawn_fen"
            self.add(source[1], lot, column, fen)
        elif source[1] != target[1]:
            down = self.is_below(target[1], source[1])
            name = "allocated" if down else "recalled"
            self.add(source[1], lot, name + "_out_fen", fen)
            self.add(target[1], lot, name + "_in_fen", fen)

    def is_below(self, lower, upper):
        while lower is not None and lower != upper:
            lower = self.parents.get(lower)
        return lower is not None

    def add(self, jurisdiction, lot, column, fen):
        cell = self.cells.setdefault((jurisdiction, lot), dict.fromkeys(COLUMNS, 0))
        cell[column] += fen

    def check_sums(self):
        sums = {}
        for (_, lot), fen in self.places.items():
            sums[lot] = sums.get(lot, 0) + fen
        for lot, fen in sums.items():
            need(fen == 0, "the places of lot %s sum to %d fen, not to zero" % (lot, fen))

    def answer(self):
        rows = {}
        for (jurisdiction, lot), cell in sorted(self.cells.items()):
            if any(cell.values()):
                rows.setdefault(jurisdiction, {})[lot] = cell
        return rows


# --- records (section 2) -----------------------------------------------------------------------

class Verifier:
    """Takes the lines in order and stops at the first record that is wrong."""

    def __init__(self, characters, schemas, sizes):
        self.characters, self.schemas, self.sizes = characters, schemas, sizes
        self.tree, self.balances, self.ids = Tree(), Balances(), {}
        self.roots = {0: sha256()}
        self.last, self.time, self.batch_left, self.ledger = bytes(32), "", 0, None
        self.origin, self.keys, self.changed_keys, self.witnesses = None, [], [], {}
        self.signed, self.not_judged_from, self.unknown_types = 0, None, set()

    def take(self, line, following):
        """Judges a line; `following` tells which of two records a broken link accuses."""
        seq = self.tree.size
        try:
            record = self.frame(line)
            need(record["seq"] == seq, "it calls itself record %d: one was deleted, inserted or "
                 "swapped" % record["seq"])
        except Wrong as wrong:
            return seq, str(wrong)
        leaf = sha256(b"\0", line[:-1])
        if record["prev"] != self.last.hex():
            if seq and following and ('"prev":"%s"' % leaf.hex()).encode() in following:
                return seq - 1, "its leaf hash is not what the next record links to: it was changed"
            return seq, "its prev is not the leaf hash of the record before"
        try:
            self.judge(record, seq, leaf)
        except Wrong as wrong:
            return seq, str(wrong)
        except RecursionError:
            return seq, "nested more than %d deep" % DEPTH_MAX
        self.last, self.time, self.batch_left = leaf, record["recorded_at"], record["batch_left"]
        self.tree.push(leaf)
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()
        return None

    def frame(self, line):
        """The record of a line, in the form of section 2."""
        need(line.endswith(b"\n"), "its line does not end in LF: something behind it was cut off")
        need(len(line) - 1 <= RECORD_BYTES_MAX, "it has more than %d bytes" % RECORD_BYTES_MAX)
        record = parse_canonical(line[:-1])
        need(isinstance(record, dict) and sorted(record) == FIELDS,
             "its fields are not those of a record")
        for name, least, most in (("batch_left", 0, BATCH_LEFT_MAX), ("seq", 0, INTEGER_MAX),
                                  ("v", 1, INTEGER_MAX)):
            need(type(record[name]) is int and least <= record[name] <= most,
                 "%s is not an integer in its range" % name)
        for name, form in (("posted_by", IDENTIFIER), ("prev", HEX64), ("recorded_at", TIME),
                           ("salt", HEX32)):
            need(isinstance(record[name], str) and form.fullmatch(record[name]),
                 "%s does not have its form" % name)
        try:
            datetime.datetime.strptime(record["recorded_at"], "%Y-%m-%dT%H:%M:%S.%fZ")
        except ValueError:
            raise Wrong("recorded_at is no time that there is") from None
        need(isinstance(record["event"], dict), "event is not an object")
        self.movements(record["movements"])
        self.signature_forms(record["signatures"])
        return record

    @staticmethod
    def movements(movements):
        need(isinstance(movements, list), "movements is not a list")
        for movement in movements:
            need(isinstance(movement, dict)
                 and sorted(movement) == ["amount_fen", "from", "lot", "to"],
                 "a movement does not have its four fields")
            fen = movement["amount_fen"]
            need(type(fen) is int and 1 <= fen <= INTEGER_MAX,
                 "a movement's amount is out of range")
            for name in ("from", "lot", "to"):
                need(isinstance(movement[name], str) and PATH_TEXT.fullmatch(movement[name]),
                     "a movement's %s does not have its form" % name)

    @staticmethod
    def signature_forms(signatures):
        need(isinstance(signatures, list) and len(signatures) <= SIGNATURES_MAX,
             "signatures is not a list of at most %d" % SIGNATURES_MAX)
        keys = []
        for signature in signatures:
            need(isinstance(signature, dict) and sorted(signature) == ["key", "sig"]
                 and all(isinstance(part, str) for part in signature.values())
                 and HEX64.fullmatch(signature["key"]), "a signature does not have its form")
            need(len(exact_base64(signature["sig"])) == 64, "a signature does not have 64 bytes")
            keys.append(signature["key"])
        need(keys == sorted(set(keys)),
             "the signatures are not sorted by key, or a key signs twice")

    def judge(self, record, seq, leaf):
        need(self.batch_left == 0 or record["batch_left"] == self.batch_left - 1,
             "batch_left is %d, but %d records of the batch should follow"
             % (record["batch_left"], self.batch_left - 1))
        need(record["recorded_at"] >= self.time, "recorded_at is before that of the record before")
        event = record["event"]
        walk(event, 1, self.characters)
        data = canonical(event)
        need(len(data) <= EVENT_BYTES_MAX, "its event has more than %d bytes" % EVENT_BYTES_MAX)
        if seq == 0:
            self.ledger = leaf.hex()
            need(not record["signatures"], "record 0 is signed")
        for signature in record["signatures"]:
            self.signature(signature, data)
        self.signed += bool(record["signatures"])
        if record["v"] == 1 and self.not_judged_from is None:
            self.money(event, record["movements"], seq)
        elif self.not_judged_from is None:
            self.not_judged_from = seq

    def signature(self, signature, data):
        kind = (PAYLOAD_TYPE + self.ledger).encode()
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(data), data)
        need(signed_by(bytes.fromhex(signature["key"]), exact_base64(signature["sig"]), message),
             "the signature of key %s does not hold" % signature["key"])

    def money(self, event, movements, seq):
        if self.schemas and not self.schemas.check(event):
            self.unknown_types.add(str(event.get("type")))
        first = self.ids.setdefault(event.get("id"), seq)
        need(first == seq, "its event id stands in record %d already" % first)
        kind = event.get("type")
        need((kind == "ledger_opened") == (seq == 0), "ledger_opened is record 0 and no other")
        try:
            self.parties(kind, event.get("data"))
            self.balances.learn(event)
        except (KeyError, TypeError):
            raise Wrong("its event lacks a field of its type") from None
        for movement in movements:
            self.balances.move(movement, kind == "entry_reversed")

    def parties(self, kind, data):
        """The keys that the records state."""
        if kind in ("ledger_opened", "ledger_continued"):
            key = Key(data["vkey"])
            need(key.kind == 1 and key.name == data["origin"], "the key's name is not the origin")
            self.origin = data["origin"]
            self.keys.append((self.tree.size, key))
        elif kind == "log_key_changed":
            self.changed_keys.append((self.tree.size, Key(data["vkey"])))
        elif kind == "witness_registered":
            self.witnesses[data["name"]] = Key(data["vkey"])

    def finish(self):
        """What is wrong with the records as a whole."""
        if self.tree.size == 0:
            return 0, "there is no record"
        if self.batch_left:
            return self.tree.size - 1, "the last batch is not whole: records behind it were cut off"
        try:
            self.balances.check_sums()
        except Wrong as wrong:
            return self.tree.size - 1, str(wrong)
        return None


# --- what is read ------------------------------------------------------------------------------

class Folder:
    """Files of a folder, by their path in it."""

    def __init__(self, root):
        self.root = root

    def names(self, folder=""):
        try:
            return sorted(os.listdir(os.path.join(self.root, folder)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def open(self, name):
        return open(os.path.join(self.root, name), "rb")

    def read(self, name):
        try:
            with self.open(name) as file:
                return file.read()
        except (FileNotFoundError, IsADirectoryError):
            return None


class Pack:
    """Files of an audit pack that was not unpacked."""

    def __init__(self, path):
        # To its end: only there stands the sum that tells whether any byte of it was damaged.
        with gzip.open(path) as whole:
            while whole.read(1 << 20):
                pass
        self.tar = tarfile.open(path, "r:gz")
        self.members = {}
        for member in self.tar.getmembers():
            name = member.name.partition("/")[2]
            need(member.isfile() and name not in self.members, "%s: %s is no plain file, or stands "
                 "twice" % (path, member.name))
            self.members[name] = member

    def names(self, folder=""):
        depth = folder + "/" if folder else ""
        found = (name[len(depth):] for name in self.members if name.startswith(depth))
        return sorted({name.split("/")[0] for name in found})

    def open(self, name):
        return self.tar.extractfile(self.members[name])

    def read(self, name):
        return self.open(name).read() if name in self.members else None


def lines_of(files, names):
    for name in names:
        with files.open(name) as file:
            yield from iter(lambda: file.readline(RECORD_BYTES_MAX + 2), b"")


def sources(path):
    """Lines of records, and signed checkpoints by where they come from."""
    notes, files = {}, None
    if os.path.isdir(path):
        files = Folder(path)
    elif path.endswith((".tar.gz", ".tgz")):
        files = Pack(path)
    else:
        files = Folder(os.path.dirname(path) or ".")
        name = os.path.basename(path)
        notes = {name + ".checkpoint": files.read(name + ".checkpoint")}
        return files, lines_of(files, [name]), {k: v for k, v in notes.items() if v is not None}
    if "records.jsonl" in files.names():
        lines = lines_of(files, ["records.jsonl"])
    else:
        named = re.compile(r"[0-9]{12}\.jsonl")
        segments = [name for name in files.names("records") if named.fullmatch(name)]
        need(segments, "%s holds neither records.jsonl nor records/" % path)
        lines = lines_of(files, ["records/" + name for name in segments])
    names = ["checkpoints/" + name for name in files.names("checkpoints")]
    for name in names + ["checkpoint", "checkpoint.witnessed", "records.jsonl.checkpoint"]:
        notes[name] = files.read(name)
    return files, lines, {k: v for k, v in notes.items() if v is not None}


def contract(files, given):
    """characters.txt and the schemas: as given, else those beside this file, else those read."""
    here = os.path.dirname(os.path.abspath(__file__))
    places = [Folder(given)] if given else [
        Folder(os.path.join(here, "schemas")), Folder(os.path.join(here, "..", "schemas"))]
    for place in places:
        characters = place.read("characters.txt")
        if characters is not None:
            texts = {name[:-5]: place.read("event/" + name) for name in place.names("event")}
            return Characters(characters.decode()), Schemas(texts)
    characters = files.read("schemas/characters.txt")
    need(characters is not None, "characters.txt is not found: name its folder with --schemas")
    names = files.names("schemas/event")
    texts = {name[:-5]: files.read("schemas/event/" + name) for name in names}
    return Characters(characters.decode()), Schemas(texts)


# --- the report --------------------------------------------------------------------------------

def hold(notes, verifier, given):
    """Holds the checkpoints against the records; tells of each what is wrong, and its witnesses.

    Also gives the keys that the records alone vouch for, with the records that state them.
    """
    trusted = {key.text: key for key in map(Key, given)}
    covered = max((one["size"] for one in hold_by(notes, verifier, dict(trusted))
                   if not one["fault"]), default=0)
    # A head signed by a key from elsewhere vouches for the records it covers and the keys in them.
    own_word = [(seq, key.text) for seq, key in verifier.keys
                if seq >= covered and key.text not in trusted]
    if covered or not trusted:
        trusted.update((key.text, key) for _, key in verifier.keys)
    return hold_by(notes, verifier, trusted), own_word


def hold_by(notes, verifier, trusted):
    """Smallest first: a changed key is trusted from a checkpoint on that both keys signed."""
    results = []
    for name, note, reason in notes:
        result = {"from": name, "size": note.size if note else 0, "fault": reason, "witnesses": []}
        results.append(result)
        try:
            if note is not None:
                hold_one(note, verifier, trusted)
                result["witnesses"] = [
                    one for one, key in verifier.witnesses.items() if note.holds(key)]
        except Wrong as wrong:
            result["fault"] = str(wrong)
    return results


def hold_one(note, verifier, trusted):
    keys = [key for key in trusted.values() if key.kind == 1 and key.name == note.origin]
    need(any([note.holds(key) for key in keys]), "no key that is trusted here signed it")
    need(note.size <= verifier.tree.size, "it covers %d records, but only %d are right here"
         % (note.size, verifier.tree.size))
    need(verifier.roots.get(note.size) == note.root,
         "the records it covers have another root: they were changed after it was signed")
    for seq, key in verifier.changed_keys:
        if seq < note.size and note.holds(key):
            trusted[key.text] = key


def read_notes(notes):
    found = []
    for name, data in notes.items():
        try:
            found.append((name, Note(data), None))
        except Wrong as wrong:
            found.append((name, None, str(wrong)))
    return sorted(found, key=lambda one: one[1].size if one[1] else 0)


def verify(arguments):
    """The report on everything, and the verifier with its balances."""
    files, lines, notes = sources(arguments.path)
    for path in arguments.checkpoint:
        with open(path, "rb") as file:
            notes[path] = file.read()
    notes = read_notes(notes)
    characters, schemas = contract(files, arguments.schemas)
    verifier = Verifier(characters, schemas, {note.size for _, note, _ in notes if note})
    fault = None
    ahead = itertools.chain(lines, [None])
    line = next(ahead)
    while line is not None and fault is None:
        following = next(ahead)
        fault = verifier.take(line, following)
        line = following
    fault = fault or verifier.finish()
    if fault is None and arguments.key and verifier.keys:
        stated = {key.text for _, key in verifier.keys}
        stated |= {key.text for _, key in verifier.changed_keys}
        if not stated & set(arguments.key):
            fault = 0, "record 0 states another key than the one given"
    held, own_word = hold(notes, verifier, arguments.key)
    covered = max((one["size"] for one in held if not one["fault"]), default=0)
    report = {
        "sound": fault is None and not any(one["fault"] for one in held),
        "right": fault[0] if fault else verifier.tree.size,
        "fault": {"seq": fault[0], "reason": fault[1]} if fault else None,
        "origin": verifier.origin, "root": verifier.tree.root().hex(), "covered": covered,
        "key": "outside" if arguments.key else "ledger", "signed": verifier.signed,
        "own_word": [{"seq": seq, "vkey": text} for seq, text in own_word],
        "not_judged_from": verifier.not_judged_from, "checkpoints": held,
        "unknown_types": sorted(verifier.unknown_types),
    }
    return report, verifier


def print_report(report):
    if report["fault"]:
        print("WRONG: record %(seq)d: %(reason)s." % report["fault"])
        print("The %d records before it are right." % report["right"])
    else:
        print("%d records are right: bytes, links, signatures, movements, balances."
              % report["right"])
    for one in report["checkpoints"]:
        if one["fault"]:
            print("WRONG: checkpoint %s: %s." % (one["from"], one["fault"]))
        elif one["witnesses"]:
            print("Checkpoint %s is cosigned by %s." % (one["from"], ", ".join(one["witnesses"])))
    print("A checkpoint covers %d of the %d records that are right."
          % (min(report["covered"], report["right"]), report["right"]))
    if report["key"] == "ledger":
        print("The key is the ledger's own word: bring the verifier key from elsewhere with --key.")
    for one in report["own_word"] if report["key"] == "outside" else []:
        print("The key that record %(seq)d states is its own word: bring it, too: %(vkey)s." % one)
    if report["not_judged_from"] is not None:
        print("From record %d on the money was not judged: a newer version."
              % report["not_judged_from"])
    if report["unknown_types"]:
        print("Unknown types, not held against a schema: %s." % ", ".join(report["unknown_types"]))
    if tuple(map(int, unicodedata.unidata_version.split("."))) < (14,):
        print("NFC was judged by tables older than Unicode 14.0: use Python 3.11 or later.")
    print("Whether the rules allowed each event is not judged here; `fundtrail verify` does that.")
    print("origin %s" % report["origin"])
    print("head   %d %s" % (report["right"], report["root"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("path", metavar="PATH", help="records, a ledger's folder, or an audit pack")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY",
                        help="the log's verifier key, as you got it from elsewhere")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE",
                        help="a signed checkpoint to hold the records against")
    parser.add_argument("--schemas", metavar="DIR",
                        help="the folder with characters.txt and event/")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--balances", action="store_true", help="print the balances as JSON")
    form.add_argument("--json", action="store_true", help="print the report as JSON")
    arguments = parser.parse_args()
    # Names are Chinese; a terminal that cannot show them is no reason to stop.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        report, verifier = verify(arguments)
    except (OSError, EOFError, tarfile.TarError, zlib.error, Wrong) as error:
        print("verify.py: %s" % error, file=sys.stderr)
        return 2
    try:
        if arguments.balances and report["sound"]:
            print(json.dumps(verifier.balances.answer(), indent=1, sort_keys=True))
        elif arguments.json:
            print(json.dumps(report))
        else:
            print_report(report)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read along has seen enough; the verdict stays.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if report["sound"] else 1


if __name__ == "__main__":
    sys.exit(main())
