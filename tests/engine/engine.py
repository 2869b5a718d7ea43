"""A real inference engine whose model knows nothing: llama.cpp's own server over random weights.

    write_model(path) -> GGUF     one layer, one character a token, the same weights for the same seed
    running(path)     -> Engine   a child process, which ends with the block, or with the process that began it

Its replies have the form that is asked for, since the schema constrains the decoding, and nothing in them
is true: so nothing of one may reach a briefing.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

NAME = "random-weights"
CONTEXT = 65_536
"""Tokens, so characters, of a prompt and its answer together."""

# One head: behind a prompt of 9,000 characters 3,900 tokens a second, with four heads 430.
_WIDTH, _HEADS, _INNER, _SEED = 32, 1, 64, 20310520
_BYTES = 256
_SPECIAL = (b"<unk>", b"<s>", b"</s>")
# A space as SentencePiece has it, then the rest of ASCII that can be seen.
_CHARACTERS = ("▁", *map(chr, range(33, 127)))
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
# How often a character is written, as the logarithm of its weight: words of small letters in strings of about
# 60 characters, lists of one or two items. Much else would be caught by its digits and capitals alone.
_OFTEN = {"▁": 1.7, '"': -0.2, "{": -0.5, "}": 0.0, ",": -1.5, "]": -1.5}
_SMALL, _CAPITAL, _OTHER = 0.0, -3.0, -5.0
# Not written: escapes, which may be half of a character, and bytes that begin no character of two bytes. A trained model does not write
# broken UTF-8, and the server answers 500 to it ("does not match the expected peg-native format").
_NEVER = -40.0
_UNWRITTEN = frozenset((ord("\\"), 0xC0, 0xC1, *range(0xE0, 0x100)))
# The first dimension of every token, once the last layer is normalised: times that, a weight is a logarithm.
_FIRST = 4.9


class Engine(NamedTuple):
    """A running server: `base` is its address."""

    base: str
    process: subprocess.Popen[str]

    @property
    def host(self) -> str:
        """Its name and port."""
        return self.base.removeprefix("http://")

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running(model: Path, context: int = CONTEXT) -> Iterator[Engine]:
    """Serve a model on a free loopback port until the block ends."""
    log = model.with_suffix(f".{context}.log")
    command = [sys.executable, __file__, str(model), str(context)]
    pipe = subprocess.PIPE
    with log.open("w") as said, subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=said) as process:
        try:
            assert process.stdout
            base = process.stdout.readline().strip()
            assert base.startswith("http://127.0.0.1:"), f"the engine did not start: {log.read_text()[-2000:]}"
            yield Engine(base, process)
        finally:
            process.kill()


def write_model(path: Path) -> None:
    """Write a llama of 354 tokens with weights from a fixed seed, 141 kB."""
    # By name, as with litellm in the adapter: no type checker follows them.
    gguf = importlib.import_module("gguf")
    writer = gguf.GGUFWriter(path, "llama")
    _describe(writer)
    _name_tokens(writer, gguf.TokenType)
    for name, weights in _weights(importlib.import_module("numpy")):
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tokens() -> list[bytes]:
    return [*_SPECIAL, *(b"<0x%02X>" % byte for byte in range(_BYTES)), *(c.encode() for c in _CHARACTERS)]


def _describe(writer: Any) -> None:
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(len(_tokens()))
    writer.add_chat_template(_TEMPLATE)


def _name_tokens(writer: Any, kinds: Any) -> None:
    tokens = _tokens()
    characters = [kinds.NORMAL] * len(_CHARACTERS)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL, *[kinds.BYTE] * _BYTES, *characters])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)


def _weights(numpy: Any) -> Iterator[tuple[str, Any]]:
    random = numpy.random.default_rng(_SEED)
    width, layer = (_WIDTH,), "blk.0."
    for name in ("output_norm.weight", f"{layer}attn_norm.weight", f"{layer}ffn_norm.weight"):
        yield name, numpy.ones(width, dtype=numpy.float32)
    shapes = {
        "token_embd.weight": (len(_tokens()), _WIDTH),
        "output.weight": (len(_tokens()), _WIDTH),
        **{f"{layer}attn_{part}.weight": (_WIDTH, _WIDTH) for part in ("q", "k", "v", "output")},
        f"{layer}ffn_gate.weight": (_INNER, _WIDTH),
        f"{layer}ffn_up.weight": (_INNER, _WIDTH),
        f"{layer}ffn_down.weight": (_WIDTH, _INNER),
    }
    # The first dimension is alike in all tokens, so that the last layer can hold how often each is written.
    first = {"token_embd.weight": 1.0, "output.weight": [often / _FIRST for often in _frequencies()]}
    for name, shape in shapes.items():
        weights = random.normal(0.0, 0.1, shape).astype(numpy.float32)
        if name in first:
            weights[:, 0] = first[name]
        yield name, weights


def _frequencies() -> Iterator[float]:
    """The logarithm of each token's weight, in the order of the tokens."""
    yield from (_NEVER, _NEVER, _OTHER)
    yield from (_NEVER if byte in _UNWRITTEN else _OTHER for byte in range(_BYTES))
    for character in _CHARACTERS:
        usual = _SMALL if character.islower() else _CAPITAL if character.isupper() else _OTHER
        yield _NEVER if character == "\\" else _OFTEN.get(character, usual)


def _serve(model: str, context: int) -> None:
    """Serve until the process that began this one closes its end of the pipe, or is gone."""
    llama = importlib.import_module("xllamacpp")
    params = llama.CommonParams()
    params.model.path, params.model_alias, params.port = model, {NAME}, 0
    params.n_ctx, params.n_parallel, params.n_gpu_layers = context, 1, 0
    # One: on a machine that is busy, two wait for each other and take eight times as long.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup, params.fit_params, params.cache_ram_mib = False, False, 0
    # Every character may come, by its weight.
    params.sampling.top_k, params.sampling.top_p, params.sampling.min_p = 0, 1.0, 0.0
    server = llama.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
