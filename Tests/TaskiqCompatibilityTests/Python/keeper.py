"""Runs a command for as long as its own standard input is open, then ends it with all of its children.

An idle ZeroMQ worker of taskiq 0.13.0 does not react to SIGTERM before its next message comes, and its child would
outlive it; and nothing may stay behind when the tests themselves are ended.
"""

import os
import signal
import subprocess
import sys

os.setpgid(0, 0) if os.getpgid(0) != os.getpid() else None
subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
sys.stdin.read()
os.killpg(0, signal.SIGKILL)
