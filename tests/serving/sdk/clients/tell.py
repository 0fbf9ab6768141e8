"""Reports one generation and one score with the SDK that is installed beside this interpreter.

Run as ``python tell.py PROMPT`` with the environment of follow.py; prints the trace's id as a JSON line.
"""

import json
import logging
import sys

from follow import connect

logging.disable(logging.CRITICAL)


def old(client, prompt):
    """Major 2."""
    trace = client.trace(name="letter")
    trace.generation(
        name="write", model="m-1", prompt=prompt, input="Hi", output="Hello", usage={"input": 3, "output": 4}
    )
    client.score(trace_id=trace.id, name="helpful", value=1)
    return trace.id


def new(client, prompt):
    """From major 3 on, where spans are OpenTelemetry's."""
    with client.start_as_current_observation(
        as_type="generation", name="write", model="m-1", prompt=prompt
    ) as told:
        told.update(input="Hi", output="Hello", usage_details={"input": 3, "output": 4})
        told.score(name="helpful", value=1)
        return client.get_current_trace_id()


def main(name):
    client = connect()
    prompt = client.get_prompt(name)
    trace = old(client, prompt) if hasattr(client, "generation") else new(client, prompt)
    client.flush()
    print(json.dumps({"trace": trace}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
