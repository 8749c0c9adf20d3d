"""The Lambda Runtime API, in as little Python as it takes: fetch an event, call the handler, post its answer."""
import http.client
import json
import os

import handler

runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    runtime.request("GET", "/2018-06-01/runtime/invocation/next")
    response = runtime.getresponse()
    request_id = response.getheader("Lambda-Runtime-Aws-Request-Id")
    answer = handler.lambda_handler(json.loads(response.read()), None)
    runtime.request("POST", f"/2018-06-01/runtime/invocation/{request_id}/response", json.dumps(answer))
    runtime.getresponse().read()
