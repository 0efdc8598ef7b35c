#!/usr/bin/env python3
"""Packs a folder of inputs into one corpus file, the shortest first, and unpacks it.

corpus.py unpack FILE FOLDER
corpus.py pack FOLDER FILE [BYTES]   leaves out the longest beyond so many bytes (32 KiB)
"""
import pathlib
import sys


def unpack(source, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rest = pathlib.Path(source).read_bytes() if pathlib.Path(source).exists() else b""
    number = 0
    while len(rest) >= 4:
        length = int.from_bytes(rest[:4], "big")
        (folder / f"corpus-{number}").write_bytes(rest[4 : 4 + length])
        rest = rest[4 + length :]
        number += 1


def pack(folder, target, limit="32768"):
    inputs = {file.read_bytes() for file in pathlib.Path(folder).iterdir() if file.is_file()}
    packed = b""
    for content in sorted(inputs, key=lambda content: (len(content), content)):
        piece = len(content).to_bytes(4, "big") + content
        if len(packed) + len(piece) > int(limit):
            break
        packed += piece
    pathlib.Path(target).write_bytes(packed)


{"pack": pack, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])
