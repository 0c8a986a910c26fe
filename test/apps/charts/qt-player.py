"""Plays exported SCXML in Qt's interpreter, as an answer to how somebody else's reads it.

Standard input is JSON: a list of plays {"file", "guards", "delays", "events": [[{"name", "data"}, ...], ...]}. Standard output is
JSON: for each play a list of reactions, the first to the start, then one for each group of events: {"branches", "path"} with
the branches that were taken in their order and the states that it came to rest in, outermost first.
"""

import json
import re
import sys

try:
    from PySide6.QtCore import QCoreApplication, qInstallMessageHandler
    from PySide6.QtScxml import QScxmlStateMachine
except ImportError:
    from PySide2.QtCore import QCoreApplication, qInstallMessageHandler
    from PySide2.QtScxml import QScxmlStateMachine

ROUNDS_OF_SILENCE = 3

app = QCoreApplication(sys.argv)
branches = []
complaints = []


def hear(_type, _context, text):
    logged = re.search(r'"?branch"? : "?([^"]+)"?', text)
    if logged:
        branches.append(logged.group(1).strip())
    elif "action" not in text:
        complaints.append(text)


qInstallMessageHandler(hear)


def nested(machine):
    """The machines that run, outermost first; a service keeps its own one as a property."""
    inner = [service.property("stateMachine") for service in machine.invokedServices()]
    return [machine] + [each for one in inner if one is not None and one.isRunning() for each in nested(one)]


def path_of(machine):
    return ["%s.%s" % (each.name(), ",".join(each.activeStateNames(True))) for each in nested(machine)]


def settle(machine):
    """Until several rounds of the event loop have changed nothing."""
    last, silent = None, 0
    while silent < ROUNDS_OF_SILENCE:
        app.processEvents()
        now = (len(branches), path_of(machine))
        silent = silent + 1 if now == last else 0
        last = now
    reaction = {"branches": list(branches), "path": last[1]}
    branches.clear()
    return reaction


def play(what):
    machine = QScxmlStateMachine.fromFile(what["file"])
    errors = [error.toString() for error in machine.parseErrors()]
    if errors:
        raise SystemExit("\n".join(errors))
    machine.setInitialValues({"guards": what["guards"], "delays": what["delays"]})
    machine.init()
    machine.start()
    reactions = [settle(machine)]
    for group in what["events"]:
        for event in group:
            machine.submitEvent(event["name"], event.get("data"))
        reactions.append(settle(machine))
    machine.stop()
    return reactions


print(json.dumps([play(what) for what in json.load(sys.stdin)]))
if complaints:
    raise SystemExit("\n".join(sorted(set(complaints))))
