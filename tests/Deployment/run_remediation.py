"""Runs the remediation script (argument 1: its file) against moto's KMS, once for each case from stdin, on a key that is created for the
case. Prints the results.

Moto's GetKeyRotationStatus does not return a period, and its keys are only those that CreateKey can create. This script completes the
responses as KMS documents them.
"""
import json
import os
import sys

import boto3
import botocore.client
from moto import mock_aws

os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}
script = {}
with open(sys.argv[1], encoding="utf-8") as file:
    exec(compile(file.read(), "Script", "exec"), script)
script["time"].sleep = lambda seconds: None
call = botocore.client.BaseClient._make_api_call


def run(case):
    calls = []
    periods = {}

    def make_api_call(client, operation, parameters):
        calls.append(operation)
        answer = call(client, operation, parameters)
        if operation == "EnableKeyRotation" and not case.get("forgetful"):
            periods[parameters["KeyId"]] = parameters.get("RotationPeriodInDays", 365)
        if operation == "GetKeyRotationStatus" and answer["KeyRotationEnabled"] and parameters["KeyId"] in periods:
            answer["RotationPeriodInDays"] = periods[parameters["KeyId"]]
        if operation == "DescribeKey":
            answer["KeyMetadata"] |= case.get("metadata", {})
        return answer

    botocore.client.BaseClient._make_api_call = make_api_call
    kms = boto3.client("kms")
    key_id = kms.create_key(**case.get("key", {}))["KeyMetadata"]["KeyId"]
    if "period" in case:
        kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=case["period"])
    if case.get("disabled"):
        kms.disable_key(KeyId=key_id)
    calls.clear()
    try:
        result = script["enable_key_rotation"]({"KeyId": key_id, **case["input"]}, None)
    except Exception as error:
        result = {"Outcome": "Failed", "Reason": str(error)}
    return result | {"Changed": "EnableKeyRotation" in calls, "Period": periods.get(key_id)}


with mock_aws():
    print(json.dumps([run(case) for case in json.load(sys.stdin)]))
