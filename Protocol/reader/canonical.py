"""Canonical bytes, hashes, digests and chains: spec/02-canonical-bytes.md and 04-proof.md.

Actors are their 16 bytes; a dot is (actor, counter); a content is (0, bytes) a value, (1,) absent,
(2,) cleared or (3, ((actor, counter, hash), ...)) a deletion. Such tuples sort as the text says.
"""
import hashlib


class Refused(Exception):
    """Bytes that are to be refused, and the code of spec/07-errors.md."""

    def __init__(self, code, why=""):
        super().__init__(f"{code}: {why}")
        self.code = code


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def read_varint(data, at=0, shortest=True):
    """Returns the number and where it ends."""
    number = shift = 0
    start = at
    while True:
        if at >= len(data):
            raise Refused("truncated", "a number")
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
        if shift >= 70:
            raise Refused("malformed", "a number of more than 10 bytes")
    if shortest and (number >= 1 << 64 or varint(number) != bytes(data[start:at])):
        raise Refused("malformed", "a number that is too long")
    return number & (1 << 64) - 1, at


def string(data):
    data = data.encode() if isinstance(data, str) else data
    return varint(len(data)) + data


def sha(data, count=32):
    return hashlib.sha256(data).digest()[:count]


def content_bytes(content):
    tag = bytes([content[0]])
    if content[0] == 0:
        return tag + string(content[1])
    if content[0] == 3:
        tag += varint(len(content[1]))
        for actor, counter, mark in content[1]:
            tag += actor + varint(counter) + mark.to_bytes(4, "big")
    return tag


def content_hash(content):
    return int.from_bytes(sha(content_bytes(content), 4), "big")


def derived_uid(space, kind, scheme, identifier):
    return sha(
        string("attache uid") + string(space) + varint(kind) + string(scheme) + string(identifier), 8
    )


def vector_hash(vector):
    return sha(b"".join(actor + varint(vector[actor]) for actor in sorted(vector)), 8)


def branch_name(root, digest):
    """The actor whose history begins with a digest: spec/04-proof.md §3."""
    return sha(string("attache branch") + root + digest.to_bytes(4, "big"), 16)


def chain_heads(knowledge, told, digests):
    """The hash by which chains are compared; 0 where a digest is missing."""
    data = vector_hash(told)
    for actor in sorted(knowledge.keys() & told.keys()):
        counter = min(knowledge[actor], told[actor])
        if (actor, counter) not in digests:
            return bytes(8)
        data += actor + varint(counter) + digests[actor, counter]
    return sha(data, 8)


def record_digest(uid, state, hidden):
    """16 bytes; zero for a record that is hidden."""
    if hidden:
        return bytes(16)
    data = string("attache record") + uid + varint(state["kind"])
    for number, item in sorted(state["fields"]):
        for version in state["fields"][number, item]:
            if version["content"] != (1,):
                actor, counter = version["dot"]
                data += varint(number) + string(item) + actor + varint(counter)
                data += content_bytes(version["content"])
    return sha(data, 16)


def fingerprint(digests):
    return (sum(int.from_bytes(d, "big") for d in digests) % (1 << 128)).to_bytes(16, "big")


def change_digest(uid, writes):
    """The writes are (number, item, content)."""
    data = string("attache change") + uid
    for number, item, content in sorted(writes):
        data += varint(number) + string(item) + content_bytes(content)
    return sha(data, 16)


def chain_origin(actor, space):
    return sha(string("attache chain") + actor + string(space), 16)


def chain_next(previous, counter, time, author, reason, note, changes):
    """The changes are (uid, change digest)."""
    data = previous + varint(counter) + varint(time) + string(author) + bytes([reason]) + string(note)
    return sha(data + b"".join(uid + digest for uid, digest in sorted(changes)), 16)
