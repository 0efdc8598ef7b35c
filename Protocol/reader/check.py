"""Runs the examples of ../vectors: python3 check.py [FOLDER]. Exits with 1 if one fails."""
import json
import sys
from collections import Counter
from pathlib import Path

import canonical
import merge
import wire
from canonical import Refused

# What takes the schema and its value types; this reader leaves it to implementations that show records.
NOT_READ = {"canonical_text", "text_refused", "item", "reading"}


class Notation:
    """What an example says, in the notation of ../vectors/README.md."""

    def __init__(self, actors):
        self.actors = {letter: bytes.fromhex(digits) for letter, digits in actors.items()}

    def dot(self, text):
        return self.actors[text[0]], int(text[1:])

    def vector(self, json):
        return {self.actors[letter]: counter for letter, counter in (json or {}).items()}

    def content(self, json):
        if "value" in json:
            return 0, json["value"].encode()
        if "bytes" in json:
            return 0, bytes.fromhex(json["bytes"])
        if "deleted" in json:
            marks = [self.dot(w["dot"]) + (int(w["hash"], 16),) for w in json["deleted"]]
            return 3, tuple(marks)
        return (1,) if "absent" in json else (2,)

    def attribution(self, json):
        return {
            "time": json["time"], "author": json["author"], "reason": json.get("reason", 0),
            "note": json.get("note", ""),
        }

    def version(self, json):
        parents = [self.dot(parent) for parent in json.get("parents", [])]
        content = self.content(json["content"])
        return {
            "dot": self.dot(json["dot"]), **self.attribution(json), "content": content,
            "parents": parents,
        }

    def state(self, json):
        fields = {}
        for field in json.get("fields", []):
            key = field["number"], bytes.fromhex(field.get("item", ""))
            fields[key] = merge.ordered(self.version(s) for s in field["siblings"])
        erasure = json.get("erasure")
        if erasure:
            erasure = {"dot": self.dot(erasure["dot"]), **self.attribution(erasure)}
        return {
            "kind": json.get("kind", 1), "fields": fields, "context": self.vector(json.get("context")),
            "erasure": erasure,
        }

    def introduction(self, json):
        digits = {k: bytes.fromhex(json[k]) for k in ("replica", "public_key", "signature")}
        branch = json.get("branch")
        if branch:
            branch = self.actors[branch["root"]], int(branch["digest"], 16)
        return {
            **digits, "actor": self.actors[json["actor"]], "desk": json["desk"], "branch": branch,
        }

    def space(self, json, is_answer):
        knowledge = json["knowledge"]
        result = {
            "space": json["space"], "more": json.get("more", False), "cursor": json.get("cursor", 0),
            "knowledge": {
                "changes": self.vector(knowledge.get("changes")), "whole": knowledge.get("whole", False),
                "hash": bytes.fromhex(knowledge["hash"]),
            },
            "introductions": [self.introduction(i) for i in json.get("introductions", [])],
            "chains": [
                {
                    "actor": self.actors[c["actor"]], "first": c["first"],
                    "digests": [bytes.fromhex(d) for d in c["digests"]],
                    "head": bytes.fromhex(c["head"]) if "head" in c else None,
                }
                for c in json.get("chains", [])
            ],
            "needed": [bytes.fromhex(uid) for uid in json.get("needed", [])],
            "present": [bytes.fromhex(uid) for uid in json.get("present", [])],
            "forgotten": self.vector(json.get("forgotten")), "page": [],
        }
        for record in json.get("page", []):
            bases = [
                (b["number"], bytes.fromhex(b.get("item", "")), self.version(b))
                for b in record.get("bases", [])
            ]
            result["page"].append({
                "uid": bytes.fromhex(record["uid"]), "complete": record.get("complete", False),
                **self.state(record), "bases": bases,
            })
        if not is_answer:
            result["heads"] = bytes.fromhex(json.get("heads", "00" * 8))
            result["chains_wanted"] = json.get("chains_wanted", False)
            result["forgotten_hash"] = bytes.fromhex(json.get("forgotten_hash", "00" * 8))
            result["lateness"] = json.get("lateness", 0)
            result["inspected"] = [bytes.fromhex(uid) for uid in json.get("inspected", [])]
            result["inspected_bits"] = json.get("inspected_bits", 0)
            result["base"] = self.vector(json.get("base"))
        if is_answer:
            result |= {
                "verdict": json.get("verdict", 0),
                "inspections": [
                    {
                        "records": [tuple(map(bytes.fromhex, pair)) for pair in i.get("records", [])],
                        "parts": [(n, bytes.fromhex(s)) for n, s in i.get("parts", [])],
                    }
                    for i in json.get("inspections", [])
                ],
                "fingerprint": bytes.fromhex(json.get("fingerprint", "00" * 16)),
                "refusals": [
                    {
                        **r, "uid": bytes.fromhex(r["uid"]), "item": bytes.fromhex(r.get("item", "")),
                        "dot": self.dot(r["dot"]),
                    }
                    for r in json.get("refusals", [])
                ],
            }
        return result

    def attachment(self, json, is_answer):
        result = {name: bytes.fromhex(json.get(name, "")) for name in ("hash", "bytes")}
        if is_answer:
            defaults = {"size": 0, "held": 0, "code": ""}
        else:
            defaults = {"size": 0, "offset": 0, "wanted": False}
        return result | {name: json.get(name, value) for name, value in defaults.items()}

    def message(self, json):
        kind = json["type"]
        result = {}
        for name, form in wire.MESSAGES[kind][0].values():
            if name != "version":
                value = json.get(name, wire.empty(form) if form != "bytes" else "")
                result[name] = bytes.fromhex(value) if form == "bytes" else value
        if kind.startswith("sync"):
            result["spaces"] = [self.space(s, kind == "sync_response") for s in result["spaces"]]
        if kind.startswith("attachment"):
            result["parts"] = [self.attachment(p, kind == "attachment_response") for p in result["parts"]]
        return {"type": kind, **result}


def same(got, expected):
    if got != expected:
        raise AssertionError(f"expected {expected}, got {got}")


def code(action):
    """What an action gives, or the code by which it refuses."""
    try:
        return action()
    except Refused as refused:
        return {"code": refused.code}


def digits(result):
    def text(value):
        if isinstance(value, list):
            return [text(part) for part in value]
        return value.hex() if isinstance(value, bytes) else value

    return {name: text(value) for name, value in result.items()}


class Holding:
    """What one side of a transcript holds of its space: spec/05-sync.md §4 and §5."""

    def __init__(self):
        self.records, self.knowledge, self.told = {}, {}, {}

    def take(self, page):
        """Joins a page; returns the records that would have to be asked for whole."""
        lacking = []
        for part in page:
            uid = part["uid"]
            if uid not in self.records and not part["complete"]:
                lacking.append(uid)
                continue
            empty = {"kind": part["kind"], "fields": {}, "context": {}, "erasure": None}
            held = self.records.get(uid, empty)
            self.records[uid] = merge.take(held, part, part["complete"])
        return lacking

    def fingerprint(self):
        return canonical.fingerprint(
            canonical.record_digest(uid, state, merge.life(state) in ("deleted", "erased"))
            for uid, state in self.records.items()
        )


def applied(update, base):
    vector = {} if update["whole"] else dict(base)
    vector.update(update["changes"])
    vector = {actor: counter for actor, counter in vector.items() if counter}
    same(canonical.vector_hash(vector), update["hash"])
    return vector


def session(n, given, expected):
    hq, desks, verified = Holding(), {}, []
    for exchange in given["sessions"]:
        desk = desks.setdefault(exchange["desk"], Holding())
        messages = [wire.unframe(bytes.fromhex(frame)) for frame in exchange["frames"]]
        for request, answer in zip(messages[::2], messages[1::2]):
            spaces = (wire.decode("sync_request", request), wire.decode("sync_response", answer))
            asked, told = (
                next(s for s in message["spaces"] if s["space"] == given["space"])
                for message in spaces
            )
            mine = applied(asked["knowledge"], desk.told)
            desk.knowledge = merge.maximum(desk.knowledge, mine)
            desk.take(asked["page"])
            if told["verdict"] == 0:
                hq.take(asked["page"])
                if not asked["more"] and not told["needed"]:
                    hq.knowledge = merge.maximum(hq.knowledge, mine)
            desk.told = applied(told["knowledge"], mine)
            hq.knowledge = merge.maximum(hq.knowledge, desk.told)
            hq.take(told["page"])
            if not desk.take(told["page"]) and not told["more"]:
                desk.knowledge = merge.maximum(desk.knowledge, desk.told)
            same(hq.fingerprint(), told["fingerprint"])
            over = not asked["more"] and not told["more"] and told["verdict"] == 0
        equal = desk.knowledge == desk.told and desk.fingerprint() == told["fingerprint"]
        verified.append(over and equal)
    same(verified, expected["verified"])
    for name, side in {**desks, "headquarters": hq}.items():
        wanted = expected["sides"][name]
        same(side.knowledge, n.vector(wanted["knowledge"]))
        same(side.fingerprint().hex(), wanted["fingerprint"])
        same(
            {uid: merge_only(state) for uid, state in side.records.items()},
            {bytes.fromhex(r["uid"]): n.state(r) for r in wanted["records"]},
        )


def merge_only(state):
    return {name: state[name] for name in ("kind", "fields", "context", "erasure")}


def run(vector):
    case, given, expected = vector["case"], vector["input"], vector["expected"]
    n = Notation(vector.get("actors", {}))
    hexes = lambda name: bytes.fromhex(given[name])
    match case:
        case "varint":
            same([canonical.varint(int(x)).hex() for x in given["numbers"]], expected["bytes"])
        case "varint_refused":
            for data in given["bytes"]:
                assert "code" in code(lambda: {"n": canonical.read_varint(bytes.fromhex(data))}), data
        case "derived_uid":
            uid = canonical.derived_uid(
                given["space"], given["kind"], given["scheme"], given["identifier"]
            )
            same(uid.hex(), expected["uid"])
        case "vector_hash":
            same(canonical.vector_hash(n.vector(given["vector"])).hex(), expected["hash"])
        case "branch":
            actor, root = n.actors[given["actor"]], n.actors[given["root"]]
            name = canonical.branch_name(root, int(given["digest"], 16))
            same(name.hex(), expected["name"])
            vector = n.vector(given["vector"])
            same(merge.branch_vector(vector, actor, given["shared"], name), n.vector(expected["vector"]))
            state = merge.branch_state(n.state(given["state"]), actor, given["shared"], name)
            same(state, n.state(expected["state"]))
        case "chain_heads":
            known = {n.dot(dot): bytes.fromhex(digest) for dot, digest in given["digests"].items()}
            heads = canonical.chain_heads(n.vector(given["knowledge"]), n.vector(given["told"]), known)
            same(heads.hex(), expected["hash"])
        case "content_hash":
            same(f"{canonical.content_hash(n.content(given['content'])):08x}", expected["hash"])
        case "record_digest":
            state = n.state(given)
            hidden = merge.life(state) in ("deleted", "erased")
            same(canonical.record_digest(hexes("uid"), state, hidden).hex(), expected["digest"])
        case "fingerprint":
            same(canonical.fingerprint(map(bytes.fromhex, given["digests"])).hex(), expected["sum"])
        case "chain":
            chain = [canonical.chain_origin(n.actors[given["actor"]], given["space"])]
            for link in given["links"]:
                changes = []
                for change in link["changes"]:
                    uid = bytes.fromhex(change["uid"])
                    writes = [
                        (w["number"], bytes.fromhex(w.get("item", "")), n.content(w["content"]))
                        for w in change["writes"]
                    ]
                    changes.append((uid, canonical.change_digest(uid, writes)))
                by = n.attribution(link)
                chain.append(
                    canonical.chain_next(
                        chain[-1], link["counter"], by["time"], by["author"], by["reason"], by["note"],
                        changes,
                    )
                )
            same([digest.hex() for digest in chain], expected["digests"])
        case "order":
            left, right = n.vector(given["left"]), n.vector(given["right"])
            same(merge.order(left, right), expected["order"])
            same(merge.maximum(left, right), n.vector(expected["merged"]))
            same(merge.minimum(left, right), n.vector(expected["intersection"]))
        case "join":
            left, right = n.state(given["left"]), n.state(given["right"])
            mine = n.vector(given.get("left_forgotten"))
            theirs = n.vector(given.get("right_forgotten"))
            joined = merge.join(left, right, mine, theirs)
            same(joined, n.state(expected["state"]))
            if not mine and not theirs:
                same(merge.join(right, left), joined)
            same(merge.life(joined), expected["life"])
        case "delta":
            part = merge.delta(n.state(given["state"]), n.vector(given["knowledge"]))
            wanted = expected["delta"] and (n.state(expected["delta"]), expected["complete"])
            same(part, wanted)
        case "take":
            taken = merge.take(n.state(given["state"]), n.state(given["delta"]), given["complete"])
            same(taken, n.state(expected["state"]))
        case "life":
            same(merge.life(n.state(given["state"])), expected["life"])
        case "message":
            message = n.message(given["message"])
            same(wire.decode(message["type"], bytes.fromhex(expected["bytes"])), message)
        case "message_refused":
            same(code(lambda: wire.decode(given["type"], hexes("bytes"))), expected)
        case "frame":
            same(code(lambda: {"message": wire.unframe(hexes("frame")).hex()}), expected)
        case "session":
            session(n, given, expected)
        case "signed_request":
            same(code(lambda: digits(wire.signed_request(
                hexes("body"), given["method"], given["path"], hexes("public_key")
            ))), expected)
        case "signed_file":
            same(code(lambda: digits(wire.signed_file(hexes("file"), hexes("public_key")))), expected)
        case "signed_response":
            same(code(lambda: digits(wire.signed_response(
                hexes("body"), given["status"], hexes("nonce"), hexes("replica"), hexes("public_key")
            ))), expected)
        case "actor_statement":
            introduction = n.introduction(given["introduction"])
            answer = code(lambda: wire.actor_statement(introduction, given["space"]))
            same(answer or {"valid": True}, expected)
        case "enrolment_token":
            answer = code(lambda: digits(wire.enrolment_token(given["text"])))
            same({"refused": True} if "code" in answer else answer, expected)
        case _:
            raise AssertionError(f"no case is called {case}")


def main(folder):
    passed, left, failed = Counter(), Counter(), 0
    for file in sorted(folder.rglob("*.json")):
        vector = json.loads(file.read_text(encoding="utf-8"))
        if vector["case"] in NOT_READ:
            left[vector["case"]] += 1
            continue
        try:
            run(vector)
            passed[file.parent.name] += 1
        except Exception as problem:
            failed += 1
            print(f"{file.relative_to(folder)}: {type(problem).__name__}: {problem}")
    print("hold:", ", ".join(f"{name} {count}" for name, count in passed.items()))
    print("not read here:", ", ".join(f"{name} {count}" for name, count in left.items()))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent / "vectors"))
