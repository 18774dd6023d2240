"""Python's codecs on the messages of WireBenchmark.swift: one line of JSON each, nanoseconds of CPU time a round.

They make bytes of a dictionary and a dictionary of bytes. The Swift side also makes a message of typed arguments, and
a message and typed arguments of the bytes; the rows "typed" do the same with dataclasses. Neither side makes ids.
"""

import json
import time
from dataclasses import dataclass

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


@dataclass
class Message:
    task_id: str
    task_name: str
    labels: dict
    labels_types: dict
    args: list
    kwargs: dict


@dataclass(slots=True)
class SendMail:
    user: int
    address: str
    subject: str
    urgent: bool


LABEL_TYPES = {2: int, 3: str, 4: float, 5: lambda text: text.lower() == "true"}


def read(data):
    """A message with labels of their types, as taskiq's parse_label makes them."""
    message = Message(**orjson.loads(data))
    for name, kind in message.labels_types.items():
        message.labels[name] = LABEL_TYPES[kind](message.labels[name])
    return message


def write(kwargs, args):
    message = Message(MESSAGE["task_id"], MESSAGE["task_name"], MESSAGE["labels"], MESSAGE["labels_types"], args, kwargs)
    return orjson.dumps(message)


MAIL = SendMail(**MESSAGE["kwargs"])


def typed_keywords(_):
    kwargs = {"user": MAIL.user, "address": MAIL.address, "subject": MAIL.subject, "urgent": MAIL.urgent}
    return SendMail(**read(write(kwargs, [])).kwargs)


def typed_positions(_):
    user, address, subject, urgent = read(write({}, [MAIL.user, MAIL.address, MAIL.subject, MAIL.urgent])).args
    if not (isinstance(user, int) and isinstance(address, str) and isinstance(subject, str) and isinstance(urgent, bool)):
        raise TypeError
    return user


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
measure("orjson, typed keywords (dataclasses)", None, lambda message: message, typed_keywords)
measure("orjson, typed positions (dataclasses)", None, lambda message: message, typed_positions)
measure("json, keywords: dumps + loads", MESSAGE, json.dumps, json.loads)
