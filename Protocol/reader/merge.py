"""Version vectors and the merging of states: spec/03-merge.md.

A vector is a dictionary from actor to counter. A state has `kind`, `fields` (from (number, item) to a
list of versions), `context` and `erasure` (None or a dictionary); a version has `dot`, `content`,
`time`, `author`, `reason`, `note` and `parents`.
"""
from canonical import content_hash

LIFE = (1, b"")


def covers(vector, dot):
    return vector.get(dot[0], 0) >= dot[1]


def maximum(left, right):
    return {a: max(left.get(a, 0), right.get(a, 0)) for a in {**left, **right}}


def minimum(left, right):
    return {a: min(left[a], right[a]) for a in left if a in right}


def order(left, right):
    below = all(right.get(a, 0) >= n for a, n in left.items())
    above = all(left.get(a, 0) >= n for a, n in right.items())
    return {(True, True): "equal", (True, False): "before", (False, True): "after"}.get(
        (below, above), "concurrent"
    )


def attribution(version):
    texts = version["author"].encode(), version["reason"], version["note"].encode()
    return (version["time"],) + texts


def place(version):
    return version["dot"], version["content"], attribution(version), version["parents"]


def ordered(versions):
    result = []
    for version in sorted(versions, key=place):
        if not result or place(result[-1]) != place(version):
            result.append(version)
    return result


def join_siblings(left, seen_left, right, seen_right):
    mine, theirs = {v["dot"] for v in left}, {v["dot"] for v in right}
    kept = [v for v in left if v["dot"] in theirs or not covers(seen_right, v["dot"])]
    kept += [v for v in right if v["dot"] in mine or not covers(seen_left, v["dot"])]
    return ordered(kept)


def join(left, right, forgotten=None, their_forgotten=None, only=None):
    """Joins another state into this side's; `only` names the fields that a partial delta has."""
    erasures = [s["erasure"] for s in (left, right) if s["erasure"]]
    kind = min(left["kind"], right["kind"])
    if erasures:
        erasure = max(erasures, key=lambda e: (attribution(e), e["dot"]))
        return {"kind": kind, "fields": {}, "context": {}, "erasure": erasure}
    seen_left = maximum(left["context"], forgotten or {})
    seen_right = maximum(right["context"], their_forgotten or {})
    fields = {}
    for key in {**left["fields"], **right["fields"]}:
        mine, theirs = left["fields"].get(key, []), right["fields"].get(key, [])
        if only is not None and key not in only:
            fields[key] = mine
            continue
        versions = join_siblings(mine, seen_left, theirs, seen_right)
        if versions:
            fields[key] = versions
    context = maximum(left["context"], right["context"])
    return {"kind": kind, "fields": fields, "context": context, "erasure": None}


def delta(state, knowledge):
    """Returns the delta and whether it is complete, or None."""
    if state["erasure"]:
        return None if covers(knowledge, state["erasure"]["dot"]) else (state, True)
    for version in state["fields"].get(LIFE, []):
        if version["content"][0] != 3 and not covers(knowledge, version["dot"]):
            return state, True
    fields = {
        key: versions
        for key, versions in state["fields"].items()
        if any(not covers(knowledge, v["dot"]) for v in versions)
    }
    if not fields:
        return None
    return {**state, "fields": fields}, len(fields) == len(state["fields"])


def take(state, part, complete):
    """Takes a delta into a record that is held."""
    if complete or part["erasure"]:
        return join(state, part)
    return join(state, part, only=set(part["fields"]))


def life(state):
    if state["erasure"]:
        return "erased"
    siblings = state["fields"].get(LIFE, [])
    deletions = [v["content"][1] for v in siblings if v["content"][0] == 3]
    if not deletions:
        return "alive"
    if len(deletions) < len(siblings):
        return "contested"
    witnessed = {witness for deletion in deletions for witness in deletion}
    for key, versions in state["fields"].items():
        for v in versions if key != LIFE else []:
            if v["content"] != (1,) and v["dot"] + (content_hash(v["content"]),) not in witnessed:
                return "contested"
    return "deleted"


def branch_vector(vector, actor, shared, name):
    """A vector with the events of a branch under its name: spec/04-proof.md §3."""
    if vector.get(actor, 0) <= shared:
        return vector
    result = {**vector, name: max(vector[actor], vector.get(name, 0)), actor: shared}
    return {a: n for a, n in result.items() if n}


def branch_state(state, actor, shared, name):
    def dot(old):
        return (name, old[1]) if old[0] == actor and old[1] > shared else old

    def version(old):
        content = old["content"]
        if content[0] == 3:
            content = 3, tuple(sorted(dot(w[:2]) + w[2:] for w in content[1]))
        parents = sorted(map(dot, old["parents"]))
        return {**old, "dot": dot(old["dot"]), "content": content, "parents": parents}

    erasure = state["erasure"] and {**state["erasure"], "dot": dot(state["erasure"]["dot"])}
    return {
        **state, "erasure": erasure,
        "fields": {key: ordered(map(version, field)) for key, field in state["fields"].items()},
        "context": branch_vector(state["context"], actor, shared, name),
    }
