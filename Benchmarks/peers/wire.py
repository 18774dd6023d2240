"""Python's codecs on the messages of WireBenchmark.swift: one line of JSON each, nanoseconds of CPU time a round.

They make bytes of a dictionary and a dictionary of bytes. The Swift side also types labels and arguments, and checks
that text is UTF-8; neither side makes ids.
"""

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
# What a task that is a closure sends.
POSITIONAL = MESSAGE | {"args": list(MESSAGE["kwargs"].values()), "kwargs": {}}
ROUNDS = 15
ITERATIONS = 20_000


def measure(name, message, dumps, loads):
    rounds = []
    for number in range(ROUNDS + 2):
        start = time.process_time()
        for _ in range(ITERATIONS):
            loads(dumps(message))
        # The first two rounds warm up and are dropped.
        if number >= 2:
            rounds.append((time.process_time() - start) * 1e9 / ITERATIONS)
    print(json.dumps({"name": name, "rounds": rounds}))


measure("orjson, keywords: dumps + loads", MESSAGE, orjson.dumps, orjson.loads)
measure("orjson, positions: dumps + loads", POSITIONAL, orjson.dumps, orjson.loads)
measure("json, keywords: dumps + loads", MESSAGE, json.dumps, json.loads)
