#!/usr/bin/env python3
"""Packs trained word vectors into vectors.bin, the file that src/index/meaning/vectors.rs reads. Needs Python 3 alone.

    pack.py FOLDER OUTPUT

FOLDER holds words.txt (one a line), vectors_int8.npy (words x dimensions, directions), weights.npy (words x 2, float16: weight in a query, in a
paper) and mean_paper.npy (float32). All numbers are written little endian:

    8 bytes     "tsdkmean"
    4 x u32     version, words, dimensions, bytes of all words
    u32 x (words + 1)       where each word begins, and the end; words are sorted by their bytes
    f32 x words             length of each direction
    f32 x words             weight in a query; 0 for a function word
    f32 x words             weight in a paper
    f32 x dimensions        the mean paper
    bytes       the words, one after another
    i8 x words x dimensions the directions

The Rust file names the XXH3 checksum of the whole; a test tells the new one.
"""
import array
import ast
import math
import pathlib
import struct
import sys


def read_npy(path):
    """The shape and the bytes of the numbers of an array in NumPy's format, version 1."""
    data = path.read_bytes()
    length = struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10 : 10 + length].decode("latin-1"))
    assert data[:6] == b"\x93NUMPY" and not header["fortran_order"], path
    return header["descr"], header["shape"], data[10 + length :]


def pack(folder):
    words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")[:-1]
    kind, (count, dimensions), vectors = read_npy(folder / "vectors_int8.npy")
    assert kind == "|i1" and count == len(words) == len(set(words))
    kind, shape, weights = read_npy(folder / "weights.npy")
    assert kind == "<f2" and shape == (count, 2)
    weights = struct.unpack(f"<{2 * count}e", weights)
    kind, shape, mean = read_npy(folder / "mean_paper.npy")
    assert kind == "<f4" and shape == (dimensions,)
    rows = [vectors[i * dimensions : (i + 1) * dimensions] for i in range(count)]
    order = sorted(range(count), key=lambda i: words[i].encode())
    texts = [words[i].encode() for i in order]
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text))
    lengths = [math.sqrt(sum(x * x for x in array.array("b", rows[i]))) for i in order]
    out = b"tsdkmean" + struct.pack("<4I", 1, count, dimensions, starts[-1])
    out += struct.pack(f"<{count + 1}I", *starts)
    out += struct.pack(f"<{count}f", *lengths)
    out += struct.pack(f"<{count}f", *(weights[2 * i] for i in order))
    out += struct.pack(f"<{count}f", *(weights[2 * i + 1] for i in order))
    return out + mean + b"".join(texts) + b"".join(rows[i] for i in order)


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[1:])
    target.write_bytes(pack(source))
