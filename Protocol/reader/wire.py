"""Frames, messages and signed bodies: schema/sync.proto, spec/05-sync.md and 06-authentication.md.

A message becomes a dictionary of the names in sync.proto; a space's page becomes a list of records, in
the form of merge.py, with `uid`, `complete` and `bases`.
"""
import base64
import re
import zlib
from itertools import pairwise
from pathlib import Path

import ed25519
from canonical import Refused, branch_name, read_varint, sha, string
from merge import ordered, place

VERSION = 1
TOP = 1 << 62
LIMITS = {  # spec/05-sync.md §7
    "frame": 8 << 20, "message": 64 << 20, "spaces": 4096, "actors": 65536, "records": 100_000,
    "cells": 1_000_000, "item": 4096, "value": 4 << 20, "author": 256, "note": 4096, "code": 64,
    "desk": 32, "attachment": 32_000_000, "attachments": 1024,
}

# Messages: the number of each field, its name and type. A "*" repeats; numbers that repeat are packed.
ACTORS = {1: ("actors", "*u32"), 2: ("counters", "*u64")}
KNOWLEDGE = {**ACTORS, 3: ("whole", "u32"), 4: ("hash", "f64")}
INTRODUCTION = {
    1: ("actor", "u32"), 2: ("replica", "bytes"), 3: ("desk", "text"), 4: ("public_key", "bytes"),
    5: ("signature", "bytes"), 6: ("root", "bytes"), 7: ("branch", "f32"),
}
CHAIN = {1: ("actor", "u32"), 2: ("first", "u64"), 3: ("digests", "*f32"), 4: ("head", "bytes")}
REFUSAL = {
    1: ("uid", "f64"), 2: ("field", "u32"), 3: ("item", "bytes"), 4: ("actor", "u32"),
    5: ("counter", "u64"), 6: ("code", "text"), 7: ("message", "text"),
}
AUTHORSHIP = {1: ("author", "text"), 2: ("reason", "u32"), 3: ("note", "text")}
COLUMN = {
    1: ("field", "u32"), 2: ("records", "*u32"), 3: ("changes", "*s32"), 4: ("tags", "*u32"),
    5: ("item_lengths", "*u32"), 6: ("items", "bytes"), 7: ("value_lengths", "*u32"),
    8: ("values", "bytes"), 9: ("parent_counts", "*u32"), 10: ("parent_actors", "*u32"),
    11: ("parent_counters", "*s64"), 12: ("witness_counts", "*u32"),
    13: ("witness_actors", "*u32"), 14: ("witness_counters", "*s64"),
    15: ("witness_hashes", "*f32"), 16: ("form", "u32"),
}
PAGE = {
    1: ("authorships", [AUTHORSHIP]), 2: ("change_actors", "*u32"), 3: ("change_counters", "*s64"),
    4: ("change_times", "*s64"), 5: ("change_authorships", "*u32"), 6: ("uids", "bytes"),
    7: ("kinds", "*u32"), 8: ("flags", "*u32"), 9: ("context_counts", "*u32"),
    10: ("context_actors", "*u32"), 11: ("context_counters", "*s64"), 12: ("erasures", "*u32"),
    13: ("columns", [COLUMN]), 14: ("bases", [COLUMN]),
}
SPACE = {
    1: ("space", "text"), 2: ("actors", "bytes"), 3: ("introductions", [INTRODUCTION]),
    4: ("knowledge", KNOWLEDGE), 5: ("more", "u32"), 6: ("cursor", "u64"), 7: ("chains", [CHAIN]),
    8: ("needed", "bytes"), 9: ("forgotten", ACTORS), 10: ("page", PAGE),
}
ASKED = {**SPACE, 11: ("heads", "f64"), 12: ("chains_wanted", "u32"),
         13: ("forgotten_hash", "f64"), 14: ("lateness", "u32"), 15: ("present", "bytes"),
         16: ("inspected", "*f64"), 17: ("inspected_bits", "u32"), 18: ("base", ACTORS)}
INSPECTION = {1: ("uids", "bytes"), 2: ("digests", "bytes"), 3: ("counts", "*u32"), 4: ("sums", "bytes")}
ANSWER = {
    **SPACE, 11: ("verdict", "u32"), 12: ("fingerprint", "bytes"), 14: ("refusals", [REFUSAL]),
    15: ("present", "bytes"), 16: ("inspections", [INSPECTION]),
}
PART = {  # schema/attachments.proto
    1: ("hash", "bytes"), 2: ("size", "u64"), 3: ("offset", "u64"), 4: ("bytes", "bytes"),
    5: ("wanted", "u32"),
}
PART_ANSWER = {
    1: ("hash", "bytes"), 2: ("size", "u64"), 3: ("held", "u64"), 4: ("bytes", "bytes"),
    5: ("code", "text"),
}
MESSAGES = {  # the type, and the number of the closing field
    "sync_request": ({
        1: ("schema", "u32"), 2: ("token", "bytes"), 3: ("spaces", [ASKED]), 4: ("byte_limit", "u32"),
        15: ("versions", "*u32"),
    }, 15),
    "sync_response": ({
        1: ("token", "bytes"), 2: ("time", "u64"), 3: ("spaces", [ANSWER]),
        4: ("open_conflicts", "u32"), 14: ("version", "u32"),
    }, 14),
    "enrol_request": ({
        1: ("secret", "bytes"), 2: ("desk", "text"), 3: ("replica", "bytes"),
        4: ("public_key", "bytes"), 5: ("predecessor", "bytes"), 13: ("versions", "*u32"),
    }, 13),
    "enrol_response": ({
        1: ("public_key", "bytes"), 2: ("mission", "text"), 3: ("spaces", ["text"]),
        12: ("version", "u32"),
    }, 12),
    "attachment_request": ({
        1: ("parts", [PART]), 2: ("byte_limit", "u32"), 49: ("versions", "*u32"),
    }, 49),
    "attachment_response": ({1: ("parts", [PART_ANSWER]), 48: ("version", "u32")}, 48),
}


def check(holds, why, code="malformed"):
    if not holds:
        raise Refused(code, why)


def at_most(count, limit):
    check(count <= LIMITS[limit], f"more than {LIMITS[limit]}: {limit}", "too_large")


def ascending(values, why):
    check(all(a < b for a, b in pairwise(values)), f"{why}: not ascending")


# --- protobuf

def number(kind, data, at):
    if kind in ("f64", "f32"):
        size = 8 if kind == "f64" else 4
        check(at + size <= len(data), "a number", "truncated")
        return int.from_bytes(data[at:at + size], "little"), at + size
    value, at = read_varint(data, at, shortest=False)
    bits = 64 if kind.endswith("64") else 32
    value &= (1 << bits) - 1
    return (value >> 1 ^ -(value & 1) if kind[0] == "s" else value), at


def empty(kind):
    if isinstance(kind, dict):
        return parse(b"", kind)
    if isinstance(kind, list) or kind[0] == "*":
        return []
    return {"bytes": b"", "text": ""}.get(kind, 0)


def parse(data, shape):
    """Reads a message by its shape; fields that are not in it are passed over."""
    result = {name: None if isinstance(kind, dict) else empty(kind) for name, kind in shape.values()}
    result["_numbers"] = set()
    at = 0
    while at < len(data):
        key, at = read_varint(data, at, shortest=False)
        field, form = key >> 3, key & 7
        check(form in (0, 1, 2, 5), f"a field of the type {form}")
        if form == 2:
            size, at = read_varint(data, at, shortest=False)
            check(at + size <= len(data), "a field", "truncated")
            value, at = data[at:at + size], at + size
        else:
            value, at = number({0: "u64", 1: "f64", 5: "f32"}[form], data, at)
        if field not in shape:
            continue
        name, kind = shape[field]
        result["_numbers"].add(field)
        single = isinstance(kind, str) and kind not in ("bytes", "text") and kind[0] != "*"
        wanted = {"f64": 1, "f32": 5}.get(kind, 0) if single else 2
        check(form == wanted, f"{name} in the type {form}")
        if single:
            bits = 64 if kind.endswith("64") else 32
            result[name] = value & (1 << bits) - 1
        elif isinstance(kind, str) and kind[0] == "*":
            inner = 0
            while inner < len(value):
                item, inner = number(kind[1:], value, inner)
                result[name].append(item)
        elif isinstance(kind, list):
            result[name].append(text(value) if kind == ["text"] else parse(value, kind[0]))
        elif isinstance(kind, dict):
            result[name] = parse(value, kind)
        else:
            result[name] = text(value) if kind == "text" else bytes(value)
    return result


def text(data):
    try:
        return bytes(data).decode()
    except UnicodeDecodeError:
        raise Refused("malformed", "a text that is no UTF-8") from None


# --- columns

def full(column, count, why):
    """A column at its full length: zeros where it was left out."""
    check(not column or len(column) == count, f"{why}: {len(column)} numbers for {count}")
    return column or [0] * count


def sums(deltas):
    total, result = 0, []
    for step in deltas:
        total = (total + step) % (1 << 64)
        result.append(total)
    return result


def lists(counts, elements, why):
    """A list of lists, of which the counts are given; empty counts are zeros."""
    at, result = 0, []
    for count in counts:
        check(at + count <= len(elements), f"{why}: too short")
        result.append(elements[at:at + count])
        at += count
    check(at == len(elements), f"{why}: too long")
    return result


class Table:
    """The actors of a space's message."""

    def __init__(self, data):
        check(len(data) % 16 == 0, "actors: not 16 bytes each")
        self.actors = [data[i:i + 16] for i in range(0, len(data), 16)]
        at_most(len(self.actors), "actors")
        ascending(self.actors, "actors")

    def actor(self, index):
        check(index < len(self.actors), f"the actor {index}")
        return self.actors[index]

    def dot(self, index, counter):
        check(1 <= counter < TOP, f"the counter {counter}")
        return self.actor(index), counter

    def dots(self, actors, counters, why):
        dots = [self.dot(*pair) for pair in zip(full(actors, len(counters), why), counters)]
        return dots

    def vector(self, wire, why):
        dots = self.dots(wire["actors"], wire["counters"], why)
        ascending([actor for actor, _ in dots], why)
        return dict(dots)


def page(wire, table):
    for authorship in wire["authorships"]:
        at_most(len(authorship["author"].encode()), "author")
        at_most(len(authorship["note"].encode()), "note")
        check(authorship["reason"] <= 5, "an unknown reason")
    authors = [(a["author"].encode(), a["reason"], a["note"].encode()) for a in wire["authorships"]]
    ascending(authors, "authorships")
    changes = change_table(wire, table)
    uids = wire["uids"]
    check(len(uids) % 8 == 0, "records: not 8 bytes each")
    count = len(uids) // 8
    at_most(count, "records")
    kinds, flags = full(wire["kinds"], count, "kinds"), full(wire["flags"], count, "flags")
    check(all(flag < 8 for flag in flags), "unknown flags")
    records = [
        {"uid": uids[8 * i:8 * i + 8], "kind": kinds[i], "complete": bool(flags[i] & 1), "fields": {},
         "context": {}, "erasure": None, "bases": []}
        for i in range(count)
    ]
    ascending([column["field"] for column in wire["columns"]], "columns")
    ascending([column["field"] for column in wire["bases"]], "bases")
    for column in wire["columns"]:
        for index, item, version in cells(column, count, changes, table):
            versions = records[index]["fields"].setdefault((column["field"], item), [])
            check(not versions or place(versions[-1]) < place(version), "cells: not ascending")
            versions.append(version)
            keys = list(records[index]["fields"])
            check(keys == sorted(keys), "items: not ascending")
    for column in wire["bases"]:
        for index, item, version in cells(column, count, changes, table):
            records[index]["bases"].append((column["field"], item, version))
    erased = [i for i in range(count) if flags[i] & 2]
    check(len(erased) == len(wire["erasures"]), "erasures: another number")
    for index, change in zip(erased, wire["erasures"]):
        check(not records[index]["fields"] and not records[index]["bases"], "cells of an erased record")
        check(change < len(changes), f"the change {change}")
        records[index]["erasure"] = dict(changes[change])
    contexts(wire, table, records, flags)
    return records


def change_table(wire, table):
    count = len(wire["change_counters"])
    at_most(count, "cells")
    rows = list(zip(
        full(wire["change_actors"], count, "change actors"), sums(wire["change_counters"]),
        sums(full(wire["change_times"], count, "change times")),
        full(wire["change_authorships"], count, "change authorships"),
    ))
    ascending(rows, "changes")
    changes = []
    for actor, counter, time, authorship in rows:
        check(authorship < len(wire["authorships"]), f"the authorship {authorship}")
        check(time < TOP, f"the time {time}")
        by = wire["authorships"][authorship]
        changes.append({
            "dot": table.dot(actor, counter), "time": time, "author": by["author"],
            "reason": by["reason"], "note": by["note"],
        })
    return changes


def by_item(value, item):
    """A value in which a byte 0 stands for the next byte of its item."""
    parts, rest = bytearray(value), iter(item)
    for i, byte in enumerate(value):
        if byte == 0:
            same = next(rest, None)
            check(same is not None, "a value beyond its item")
            parts[i] = same
    return bytes(parts)


def cells(column, records, changes, table):
    """Yields each cell of a column: its record, the key of its item, the version."""
    check(column["field"] >= 1, "the field 0")
    count = len(column["changes"])
    at_most(count, "cells")
    steps = full(column["records"], count, "records of cells")
    tags = full(column["tags"], count, "tags")
    check(all(tag < 4 for tag in tags), "an unknown content")
    check(column["form"] < 4, "an unknown form")
    texts = lists(full(column["item_lengths"], count, "item lengths"), column["items"], "items")
    items = texts
    if column["form"] & 1:
        items = [b"\x0a" + string(bytes(text)) for text in texts]
    for item in items:
        at_most(len(item), "item")
    lengths = full(column["value_lengths"], tags.count(0), "value lengths")
    for length in lengths:
        at_most(length, "value")
    values = iter(lists(lengths, column["values"], "values"))
    dots = table.dots(column["parent_actors"], sums(column["parent_counters"]), "parents")
    parents = lists(full(column["parent_counts"], count, "parent counts"), dots, "parents")
    witnessed = len(column["witness_hashes"])
    counters = sums(full(column["witness_counters"], witnessed, "witness counters"))
    dots = table.dots(column["witness_actors"], counters, "witnesses")
    marks = [dot + (mark,) for dot, mark in zip(dots, column["witness_hashes"])]
    counts = full(column["witness_counts"], tags.count(3), "witness counts")
    witnesses = iter(lists(counts, marks, "witnesses"))
    record = 0
    for i, change in enumerate(sums(column["changes"])):
        record += steps[i]
        check(record < records, f"the record {record}")
        change %= 1 << 32
        check(change < len(changes), f"the change {change}")
        content = (tags[i],)
        if tags[i] == 0:
            value = bytes(next(values))
            content += (by_item(value, bytes(texts[i])) if column["form"] & 2 else value,)
        elif tags[i] == 3:
            seen = next(witnesses)
            ascending(seen, "witnesses")
            content += (tuple(seen),)
        ascending(parents[i], "parents")
        yield record, bytes(items[i]), {**changes[change], "content": content, "parents": parents[i]}


def contexts(wire, table, records, flags):
    counters = sums(wire["context_counters"])
    dots = table.dots(wire["context_actors"], counters, "contexts")
    counts = full(wire["context_counts"], len(records), "context counts")
    for record, flag, entries in zip(records, flags, lists(counts, dots, "contexts")):
        ascending([actor for actor, _ in entries], "a context")
        named = list(entries)
        if not flag & 4:
            for versions in record["fields"].values():
                for version in versions:
                    named += [version["dot"]] + version["parents"]
                    if version["content"][0] == 3:
                        named += [witness[:2] for witness in version["content"][1]]
        for actor, counter in named:
            record["context"][actor] = max(record["context"].get(actor, 0), counter)


# --- messages

def space_name(name):
    check(re.fullmatch("[a-z][a-z0-9-]{0,63}", name), f"the space “{name}”")
    return name


def space(wire, is_answer):
    table = Table(wire["actors"])
    result = {"space": space_name(wire["space"]), "more": bool(wire["more"]), "cursor": wire["cursor"]}
    knowledge = wire["knowledge"] or empty(KNOWLEDGE)
    counters = knowledge["counters"]
    indexes = full(knowledge["actors"], len(counters), "knowledge")
    check(all(counter < TOP for counter in counters), "knowledge: a counter beyond 2^62")
    actors = [table.actor(index) for index in indexes]
    ascending(actors, "knowledge")
    result["knowledge"] = {
        "changes": dict(zip(actors, counters)), "whole": bool(knowledge["whole"]),
        "hash": knowledge["hash"].to_bytes(8, "big"),
    }
    result["introductions"] = []
    for wired in wire["introductions"]:
        check((len(wired["replica"]), len(wired["public_key"]), len(wired["signature"])) == (16, 32, 64),
              "an introduction of another length")
        at_most(len(wired["desk"].encode()), "desk")
        introduction = {**wired, "actor": table.actor(wired["actor"])}
        del introduction["_numbers"], introduction["root"]
        check(len(wired["root"]) in (0, 16), "a root of another length")
        check(wired["root"] or not wired["branch"], "a branch of nothing")
        introduction["branch"] = (wired["root"], wired["branch"]) if wired["root"] else None
        result["introductions"].append(introduction)
    introduced = [i["actor"] for i in result["introductions"]]
    check(len(set(introduced)) == len(introduced), "an actor introduced twice")
    result["chains"] = []
    for chain in wire["chains"]:
        head = chain["head"]
        check(len(head) in (0, 16), "a head of another length")
        digests = [digest.to_bytes(4, "big") for digest in chain["digests"]]
        digests += [head[:4]] if head else []
        check(digests, "a chain of no transaction")
        table.dot(chain["actor"], chain["first"])
        table.dot(chain["actor"], chain["first"] + len(digests) - 1)
        result["chains"].append({
            "actor": table.actor(chain["actor"]), "first": chain["first"], "digests": digests,
            "head": head or None,
        })
    for name in ("needed", "present"):
        check(len(wire[name]) % 8 == 0, f"{name}: not 8 bytes each")
        result[name] = [wire[name][i:i + 8] for i in range(0, len(wire[name]), 8)]
        at_most(len(result[name]), "records")
    result["forgotten"] = table.vector(wire["forgotten"] or empty(ACTORS), "forgotten")
    result["page"] = page(wire["page"], table) if wire["page"] else []
    if not is_answer:
        result["heads"] = wire["heads"].to_bytes(8, "big")
        result["chains_wanted"] = bool(wire["chains_wanted"])
        result["forgotten_hash"] = wire["forgotten_hash"].to_bytes(8, "big")
        check(wire["lateness"] <= 2, "an unknown lateness")
        result["lateness"] = wire["lateness"]
        bits = wire["inspected_bits"]
        check(bits <= 60 and bits % 4 == 0, "ranges of other bits")
        check(all(first & ((1 << 64 - bits) - 1) == 0 for first in wire["inspected"]), "a number within")
        result["inspected"] = [first.to_bytes(8, "big") for first in wire["inspected"]]
        result["inspected_bits"] = bits
        result["base"] = table.vector(wire["base"] or empty(ACTORS), "base")
    if is_answer:
        check(wire["verdict"] <= 9, "an unknown verdict")
        check(len(wire["fingerprint"]) in (0, 16), "a fingerprint of another length")
        result["verdict"] = wire["verdict"]
        result["fingerprint"] = wire["fingerprint"] or bytes(16)
        result["inspections"] = []
        for inspection in wire["inspections"]:
            counts, sums = inspection["counts"], inspection["sums"]
            uids, digests = inspection["uids"], inspection["digests"]
            check(len(uids) % 8 == 0 and len(uids) == len(digests), "records without their digests")
            check(not counts or len(counts) == 16 and not uids, "parts of another number")
            check(len(sums) == 16 * len(counts), "parts without their sums")
            result["inspections"].append({
                "records": [(uids[i:i + 8], digests[i:i + 8]) for i in range(0, len(uids), 8)],
                "parts": [(n, sums[16 * i:16 * i + 16]) for i, n in enumerate(counts)],
            })
        result["refusals"] = []
        for refusal in wire["refusals"]:
            at_most(len(refusal["code"].encode()), "code")
            at_most(len(refusal["message"].encode()), "note")
            at_most(len(refusal["item"]), "item")
            result["refusals"].append({
                "uid": refusal["uid"].to_bytes(8, "big"), "number": refusal["field"],
                "item": refusal["item"], "dot": table.dot(refusal["actor"], refusal["counter"]),
                "code": refusal["code"], "message": refusal["message"],
            })
    return result


def attachment_parts(parts, is_answer):
    """The parts of a message about attachments: spec/10-attachments.md §3."""
    at_most(len(parts), "attachments")
    result = []
    for wire in parts:
        part = {name: value for name, value in wire.items() if name != "_numbers"}
        check(len(part["hash"]) == 32, "a hash of another length")
        at_most(part["size"], "attachment")
        if is_answer:
            at_most(len(part["code"].encode()), "code")
            check(part["held"] <= part["size"], "more is held than there is")
            check(len(part["bytes"]) <= part["size"], "a piece outside")
        else:
            part["wanted"] = bool(part["wanted"])
            if part["bytes"]:
                check(not part["wanted"], "a piece that is wanted")
                check(part["offset"] + len(part["bytes"]) <= part["size"], "a piece outside")
            else:
                limit = LIMITS["attachment"] if part["wanted"] else 0
                check(part["offset"] <= limit, "an offset of nothing")
        result.append(part)
    if not is_answer:
        check(len({part["hash"] for part in result}) == len(result), "an attachment twice")
    return result


def decode(kind, data):
    """Reads a message of a type."""
    at_most(len(data), "message")
    shape, closing = MESSAGES[kind]
    wire = parse(data, shape)
    check(closing in wire["_numbers"] and wire[shape[closing][0]], "no closing field", "truncated")
    versions = wire.get("versions", [wire.get("version")])
    if VERSION not in versions:
        check(max(versions) < VERSION, f"the versions {versions}", "unsupported_version")
        raise Refused("protocol_too_old", f"the versions {versions}")
    message = {"type": kind, **{k: v for k, v in wire.items() if k not in ("_numbers", "version")}}
    if kind.startswith("sync"):
        at_most(len(wire["spaces"]), "spaces")
        message["spaces"] = [space(part, kind == "sync_response") for part in wire["spaces"]]
        names = [part["space"] for part in message["spaces"]]
        check(len(set(names)) == len(names), "a space twice")
    elif kind.startswith("attachment"):
        message["parts"] = attachment_parts(wire["parts"], kind == "attachment_response")
    else:
        sizes = {"secret": 16, "replica": 16, "public_key": 32, "predecessor": 0}
        if wire.get("predecessor"):
            sizes |= {"secret": 0, "predecessor": 16}
        for name in sizes.keys() & wire.keys():
            check(len(wire[name]) == sizes[name], f"{name} of another length")
        at_most(len(wire.get("desk", "").encode()), "desk")
        for name in wire.get("spaces", []) + ([wire["mission"]] if "mission" in wire else []):
            space_name(name)
    return message


# --- frames and bodies

FOLDER = Path(__file__).parent.parent / "dictionary"
DICTIONARIES = {int(file.stem): base64.b64decode(file.read_text()) for file in FOLDER.glob("*.txt")}


def unframe(frame):
    """Returns the message in a frame."""
    at_most(len(frame), "frame")
    check(frame, "an empty frame", "truncated")
    if frame[0] == 0:
        return frame[1:]
    if frame[0] == 2:
        check(len(frame) > 1, "no dictionary's number", "truncated")
        check(frame[1] in DICTIONARIES, f"the dictionary {frame[1]}", "unknown_dictionary")
        data, stream = frame[2:], zlib.decompressobj(-15, DICTIONARIES[frame[1]])
    else:
        check(frame[0] == 1, f"the encoding {frame[0]}")
        data, stream = frame[1:], zlib.decompressobj()
    limit = min(LIMITS["message"], max(64 << 10, 200 * len(data)))
    try:
        message = stream.decompress(data, limit + 1)
    except zlib.error:
        raise Refused("malformed", "no zlib stream") from None
    check(len(message) <= limit, "a bomb", "too_large")
    check(stream.eof, "a stream cut short", "truncated")
    check(not stream.unused_data, "bytes behind the stream")
    return message


def signed_request(body, method, path, key):
    check(body and body[0] == 1, "the form of the prefix", "malformed" if body else "truncated")
    check(len(body) >= 97, "the prefix", "truncated")
    replica, time, nonce, signature, frame = body[1:17], body[17:25], body[25:33], body[33:97], body[97:]
    statement = b"attache request 1\0" + string(method) + string(path) + replica + time + nonce
    check(ed25519.verify(key, signature, statement + sha(frame)), "a signature", "bad_signature")
    return {"replica": replica, "time": int.from_bytes(time, "big"), "nonce": nonce, "frame": frame}


def signed_file(body, key):
    check(body[:8] == b"ATTACHE1", "the start of a file")
    check(len(body) >= 112, "the prefix", "truncated")
    sender, receiver, time, signature, content = body[8:24], body[24:40], body[40:48], body[48:112], body[112:]
    statement = b"attache file 1\0" + sender + receiver + time + sha(content)
    check(ed25519.verify(key, signature, statement), "a signature", "bad_signature")
    frames, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at:at + 4], "big")
        frames.append(content[at + 4:at + 4 + length])
        check(len(content) >= at + 4 + length, "a frame", "truncated")
        at += 4 + length
    return {
        "sender": sender, "receiver": receiver, "time": int.from_bytes(time, "big"), "frames": frames,
    }


def signed_response(body, status, nonce, replica, key):
    check(body and body[0] == 1, "the form of the prefix", "malformed" if body else "truncated")
    check(len(body) >= 65, "the prefix", "truncated")
    statement = b"attache response 1\0" + nonce + replica + status.to_bytes(2, "big") + sha(body[65:])
    check(ed25519.verify(key, body[1:65], statement), "a signature", "bad_signature")
    return {"frame": body[65:]}


def actor_statement(introduction, space):
    actor = introduction["actor"]
    if introduction["branch"]:
        root, digest = introduction["branch"]
        check(branch_name(root, digest) == actor, "the name of a branch", "bad_signature")
        actor = root
    statement = b"attache actor 1\0" + actor + introduction["replica"]
    statement += string(space) + string(introduction["desk"])
    key, signature = introduction["public_key"], introduction["signature"]
    check(ed25519.verify(key, signature, statement), "a signature", "bad_signature")


DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def enrolment_token(typed):
    digits = re.sub(r"[\s-]", "", typed.lower())
    check(digits.startswith("att1"), "no token")
    digits = digits[4:].translate(str.maketrans("oil", "011"))
    check(len(digits) == 58 and set(digits) <= set(DIGITS), "another length or character")
    value = 0
    for digit in digits:
        value = value << 5 | DIGITS.index(digit)
    check(value & 3 == 0, "fill bits")
    data = (value >> 2).to_bytes(36, "big")
    check(sha(b"attache token 1\0" + data[:32], 4) == data[32:], "the check sum")
    return {"secret": data[:16], "key_hash": data[16:32]}
