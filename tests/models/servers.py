"""Loopback servers that speak the providers' protocols, and that fail in every way a provider does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}


class Got(NamedTuple):
    """One request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Say(NamedTuple):
    """One answer. `pause` seconds lie between the bytes of the headers or of the body; `cut` drops the body's rest."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = JSON
    before: float = 0.0
    drip: str = ""
    pause: float = 0.05
    cut: bool = False


Answer = Callable[[Got], Say]


class Server:
    """What arrived, and where to ask."""

    def __init__(self, port: int, stop: threading.Event) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.host = f"127.0.0.1:{port}"
        self.got: list[Got] = []
        self.stop = stop

    @property
    def asked(self) -> list[Got]:
        """The requests for an answer: Ollama is also asked about the model itself."""
        return [got for got in self.got if not got.path.endswith("/api/show")]


@contextmanager
def serving(*answers: Say | Answer) -> Iterator[Server]:
    """Serve the answers in turn, the last one again and again."""
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
            got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            server.got.append(got)
            answer = answers[min(len(server.asked), len(answers)) - 1]
            try:
                self._say(answer if isinstance(answer, Say) else answer(got))
            except OSError:
                self.close_connection = True

        def _say(self, say: Say) -> None:
            stop.wait(say.before)
            body = say.body if isinstance(say.body, bytes) else json.dumps(say.body).encode()
            lines = [f"HTTP/1.1 {say.status} Said", f"content-length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in say.headers.items()]
            head = ("\r\n".join(lines) + "\r\n\r\n").encode()
            self._send(head, say.pause if say.drip == "headers" else 0)
            self._send(body[: len(body) // 2] if say.cut else body, say.pause if say.drip == "body" else 0)
            self.close_connection = say.cut

        def _send(self, data: bytes, pause: float) -> None:
            for piece in [data] if not pause else [bytes([byte]) for byte in data]:
                self.wfile.write(piece)
                self.wfile.flush()
                if stop.wait(pause) and pause:
                    raise OSError

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # by default 5, and then some of 16 connections at once are reset

    http = Listener(("127.0.0.1", 0), Handler)
    server = Server(http.server_port, stop)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        stop.set()
        http.shutdown()
        http.server_close()


def openai(text: str | None = "{}", model: str = "gpt-4o-mini", finish: str = "stop", **message: Any) -> dict[str, Any]:
    """An OpenAI chat completion."""
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }


def anthropic(text: str = "{}", model: str = "claude-sonnet-4-5", stop: str = "end_turn") -> dict[str, Any]:
    """An Anthropic message."""
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 100},
    }


def gemini(text: str = "{}", model: str = "gemini-2.5-flash", finish: str = "STOP") -> dict[str, Any]:
    """A Gemini candidate."""
    content = {"role": "model", "parts": [{"text": text}] if text else []}
    return {
        "candidates": [{"content": content, "finishReason": finish, "index": 0}],
        "usageMetadata": {"promptTokenCount": 1000, "candidatesTokenCount": 100, "totalTokenCount": 1100},
        "modelVersion": model,
    }


def ollama(text: str = "{}", model: str = "qwen3", reason: str = "stop") -> dict[str, Any]:
    """An Ollama chat answer."""
    return {
        "model": model,
        "created_at": "2031-05-20T08:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": True,
        "done_reason": reason,
        "prompt_eval_count": 1000,
        "eval_count": 100,
    }


def error(message: str, code: str | None = None) -> dict[str, Any]:
    """An error body in OpenAI's form."""
    return {"error": {"message": message, "type": code, "param": None, "code": code}}


def embeddings(vectors: list[Any], model: str = "embed-1") -> dict[str, Any]:
    """OpenAI embeddings."""
    data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 40, "total_tokens": 40}}


def ollama_embeddings(vectors: list[Any], model: str = "bge-m3") -> dict[str, Any]:
    """Ollama's answer to /api/embed."""
    return {"model": model, "embeddings": vectors, "total_duration": 1, "load_duration": 1, "prompt_eval_count": 40}
