"""Python's codecs on the message of WireBenchmark.swift: one line of JSON each, nanoseconds of CPU time a round."""

import json
import time

import orjson

MESSAGE = {
    "task_id": "0123456789abcdef0123456789abcdef",
    "task_name": "shop.tasks:send_mail",
    "labels": {"queue_name": "mail"},
    "labels_types": {"queue_name": 3},
    "args": [],
    "kwargs": {"user": 42, "address": "user@example.org", "subject": "Welcome aboard", "urgent": True},
}
ROUNDS = 15
ITERATIONS = 20_000


def measure(name, dumps, loads):
    rounds = []
    for number in range(ROUNDS + 2):
        start = time.process_time()
        for _ in range(ITERATIONS):
            loads(dumps(MESSAGE))
        # The first two rounds warm up and are dropped.
        if number >= 2:
            rounds.append((time.process_time() - start) * 1e9 / ITERATIONS)
    print(json.dumps({"name": name, "rounds": rounds}))


measure("orjson: dumps + loads", orjson.dumps, orjson.loads)
measure("json: dumps + loads", json.dumps, json.loads)
