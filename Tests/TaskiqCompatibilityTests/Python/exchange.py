"""Reads and writes results and messages by taskiq's own code, one request a line."""

import base64
import datetime as dt
import json
import random
import sys

import taskiq
from taskiq import InMemoryBroker, TaskiqMessage, TaskiqResult
from taskiq.formatters.json_formatter import JSONFormatter
from taskiq.formatters.proxy_formatter import ProxyFormatter
from taskiq.serializers.cbor_serializer import CBORSerializer
from taskiq.serializers.json_serializer import JSONSerializer
from taskiq.serializers.msgpack_serializer import MSGPackSerializer
from taskiq.serializers.orjson_serializer import ORJSONSerializer
from taskiq.serializers.pickle import PickleSerializer

from values import Person

SERIALIZERS = {
    "json": JSONSerializer(),
    "json_unicode": JSONSerializer(ensure_ascii=False),
    "orjson": ORJSONSerializer(),
    "msgpack": MSGPackSerializer(),
    "cbor": CBORSerializer(),
    "cbor_plain": CBORSerializer(string_referencing=False),
    "pickle": PickleSerializer(),
}


def formatter(name: str):
    if name == "formatter":
        return JSONFormatter()
    return ProxyFormatter(InMemoryBroker().with_serializer(SERIALIZERS[name]))


# Results


class Outer:
    class Inner(Exception):
        pass


def raised(function) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError


def fail(error: BaseException):
    def function():
        raise error

    return function


def chain():
    try:
        raise KeyError("inner", 1)
    except KeyError as error:
        raise ValueError("outer") from error


def context():
    try:
        raise KeyError("first")
    except KeyError:
        raise ValueError("second")


def suppressed():
    try:
        raise KeyError("hidden")
    except KeyError:
        raise ValueError("seen") from None


def results() -> dict[str, TaskiqResult]:
    ok = {"is_err": False, "execution_time": 0.25}
    bad = {"is_err": True, "return_value": None, "execution_time": 1.5}
    values = {
        "none": None,
        "int": 42,
        "large": 10**18,
        "float": 1.5,
        "text": "h\u00e9llo \u4e16\u754c \U0001f389 \x00\"\\",
        "nested": {"a": [1, 2.5, None, True, {"b": "c", "": []}]},
        "datetime": dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc),
        "model": Person(name="Ann", age=36),
    }
    cases = {name: TaskiqResult(**ok, return_value=value) for name, value in values.items()}
    cases["labels"] = TaskiqResult(
        **ok, return_value=1, log="line 1\nline 2", labels={"i": 5, "f": 1.5, "b": True, "s": "x", "by": b"abc", "n": None}
    )
    errors = {
        "error": fail(ValueError("boom", 1, 2.5, None, True)),
        "error_nested_class": fail(Outer.Inner("i")),
        "error_no_arguments": fail(TimeoutError()),
        "error_cause": chain,
        "error_context": context,
        "error_suppressed": suppressed,
        "error_unencodable": fail(ValueError(b"\xff", {1})),
    }
    for name, function in errors.items():
        cases[name] = TaskiqResult(**bad, error=raised(function), labels={"_retries": 2})
    return cases


def error_view(error: BaseException | None):
    return error and {
        "type": type(error).__qualname__,
        "module": type(error).__module__,
        "args": [repr(argument) for argument in error.args],
        "cause": error_view(error.__cause__),
        "context": error_view(error.__context__),
        "suppressed": error.__suppress_context__,
    }


def read_result(request):
    result = TaskiqResult.model_validate(SERIALIZERS[request["codec"]].loadb(data(request)))
    return {
        "is_err": result.is_err,
        "log": result.log,
        "return_value": repr(result.return_value),
        "execution_time": repr(result.execution_time),
        "labels": repr(result.labels),
        "error": error_view(result.error),
    }


def write_result(request):
    dumped = results()[request["case"]].model_dump(mode="json")
    return {"data": text(SERIALIZERS[request["codec"]].dumpb(dumped))}


# Messages


def random_value(rng: random.Random, depth: int, wide: bool):
    kind = rng.randrange(9 if depth > 0 else 7)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.randrange(-1000, 1000)
    if kind == 3:
        return rng.randrange(-(2**127), 2**127) if wide else rng.randrange(-(2**63), 2**63)
    if kind == 4:
        return rng.choice([rng.uniform(-1e6, 1e6), rng.uniform(-1, 1) * 10.0 ** rng.randrange(-300, 300), 0.0, -0.0])
    if kind in (5, 6):
        return random_text(rng)
    count = rng.randrange(4)
    if kind == 7:
        return [random_value(rng, depth - 1, wide) for _ in range(count)]
    return {random_text(rng): random_value(rng, depth - 1, wide) for _ in range(count)}


def random_text(rng: random.Random) -> str:
    ranges = [(0x20, 0x7F), (0, 0x20), (0x7F, 0x800), (0x800, 0xD800), (0xE000, 0x10000), (0x10000, 0x110000)]
    return "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randrange(8)))


def random_message(request) -> TaskiqMessage:
    rng = random.Random(request["seed"])
    wide = request["wide"]
    labels = {}
    for index in range(rng.randrange(4)):
        labels[random_text(rng) + str(index)] = rng.choice(
            [rng.randrange(-(2**80), 2**80), rng.uniform(-1e9, 1e9), True, False, random_text(rng), b"\xff\x00", None, [1]]
        )
    prepared = {name: taskiq.labels.prepare_label(value) for name, value in labels.items()}
    return TaskiqMessage(
        task_id=random_text(rng),
        task_name=random_text(rng),
        labels={name: value[0] for name, value in prepared.items()},
        labels_types={name: value[1] for name, value in prepared.items()},
        args=[random_value(rng, 3, wide) for _ in range(rng.randrange(4))],
        kwargs={random_text(rng): random_value(rng, 3, wide) for _ in range(rng.randrange(4))},
    )


def write_message(request):
    return {"data": text(formatter(request["codec"]).dumps(random_message(request)).message)}


def check_message(request):
    """Whether a message that went through the other side is still the one that was written."""
    wanted, found = random_message(request), formatter(request["codec"]).loads(data(request))
    return {"equal": repr(wanted) == repr(found), "wanted": repr(wanted), "found": repr(found)}


def label_view(value) -> str:
    """The type and the value, in a spelling that both sides have."""
    if isinstance(value, bytes):
        return "bytes " + value.hex()
    return f"{type(value).__name__} {value}"


def read_message(request):
    """What a message says, and the same message written again."""
    message = formatter(request["codec"]).loads(data(request))
    again = text(formatter(request["codec"]).dumps(message).message)
    message.parse_labels()
    return {"data": again, "labels": {name: label_view(value) for name, value in message.labels.items()}}


# Requests


def data(request) -> bytes:
    return base64.b64decode(request["data"])


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


OPERATIONS = {
    "result.read": read_result,
    "result.write": write_result,
    "message.read": read_message,
    "message.write": write_message,
    "message.check": check_message,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = OPERATIONS[request["operation"]](request)
    except Exception as error:
        answer = {"problem": repr(error)}
    print(json.dumps(answer), flush=True)
