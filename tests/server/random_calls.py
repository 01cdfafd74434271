"""Ordinary requests in a random order, the same to two servers, and where their answers differ.

Ids differ from server to server, so requests name things as `<run 3>`, which stands for what each of the two made.
Nothing is asked in which the two are meant to differ (`test_golden`): runs do not go on after their end, filters
have no OR, values have no infinities.  What the genuine server fails at only has to be no failure here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import httpx

API, PAGE = "/api/2.0/mlflow", "/ajax-api/2.0/mlflow"
KEYS = ("a", "b", "loss", "Loss", "a.b", "a/b", "x y", "ü", "k-1", "mlflow.note.content")
TEXTS = ("", "1", "x", "X", "Hello", "ü🎉", "it''s", "100%", "a_b", "a\\b", "None", " s ", "0.5")
NAMES = ("alpha", "Alpha", "beta", "ünï", "a b", "100%", "under_score", "v.1")
NUMBERS = (0, 1, -1, 0.5, 1e10, -1e-10, 3, "NaN", 5e-324, 100, 0.1)
TEXT_OPERATORS, NUMBER_OPERATORS = ("=", "!=", "LIKE", "ILIKE"), (">", ">=", "=", "!=", "<", "<=")
UNORDERED = ("tags", "params", "aliases", "latest_versions", "dataset_inputs", "model_outputs", "dataset_summaries")
LEFT_OUT = ("aliases of versions", "model_inputs", "next_page_token")
NAMED = re.compile(r"<\w+ \d+>")


class Pair:
    """Two servers, the things that were made on both, and a random user of them."""

    def __init__(self, urls: Sequence[str], seed: int) -> None:
        self._clients = [httpx.Client(base_url=url, timeout=60) for url in urls]
        self._made: dict[str, list[tuple[str, ...]]] = {kind: [] for kind in ("experiment", "run", "model", "token")}
        self._random, self._time = random.Random(seed), 1000
        self.prefix = f"s{seed}-"
        self.asked = self.done = 0
        self.differences: list[str] = []

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def ask(self, method: str, path: str, fields: Mapping[str, Any], makes: Sequence[str] = ()) -> list[Any]:
        """The two answers, compared; `makes` is the kind of what is made, and where in the answer its id is."""
        answers = [self._send(place, method, path, fields) for place in (0, 1)]
        self.asked += 1
        self.done += answers[0].status_code == 200
        self._note([answer.json() for answer in answers], *makes)
        told = [self._told(place, answer) for place, answer in enumerate(answers)]
        if told[0] != told[1] and (answers[0].status_code < 500 or answers[1].status_code >= 500):
            asked = f"{method} {path} {json.dumps(fields, ensure_ascii=False)}"
            self.differences.append("\n".join([asked, *(json.dumps(one, ensure_ascii=False) for one in told)]))
        return [answer.json() for answer in answers]

    def _send(self, place: int, method: str, path: str, fields: Mapping[str, Any]) -> httpx.Response:
        given = self._filled(place, dict(fields))
        url = self._filled(place, path if path.startswith(PAGE) else API + path)
        return self._clients[place].request(method, url, **{"params" if method == "GET" else "json": given})

    def _filled(self, place: int, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(place, one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._filled(place, one) for one in value]
        return NAMED.sub(lambda found: self._id(place, found[0]), value) if isinstance(value, str) else value

    def _id(self, place: int, name: str) -> str:
        kind, _, number = name[1:-1].partition(" ")
        return self._made[kind][int(number)][place]

    def _told(self, place: int, answer: httpx.Response) -> list[Any]:
        found = answer.json()
        return [answer.status_code, self._masked(place, found) if answer.status_code == 200 else found["error_code"]]

    def _masked(self, place: int, value: Any, key: str = "") -> Any:
        """With names for ids, without times and what is meant to differ; lists without an order are sorted."""
        if isinstance(value, dict):
            left_out = ("aliases", *LEFT_OUT) if "current_stage" in value else LEFT_OUT
            kept = {name: one for name, one in value.items() if name not in left_out}
            return {name: self._masked(place, one, name) for name, one in sorted(kept.items())}
        if isinstance(value, list):
            found = [self._masked(place, one) for one in value]
            is_unordered = key in UNORDERED or (found and {*found[0]} >= {"step"})
            return sorted(found, key=json.dumps) if is_unordered else found
        if value != value:
            return "NaN"  # of runs together the genuine server writes what no other language reads
        if isinstance(value, int) and value > 10**12:
            return "<time>"
        if not isinstance(value, str):
            return value
        for kind in ("run", "model"):
            for number, ids in enumerate(self._made[kind]):
                value = value.replace(ids[place], f"<{kind} {number}>")
        ids_there = [ids[place] for ids in self._made["experiment"]]
        if key == "experiment_id":
            return f"<experiment {ids_there.index(value)}>" if value in ids_there else value
        return re.sub(r"^mlflow-artifacts:/\d+", "mlflow-artifacts:/<experiment>", value)

    def _note(self, answers: Sequence[Any], kind: str = "", *path: str) -> None:
        ids = [reduce(lambda found, name: found.get(name, {}), path, answer) for answer in answers]
        if kind and all(ids):
            self._made[kind].append(tuple(ids))

    # -- what is asked ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        for name in ("first", "second"):
            fields = {"name": self.prefix + name, "tags": self._pairs()}
            self.ask("POST", "/experiments/create", fields, ("experiment", "experiment_id"))
        for _ in range(4):
            self.make_run()
        for _ in range(2):
            self.make_model()

    def step(self) -> None:
        works = (self.make_run, self.make_model, self.change_run, self.change_run, self.change_experiment)
        works += (self.log, self.log, self.log, self.change_models, self.change_models, self.change_versions)
        works += (self.search, self.search, self.search, self.search, self.read)
        self._random.choice(works)()

    def make_run(self) -> None:
        self._time += self._random.choice((1, 10))
        name = self._random.choice(("one", "two", "Run_3", "ü"))
        fields: dict[str, Any] = {"experiment_id": self._one("experiment"), "start_time": self._time, "run_name": name}
        fields |= {"tags": self._pairs(), "user_id": "me"}
        self.ask("POST", "/runs/create", fields, ("run", "run", "info", "run_id"))

    def make_model(self) -> None:
        name = self._random.choice(("clf", "reg", "ü x", "a/b"))
        fields: dict[str, Any] = {"experiment_id": self._one("experiment"), "name": name}
        fields |= {"source_run_id": self._one("run")} if self._random.random() < 0.7 else {}
        fields |= {"params": self._pairs(), "tags": self._pairs()}
        self.ask("POST", "/logged-models", fields, ("model", "model", "info", "model_id"))

    def change_run(self) -> None:
        status, name = self._random.choice(("FINISHED", "FAILED", "KILLED")), self._random.choice(("renamed", "", "ü"))
        path, fields = self._random.choice(
            (
                ("update", {"status": status, "end_time": self._time + 5}),
                ("update", {"run_name": name}),
                ("set-tag", {"key": "mlflow.runName", "value": name}),
                ("set-tag", self._pair()),
                ("delete-tag", {"key": self._key()}),
                ("delete", {}),
                ("restore", {}),
                ("restore", {}),
            )
        )
        self._change_and_look("/runs", path, {"run_id": self._one("run")}, fields)

    def log(self) -> None:
        dataset = {"name": self._random.choice(("iris", "wine")), "digest": self._random.choice(("d1", "d2"))}
        of_dataset = {"dataset_name": dataset["name"], "dataset_digest": dataset["digest"]}
        given = {"dataset": {**dataset, "source_type": "local", "source": "{}"}, "tags": self._pairs()}
        path, fields = self._random.choice(
            (
                ("log-parameter", self._pair()),
                ("log-metric", self._point()),
                ("log-metric", {**self._point(), "value": 0.5, "model_id": self._one("model")} | of_dataset),
                ("log-batch", {"metrics": [self._point() for _ in range(4)], "params": self._pairs(), "tags": []}),
                ("log-inputs", {"datasets": [given]}),
                ("outputs", {"models": [{"model_id": self._one("model"), "step": 1}]}),
            )
        )
        self._change_and_look("/runs", path, {"run_id": self._one("run")}, fields)

    def change_experiment(self) -> None:
        path, fields = self._random.choice(
            (
                ("update", {"new_name": self._name()}),
                ("set-experiment-tag", self._pair()),
                ("delete", {}),
                ("restore", {}),
                ("restore", {}),
            )
        )
        self._change_and_look("/experiments", path, {"experiment_id": self._one("experiment")}, fields)

    def change_models(self) -> None:
        name = {"name": self._name()}
        alias, version = self._random.choice(("champion", "A-b_1", "latest", "v1")), self._random.choice(("1", "2"))
        method, path, fields = self._random.choice(
            (
                ("POST", "create", {"tags": self._pairs(), "description": self._text()}),
                ("POST", "create", {}),
                ("PATCH", "update", {"description": self._text()}),
                ("POST", "rename", {"new_name": self._name()}),
                ("DELETE", "delete", {}),
                ("POST", "set-tag", self._pair()),
                ("DELETE", "delete-tag", {"key": self._key()}),
                ("POST", "alias", {"alias": alias, "version": version}),
                ("DELETE", "alias", {"alias": alias}),
                ("GET", "get-latest-versions", {}),
            )
        )
        self.ask(method, f"/registered-models/{path}", {**name, **fields})
        self.ask("GET", "/registered-models/get", name)

    def change_versions(self) -> None:
        name, run = self._name(), self._one("run")
        made = {"source": f"runs:/{run}/model", "run_id": run, "tags": self._pairs(), "description": self._text()}
        self.ask("POST", "/registered-models/create", {"name": name})
        self.ask("POST", "/model-versions/create", {"name": name, **made})
        version = {"name": name, "version": self._random.choice("123")}
        stage = {"stage": self._random.choice(("Production", "staging", "None")), "archive_existing_versions": True}
        method, path, fields = self._random.choice(
            (
                ("PATCH", "update", {"description": self._text()}),
                ("POST", "transition-stage", stage),
                ("POST", "set-tag", self._pair()),
                ("DELETE", "delete", {}),
            )
        )
        self.ask(method, f"/model-versions/{path}", {**version, **fields})
        self.ask("GET", "/model-versions/get", version)

    def read(self) -> None:
        key = {"metric_key": self._key()}
        self.ask("GET", "/metrics/get-history", {"run_id": self._one("run"), **key})
        runs = [self._one("run"), self._one("run")]
        self.ask("GET", "/metrics/get-history-bulk-interval", {"run_ids": runs, **key, "max_results": 2})
        self.ask("GET", f"{PAGE}/metrics/get-history-bulk", {"run_id": runs, **key})
        self.ask("GET", f"/logged-models/{self._one('model')}", {})

    def search(self) -> None:
        everywhere = {"experiment_ids": [f"<experiment {n}>" for n in range(len(self._made["experiment"]))]}
        view = {"run_view_type": self._random.choice(("ALL", "ACTIVE_ONLY", "DELETED_ONLY"))}
        of_ours = f"name LIKE '{self.prefix}%'"
        method, path, conditions, orders, fields = self._random.choice(
            (
                ("POST", "/runs/search", self._of_run(), self._run_orders(), everywhere | view),
                ("POST", "/logged-models/search", self._of_logged_model(), [], everywhere),
                ("POST", "/experiments/search", [of_ours, self._of_tag()], ["name", "name DESC"], {}),
                ("GET", "/registered-models/search", [of_ours, self._of_tag()], ["name", "name DESC"], {}),
                ("GET", "/model-versions/search", [of_ours, "version_number > 0"], ["name", "version_number"], {}),
            )
        )
        first = conditions[:1] if of_ours in conditions else []
        chosen = [*first, *self._random.sample(conditions[len(first) :], self._random.randrange(2))]
        fields = {**fields, "filter": " AND ".join(chosen), "max_results": self._random.choice((1, 3, 10))}
        if orders:
            fields["order_by"] = [self._random.choice(orders)]
        for _ in range(3):
            tokens = [answer.get("next_page_token") for answer in self.ask(method, path, fields)]
            if not all(tokens):
                assert not any(tokens), f"{path} {fields}: one of the two has a further page"
                break
            self._made["token"].append(tuple(tokens))
            fields["page_token"] = f"<token {len(self._made['token']) - 1}>"

    def _of_run(self) -> list[str]:
        texts = (f"params.{self._quoted()}", f"tags.{self._quoted()}", "attributes.run_name", "attributes.status")
        found = [self._compared(one) for one in texts]
        found += [f"metrics.{self._quoted()} {self._random.choice(NUMBER_OPERATORS)} {one}" for one in (0, 0.5, -1)]
        found += [f"params.{self._quoted()} IS NULL", f"tags.{self._quoted()} IS NOT NULL", "datasets.name = 'iris'"]
        return [*found, f"attributes.start_time > {self._time - 20}", f"run_id IN ('{self._one('run')}')"]

    def _of_logged_model(self) -> list[str]:
        found = [self._compared(one) for one in (f"params.{self._quoted()}", f"tags.{self._quoted()}", "name")]
        return [*found, f"metrics.{self._quoted()} > 0.5", f"source_run_id = '{self._one('run')}'"]

    def _of_tag(self) -> str:
        return self._compared(f"tags.{self._quoted()}")

    def _run_orders(self) -> list[str]:
        """Of equal runs the newest comes first."""
        fields = [f"{kind}.{self._quoted()}" for kind in ("metrics", "params", "tags")]
        return [f"{one} {way}" for one in (*fields, "start_time", "attributes.status") for way in ("ASC", "DESC")]

    def _compared(self, field: str) -> str:
        operator, text = self._random.choice(TEXT_OPERATORS), self._text()
        return f"{field} {operator} '{text[:2] + '%' if 'LIKE' in operator else text}'"

    # -- values ----------------------------------------------------------------------------------------------------

    def _change_and_look(self, under: str, path: str, whose: dict[str, Any], fields: dict[str, Any]) -> None:
        self.ask("POST", f"{under}/{path}", {**whose, **fields})
        self.ask("GET", f"{under}/get", whose)

    def _one(self, kind: str) -> str:
        return f"<{kind} {self._random.randrange(len(self._made[kind]))}>"

    def _key(self) -> str:
        return self._random.choice(KEYS)

    def _quoted(self) -> str:
        return f"`{self._key()}`"

    def _text(self) -> str:
        return self._random.choice(TEXTS).replace("''", "")

    def _name(self) -> str:
        return self.prefix + self._random.choice(NAMES)

    def _pair(self) -> dict[str, str]:
        return {"key": self._key(), "value": self._text()}

    def _pairs(self) -> list[dict[str, str]]:
        return [{"key": key, "value": self._text()} for key in self._random.sample(KEYS, self._random.randrange(3))]

    def _point(self) -> dict[str, Any]:
        step, time = self._random.choice((0, 0, 1, 2, -1, 2**53)), self._random.choice((0, 1, 5, 1000))
        return {"key": self._key(), "value": self._random.choice(NUMBERS), "timestamp": time, "step": step}


def compared(urls: Sequence[str], seeds: Sequence[int], steps: int) -> Iterator[Pair]:
    """The same users, one after the other, on both servers; each ends with the first difference."""
    for seed in seeds:
        pair = Pair(urls, seed)
        try:
            pair.begin()
            while pair.asked < steps and not pair.differences:
                pair.step()
            yield pair
        finally:
            pair.close()
