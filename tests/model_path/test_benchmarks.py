"""The benchmarks measure a model beside the rules: a server on the loopback answers for it. All places are invented."""

import gzip
import json
import sys

import pytest

from benchmarks import disputes, verify
from tests.models.servers import Say, openai, serving

DOCUMENT = "The ferry Alda ran aground off Port Sarn on Sunday with 61 people aboard.\nTugs towed it to Lisk Haven."


def write(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def measured(module, answer, capsys, monkeypatch, *options):
    """What a benchmark prints with a model that answers what `answer` makes of the prompt, and how often it asked."""

    def say(got):
        return Say(openai(json.dumps({"answer": answer(got.body["messages"][-1]["content"])})))

    with serving(say) as server:
        told = ["x", *options, "--model", "openai/tiny", "--api-base", f"{server.base}/v1"]
        monkeypatch.setattr(sys, "argv", told)
        module.main()
    return capsys.readouterr().out, len(server.asked)


@pytest.mark.parametrize(("answer", "hits"), [("no conflict", "0 of 1"), ("conflict", "1 of 1")])
def test_the_disputes_are_measured_with_a_checker_beside_those_without(tmp_path, capsys, monkeypatch, answer, hits):
    tolls = [f"Police said {n} people were killed when the ferry Alda struck the pier." for n in (9, 12)]
    docs = [
        {"id": f"d{n}", "title": "Ferry", "text": text, "url": f"http://o{n}.example/a", "date": "2031-05-18"}
        for n, text in enumerate(tolls)
    ]
    sides = {f"side_{'ab'[n]}": {"doc": f"d{n}", "sentence": text} for n, text in enumerate(tolls)}
    rows = [{"label": "conflict", "flag": True, **sides}]
    other = "Police said 9 people were killed when the ferry Alda struck the pier."
    same = {"side_a": sides["side_a"], "side_b": {"doc": "d2", "sentence": other}}
    write(tmp_path / "disputes/figures-dev.jsonl.gz", [*rows, {"label": "same", "flag": False, **same}])
    docs.append({**docs[0], "id": "d2", "url": "http://o2.example/a"})
    write(tmp_path / "disputes/figures-dev-articles.jsonl.gz", docs)
    out, asked = measured(disputes, lambda _: answer, capsys, monkeypatch, "--data", str(tmp_path))
    without, _, with_model = out.partition("with openai/tiny as the checker")
    assert "1 of 1" in without.partition("\n")[0]
    assert hits in with_model.splitlines()[1]
    assert asked == 1
    assert "openai/tiny: 1 calls" in with_model


def test_the_checks_are_measured_with_a_judge_beside_those_without(tmp_path, capsys, monkeypatch):
    told = {1: "On Sunday the ferry Alda ran aground with 61 people aboard.", 0: "Tugs towed the ferry to Lisk Haven."}
    for domain in verify.DOMAINS:
        records = [{"doc": DOCUMENT, "summary": text, "label": label} for label, text in told.items()]
        write(tmp_path / f"verify/summedits-{domain}.jsonl.gz", records)
    (tmp_path / "clusters").mkdir()
    options = ("--data", str(tmp_path), "--only", "summedits")

    def answer(prompt):
        return "not supported" if told[0] in prompt else "supported"

    out, asked = measured(verify, answer, capsys, monkeypatch, *options)
    (row,) = [line for line in out.splitlines() if line.startswith("summedits news")]
    assert row.split()[-2:] == ["0.500", "1.000"]
    assert asked == len(verify.DOMAINS) * len(told)
    assert f"openai/tiny: {asked} calls" in out
