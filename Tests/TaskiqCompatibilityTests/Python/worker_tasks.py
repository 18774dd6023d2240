"""The tasks of a real Python worker: each prints what it was given, in Python's own spelling."""

import json
import os

from taskiq import Context, TaskiqDepends, ZeroMQBroker

from values import UUID, Color, Decimal, Level, Person, Point, date, datetime, time, timedelta

broker = ZeroMQBroker(zmq_sub_host=os.environ["TASKIQ_TEST_PUBLISHER"])


def record(message, args, kwargs) -> None:
    labels = {name: repr(value) for name, value in message.labels.items()}
    text = {
        "id": message.task_id,
        "args": [repr(value) for value in args],
        "kwargs": {name: repr(value) for name, value in kwargs.items()},
        "labels": labels,
    }
    print("record " + json.dumps(text), flush=True)


@broker.task("any")
async def any_task(*args, context: Context = TaskiqDepends(), **kwargs) -> None:
    record(context.message, args, kwargs)


def register(name, hint) -> None:
    async def task(value, context: Context = TaskiqDepends()) -> None:
        record(context.message, [value], {})

    task.__annotations__["value"] = hint
    broker.register_task(task, task_name=name)


for name, hint in {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
    "bytes": bytes,
    "optional": int | None,
    "tuple": tuple[int, str],
    "set": set[int],
    "dict": dict[str, list[float]],
    "keys": dict[int, str],
    "datetime": datetime,
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "decimal": Decimal,
    "uuid": UUID,
    "color": Color,
    "level": Level,
    "person": Person,
    "point": Point,
}.items():
    register(name, hint)
