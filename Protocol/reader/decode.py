"""Prints a message, a frame, or the body of a request or an answer: python3 decode.py FILE."""
import sys
from pathlib import Path

import wire
from canonical import Refused


def message(data):
    """Reads a message of whichever type it is: the closing fields tell them apart."""
    for kind in [kind for kind in wire.MESSAGES if kind != "sync_request"]:
        try:
            return wire.decode(kind, data)
        except Refused:
            pass
    return wire.decode("sync_request", data)


def of_any_form(data):
    attempts = [lambda: wire.unframe(data[97:]), lambda: wire.unframe(data[65:]), lambda: data]
    for attempt in attempts:
        try:
            return message(attempt())
        except Refused:
            pass
    return message(wire.unframe(data))


def show(value, name, depth=0):
    """Prints a value as indented lines."""
    head = "  " * depth + name
    if isinstance(value, dict):
        print(head)
        for key, inner in value.items():
            show(inner, plain(key), depth + 1)
    elif isinstance(value, list):
        print(f"{head}: {len(value)}")
        for index, inner in enumerate(value):
            show(inner, str(index), depth + 1)
    else:
        print(f"{head}: {plain(value)}")


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return "(" + ", ".join(map(plain, value)) + ")"
    return str(value) if isinstance(value, (int, bool)) else repr(value).strip("'")


if __name__ == "__main__":
    try:
        show(of_any_form(Path(sys.argv[1]).read_bytes()), "message")
    except Refused as refused:
        sys.exit(f"{sys.argv[1]} is no message: {refused}")
