# Reads requests, [{"Target": ..., "ContentType": ..., "Body": ...}, ...], checks them against the AWS service models in botocore, and
# prints [[operation, error or null], ...].
import json
import sys
from urllib.parse import parse_qsl

import botocore.session
from botocore.model import OperationNotFoundError
from botocore.validate import ParamValidator

session = botocore.session.get_session()
json_services = {model.metadata["targetPrefix"]: model for model in map(session.get_service_model, ["kms", "config"])}
query_services = [session.get_service_model(name) for name in ["cloudformation", "sts"]]


def query_service(action):
    for model in query_services:
        if action in model.operation_names:
            return model
    raise OperationNotFoundError(action)


def check(request):
    if request["Target"]:
        prefix, name = request["Target"].split(".")
        model, members = json_services[prefix], json.loads(request["Body"])
        content_type = "application/x-amz-json-" + model.metadata["jsonVersion"]
    else:
        members = dict(parse_qsl(request["Body"], strict_parsing=True))
        name = members.pop("Action")
        model, content_type = query_service(name), "application/x-www-form-urlencoded"
        if members.pop("Version") != model.api_version:
            return name, "wrong Version"
    if request["ContentType"] != content_type:
        return name, "wrong content type " + str(request["ContentType"])
    errors = ParamValidator().validate(members, model.operation_model(name).input_shape)
    return name, errors.generate_report() if errors.has_errors() else None


print(json.dumps([check(request) for request in json.load(sys.stdin)]))
