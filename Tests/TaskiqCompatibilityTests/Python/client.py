"""A Python client: a real ZeroMQBroker that sends what it is told to on its standard input.

Prints where it is bound, and sends the task "ping" until the first line comes, because a publisher cannot see whether
anybody listens. Every line after that is a task: its name and id, and its arguments and labels as Python expressions.
"""

import asyncio
import json
import sys

import zmq
from taskiq import ZeroMQBroker
from taskiq.formatters.json_formatter import JSONFormatter
from taskiq.kicker import AsyncKicker

from values import evaluate


def kicker(broker, name, task_id, labels):
    return AsyncKicker(task_name=name, broker=broker, labels=labels).with_task_id(task_id)


async def main() -> None:
    broker = ZeroMQBroker(zmq_pub_host="tcp://127.0.0.1:*")
    if "--json-formatter" in sys.argv:
        broker.with_formatter(JSONFormatter())
    await broker.startup()
    # What the wildcard became; the broker unbinds it when it stops.
    broker.pub_host = broker.socket.getsockopt_string(zmq.LAST_ENDPOINT)
    print(f"bound {broker.pub_host}", flush=True)

    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    loop.run_in_executor(None, read)
    first = asyncio.create_task(lines.get())
    while not first.done():
        await kicker(broker, "ping", "ping", {}).kiq()
        await asyncio.wait({first}, timeout=0.05)
    while line := await lines.get():
        call = json.loads(line)
        args, kwargs = evaluate(call["args"]), evaluate(call["kwargs"])
        await kicker(broker, call["task"], call["id"], evaluate(call["labels"])).kiq(*args, **kwargs)
        print(f"sent {call['id']}", flush=True)
    await broker.shutdown()


asyncio.run(main())
