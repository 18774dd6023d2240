"""What both sides send: values of every kind, by the names that the tests' expressions use."""

import datetime as dt
import decimal
import enum
import math
import uuid
from dataclasses import dataclass, field

from pydantic import BaseModel


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Address(BaseModel):
    city: str
    zip: int


class Person(BaseModel):
    name: str
    age: int
    addresses: list[Address] = []
    born: dt.date | None = None


@dataclass
class Point:
    x: int
    y: float
    tags: list[str] = field(default_factory=list)


Decimal = decimal.Decimal
UUID = uuid.UUID
datetime = dt.datetime
date = dt.date
time = dt.time
timedelta = dt.timedelta
timezone = dt.timezone
inf = math.inf
nan = math.nan


def evaluate(expression: str):
    """The value of a Python expression that a test names."""
    return eval(expression, globals())
